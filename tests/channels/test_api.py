import pytest
from sqlalchemy import func, select

from saathi.store.tables import conversations, inbox
from tests.channels.conftest import Gateway, run_gateway
from tests.support.rasa import FakeDoor


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'saathi.db'}"


async def post(gateway: Gateway, body: object, partner: str = "P1001") -> tuple[int, dict]:
    answer = await gateway.client.post("/api/ask", json=body, headers=gateway.bearer(partner))
    return answer.status, await answer.json()


async def test_question_is_answered_with_its_parts_and_citations(gateway: Gateway) -> None:
    status, body = await post(gateway, {"query": "card"})
    assert status == 200
    assert body["answer"] == {
        "text": "Surrender value is the money paid.",
        "definition": "Surrender value is the money paid.",
        "script": "Sir, this is what you get.",
        "link": "/articles/surrender-value",
    }
    assert body["citations"][0]["quote"] == "the money paid"
    assert (body["intent"], body["language"], body["handoff"]) == ("ask_knowledge", "en", False)


async def test_plain_answer_has_null_parts(gateway: Gateway) -> None:
    _, body = await post(gateway, {"query": "hello"})
    assert body["answer"] == {"text": "echo: hello", "definition": None, "script": None, "link": None}
    assert body["citations"] == []


async def test_question_stands_alone_unless_a_conversation_is_named(gateway: Gateway, door: FakeDoor) -> None:
    _, first = await post(gateway, {"query": "one"})
    await post(gateway, {"query": "two"})
    await post(gateway, {"query": "three", "conversation": first["conversation"]})
    one, two, three = (asked["conversation"] for asked in door.asked)
    assert one == three != two


async def test_conversation_of_another_partner_is_not_found(gateway: Gateway, door: FakeDoor) -> None:
    _, first = await post(gateway, {"query": "one"}, "P1001")
    foreign = await post(gateway, {"query": "two", "conversation": first["conversation"]}, "P1002")
    absent = await post(gateway, {"query": "two", "conversation": "0" * 32}, "P1002")
    assert foreign[0] == absent[0] == 404
    assert foreign[1] == absent[1]
    assert len(door.asked) == 1


async def test_answers_of_the_api_do_not_appear_in_the_chat(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        await chat.ask("hello", "m1")
        chat_id = await gateway.services.database.read(
            lambda c: c.scalar(select(conversations.c.id).where(conversations.c.chat_of == "P1001"))
        )
        assert (await post(gateway, {"query": "two", "conversation": chat_id}))[0] == 200
        assert await chat.silence(0.5) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid"),
        ([], 422, "invalid"),
        ({"query": 7}, 422, "invalid"),
        ({"query": "x", "extra": 1}, 422, "invalid"),
        ({"query": ""}, 422, "empty"),
        ({"query": "  "}, 422, "empty"),
        ({"query": "x" * 2001}, 422, "too_long"),
        ({"query": "a\0b"}, 422, "bad_text"),
        ({"query": "x", "conversation": "nobody's"}, 422, "invalid"),
        ({"query": "x", "conversation": "0" * 32}, 404, "not_found"),
        ({"query": "x" * 100_000}, 413, "request_entity_too_large"),
    ],
)
async def test_bad_question_gets_a_clear_error(gateway: Gateway, body: object, status: int, code: str) -> None:
    got, error = await post(gateway, body)
    assert (got, error["error"]["code"]) == (status, code)
    assert error["error"]["message"]
    assert await gateway.services.database.read(lambda c: c.scalar(select(func.count()).select_from(inbox))) == 0


@pytest.mark.parametrize("raw", [b"", b"{", b'{"query":"\\ud800"}', b"\xff\xfe", b'{"query":' + b"[" * 5000])
async def test_broken_json_gets_a_clear_error(gateway: Gateway, raw: bytes) -> None:
    answer = await gateway.client.post("/api/ask", data=raw, headers=gateway.bearer())
    assert answer.status == 422
    assert set((await answer.json())["error"]) == {"code", "message"}


async def test_token_is_demanded(gateway: Gateway) -> None:
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": gateway.bearer()["Authorization"][7:]}):
        for method, path in (("POST", "/api/ask"), ("GET", "/api/handoffs"), ("GET", "/api/recommendations")):
            answer = await gateway.client.request(method, path, headers=header)
            assert answer.status == 401
            assert (await answer.json())["error"]["code"] == "unauthorised"


async def test_partner_over_the_limit_gets_429(settings) -> None:
    async with run_gateway(settings.model_copy(update={"rate_limit": "1/10 seconds"})) as gateway:
        assert (await post(gateway, {"query": "hello"}))[0] == 200
        status, error = await post(gateway, {"query": "hello"})
    assert (status, error["error"]["code"]) == (429, "too_fast")


async def test_packets_are_for_staff(gateway: Gateway) -> None:
    assert (await gateway.client.get("/api/handoffs", headers=gateway.bearer())).status == 403
    answer = await gateway.client.get("/api/handoffs", headers=gateway.bearer("a", role="agent"))
    assert (answer.status, await answer.json()) == (200, [])


async def test_recommendations_say_that_they_do_not_exist_yet(gateway: Gateway) -> None:
    answer = await gateway.client.get("/api/recommendations", headers=gateway.bearer())
    assert answer.status == 501


async def test_demo_tokens_are_for_demo_people_only(gateway: Gateway) -> None:
    for body, status in (
        ({"partner_id": "P1001"}, 200),
        ({"partner_id": "P1200"}, 200),
        ({"staff": "agent"}, 200),
        ({"partner_id": "P1201"}, 422),
        ({"partner_id": "P1000"}, 422),
        ({"staff": "king"}, 422),
        ({"partner_id": "P1001", "staff": "agent"}, 422),
        ({}, 422),
    ):
        assert (await gateway.client.post("/api/demo/token", json=body)).status == status, body


async def test_there_is_no_demo_without_the_setting(settings) -> None:
    async with run_gateway(settings.model_copy(update={"saathi_demo": False})) as gateway:
        assert (await gateway.client.get("/")).status == 404
        assert (await gateway.client.post("/api/demo/token", json={"partner_id": "P1001"})).status == 404


async def test_health_names_the_part_that_is_down(gateway: Gateway) -> None:
    answer = await gateway.client.get("/health")
    assert answer.status == 503
    assert await answer.json() == {
        "status": "degraded",
        "rasa": "up",
        "actions": "down",
        "database": "up",
        "knowledge": {"articles": 0, "chunks": 0},
    }


async def test_metrics_are_not_for_strangers(gateway: Gateway) -> None:
    behind_a_proxy = {"X-Forwarded-For": "127.0.0.1"}
    assert (await gateway.client.get("/metrics")).status == 200
    assert (await gateway.client.get("/metrics", headers=behind_a_proxy)).status == 401
    partner = {**behind_a_proxy, **gateway.bearer()}
    assert (await gateway.client.get("/metrics", headers=partner)).status == 403
    staff = {**behind_a_proxy, **gateway.bearer("a", role="operator")}
    assert (await gateway.client.get("/metrics", headers=staff)).status == 200


async def test_article_is_a_page_that_runs_nothing_from_elsewhere(gateway: Gateway) -> None:
    answer = await gateway.client.get("/articles/surrender-value")
    assert answer.status == 200
    assert "Surrender value of a life insurance policy" in await answer.text()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (await gateway.client.get("/articles/no-such-article")).status == 404
    assert (await gateway.client.get("/articles/..%2f..%2fREADME")).status == 404


async def test_host_app_of_another_origin_may_load_the_widget(gateway: Gateway) -> None:
    script = await gateway.client.get("/static/saathi-chat.js", headers={"Origin": "https://app.example"})
    assert script.headers["Access-Control-Allow-Origin"] == "*"
    assert "javascript" in script.headers["Content-Type"]
    answer = await gateway.client.get("/health", headers={"Origin": "https://app.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
