"""Linking an address to a partner by a one-time code."""

import asyncio

import pytest
from sqlalchemy import select

from saathi import addresses, conversations, linking, merging
from saathi.linking import Result
from saathi.store import Database, tables
from tests.saathi.links import (
    ADDRESS,
    CHANNEL,
    HOUR,
    NOW,
    answer,
    count_rows,
    enter,
    find_partner,
    give,
    hear,
    read_history,
    send,
    type_in,
    wrong_codes,
)


async def test_code_of_the_app_sent_from_an_address_links_it(database: Database) -> None:
    await enter(database)
    redeemed = await send(database, await give(database))
    assert redeemed.result is Result.LINKED
    chat = await database.write(lambda c: conversations.find_chat(c, "P1001", NOW))
    assert redeemed.known is not None
    assert (redeemed.known.partner, redeemed.known.conversation) == ("P1001", chat)
    assert [known.address for known in await database.read(lambda c: addresses.list_of(c, "P1001"))] == [ADDRESS]


async def test_code_of_an_address_typed_in_the_app_links_it(database: Database) -> None:
    await enter(database)
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    assert (await type_in(database, code)).result is Result.LINKED
    assert await find_partner(database) == "P1001"


async def test_codes_have_no_lookalikes_and_are_kept_as_digests(database: Database) -> None:
    codes = [await give(database, f"P{number}") for number in range(50)]
    assert len(set(codes)) == 50
    assert set("".join(codes)).isdisjoint("0O1I")
    assert all(linking.is_code(linking.fold_code(code)) and len(linking.fold_code(code)) == 6 for code in codes)
    kept = await database.read(lambda c: [str(row) for row in c.execute(select(tables.link_codes))])
    assert len(kept) == 50
    assert not any(linking.fold_code(code) in row for code in codes for row in kept)


@pytest.mark.parametrize("write", [str.lower, lambda c: c.replace("-", " "), lambda c: f" {c.replace('-', '')}. "])
async def test_code_is_taken_as_people_type_it(database: Database, write) -> None:
    await enter(database)
    assert (await send(database, write(await give(database)))).result is Result.LINKED


@pytest.mark.parametrize("word", ["thanks", "status", "234567", "GSTR3B", "FY2526", "payout", "", "7K39Q", "7K39QFX"])
def test_words_and_numbers_have_not_the_form_of_a_code(word: str) -> None:
    assert not linking.is_code(linking.fold_code(word))


async def test_code_works_once(database: Database) -> None:
    await enter(database)
    await enter(database, "+2")
    code = await give(database)
    assert (await send(database, code)).result is Result.LINKED
    assert (await send(database, code, address="+2")).result is Result.STALE
    assert await find_partner(database, "+2") is None


async def test_code_sent_again_from_the_address_that_it_linked_does_no_harm(database: Database) -> None:
    await enter(database)
    code = await give(database)
    await send(database, code)
    assert [(await send(database, code)).result for _ in range(7)] == [Result.ALREADY] * 7


async def test_code_is_over_after_ten_minutes(database: Database) -> None:
    await enter(database)
    code = await give(database)
    assert (await send(database, code, NOW + 600)).result is Result.STALE
    assert await find_partner(database) is None
    code = await give(database)
    assert (await send(database, code, NOW + 599)).result is Result.LINKED


async def test_new_code_takes_the_place_of_the_one_before(database: Database) -> None:
    await enter(database)
    first, second = await give(database), await give(database)
    assert (await send(database, first)).result is Result.WRONG
    assert (await send(database, second)).result is Result.LINKED


async def test_five_wrong_codes_lock_the_address_for_an_hour_also_for_the_right_one(database: Database) -> None:
    await enter(database)
    results = [(await send(database, code)).result for code, _ in zip(wrong_codes(), range(5), strict=False)]
    assert results == [Result.WRONG] * 4 + [Result.LOCKED]
    code = await give(database, now=NOW + HOUR - 2)
    assert (await send(database, code, NOW + HOUR - 1)).result is Result.LOCKED
    assert (await send(database, code, NOW + HOUR)).result is Result.LINKED


async def test_five_wrong_codes_lock_the_partner_and_nobody_else(database: Database) -> None:
    await enter(database)
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    for wrong, _ in zip(wrong_codes(), range(5), strict=False):
        await type_in(database, wrong)
    assert (await type_in(database, code)).result is Result.LOCKED
    assert (await type_in(database, code, "P1002")).result is Result.LINKED


async def test_code_typed_back_at_its_own_end_is_told_apart_and_not_counted(database: Database) -> None:
    await enter(database)
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    assert [(await send(database, code)).result for _ in range(6)] == [Result.OWN] * 6
    assert (await type_in(database, await give(database))).result is Result.OWN
    assert (await type_in(database, code)).result is Result.LINKED


async def test_code_of_another_address_is_just_wrong(database: Database) -> None:
    await enter(database)
    await enter(database, "+2")
    code = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    assert (await send(database, code, address="+2")).result is Result.WRONG


async def test_both_directions_at_once_link_once(database: Database) -> None:
    known = await enter(database)
    message = await hear(database, known.conversation, "m1", NOW)
    await answer(database, known.conversation, message, NOW)
    before = await count_rows(database)
    theirs = await give(database)
    ours = await database.write(lambda c: linking.issue_to_address(c, CHANNEL, ADDRESS, NOW))
    results = await asyncio.gather(send(database, theirs), type_in(database, ours))
    assert {redeemed.result for redeemed in results} == {Result.LINKED, Result.ALREADY}
    assert await find_partner(database) == "P1001"
    assert await count_rows(database) == before


async def test_one_code_redeemed_by_many_at_once_links_one_address(database: Database) -> None:
    names = [f"+{number}" for number in range(8)]
    for name in names:
        await enter(database, name)
    code = await give(database)
    results = await asyncio.gather(*(send(database, code, address=name) for name in names))
    assert sorted(redeemed.result.value for redeemed in results) == ["linked"] + ["stale"] * 7
    assert len(await database.read(lambda c: addresses.list_of(c, "P1001"))) == 1


async def test_wrong_codes_sent_all_at_once_are_all_counted(database: Database) -> None:
    await enter(database)
    await asyncio.gather(*(send(database, code) for code in wrong_codes()))
    assert (await send(database, await give(database))).result is Result.LOCKED


async def test_unlinking_gives_a_fresh_conversation_of_nobody(database: Database) -> None:
    await enter(database)
    linked = (await send(database, await give(database))).known
    assert linked is not None
    message = await hear(database, linked.conversation, "m1", NOW)
    await answer(database, linked.conversation, message, NOW)
    await database.write(lambda c: linking.unlink(c, linked, NOW))
    known = await enter(database)
    assert known.partner is None
    assert known.conversation != linked.conversation
    assert await read_history(database, known.conversation) == ([], [])
    assert await read_history(database, linked.conversation) == (["m1"], [1, 2])


async def test_address_that_goes_to_another_partner_takes_no_history_with_it(database: Database) -> None:
    await enter(database)
    first = (await send(database, await give(database))).known
    assert first is not None
    message = await hear(database, first.conversation, "m1", NOW)
    await answer(database, first.conversation, message, NOW)
    second = (await send(database, await give(database, "P1002"))).known
    assert second is not None
    assert second.partner == "P1002"
    assert await read_history(database, second.conversation) == ([], [])
    assert await read_history(database, first.conversation) == (["m1"], [1, 2])
    await database.write(lambda c: merging.follow(c, first.conversation, CHANNEL, ADDRESS, NOW))
    assert await read_history(database, first.conversation) == (["m1"], [1, 2])
