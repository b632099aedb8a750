import pytest

from channels.limiter import Limiter


@pytest.mark.parametrize("rate", ["2/10 seconds", "2/10", "2", "2 per 10 second"])
async def test_rate_is_read_in_the_ways_that_people_write_it(rate: str) -> None:
    limiter = Limiter(rate)
    assert [await limiter.admit("one") for _ in range(3)] == [True, True, False]
    assert await limiter.admit("other")


@pytest.mark.parametrize("rate", ["", "many", "-1", "2/", "2/10 parsecs"])
def test_rate_that_cannot_be_read_is_named_with_the_remedy(rate: str) -> None:
    with pytest.raises(ValueError, match=r"RATE_LIMIT is .*write it like"):
        Limiter(rate)
