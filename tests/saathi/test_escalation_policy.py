"""When a conversation goes to a person, and what a designer is told about a policy that cannot be used."""

from pathlib import Path

import pytest

from saathi.design_check import find_policy_faults
from saathi.escalation_policy import POLICY, EscalationPolicy, Reason, Signs
from saathi.located import FileFault

CALM, ANGRY, FURIOUS = Signs(0.1), Signs(-0.7), Signs(-0.95)

WRITTEN = """attempts:
  default: 3
  topics: {ask_tds: 1}
  channels: {ivr: 2}
at_once:
  topics: [report_fraud]
  tones: {sentiment: -0.9}
frustration:
  signs: {sentiment: -0.6, capitals: 0.8, repeated: true}
  fewer_attempts: 1
  lasts: 3
priority:
  reasons: {frustration: high}
  topics: {report_fraud: urgent}
responses:
  default: utter_done
  waiting: utter_waiting
  reasons: {frustration: utter_sorry}
  topics: {report_fraud: utter_fraud}
"""
INTENTS = ("ask_tds", "report_fraud", "ask_human")
RESPONSES = ("utter_done", "utter_waiting", "utter_sorry", "utter_fraud")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "escalation.yml"
    path.write_text(WRITTEN, encoding="utf-8")
    return path


@pytest.fixture
def policy(file: Path) -> EscalationPolicy:
    return EscalationPolicy.load(file)


@pytest.mark.parametrize(
    ("intent", "channel", "attempts", "recent", "reason"),
    [
        ("ask_payout", "inapp", 2, [CALM], None),
        ("ask_payout", "inapp", 3, [CALM], Reason.FAILED_ATTEMPTS),
        ("ask_payout", "ivr", 1, [CALM], None),
        ("ask_payout", "ivr", 2, [CALM], Reason.FAILED_ATTEMPTS),
        ("ask_tds", "ivr", 1, [CALM], Reason.FAILED_ATTEMPTS),  # the topic counts before the channel
        (None, "inapp", 1, [], None),
        ("report_fraud", "inapp", 0, [CALM], Reason.TOPIC),
        ("report_fraud", "inapp", 3, [FURIOUS], Reason.TOPIC),
    ],
)
def test_attempts_by_topic_and_channel_and_topics_at_once(
    policy: EscalationPolicy,
    intent: str | None,
    channel: str,
    attempts: int,
    recent: list[Signs],
    reason: Reason | None,
) -> None:
    assert policy.decide(intent, channel, attempts, recent) is reason


@pytest.mark.parametrize(
    ("attempts", "recent", "reason"),
    [
        (0, [FURIOUS], None),  # answered well: an angry message stays with the assistant
        (1, [ANGRY], None),
        (2, [ANGRY], Reason.FRUSTRATION),
        (2, [CALM, CALM, ANGRY], Reason.FRUSTRATION),
        (2, [CALM, CALM, CALM, ANGRY], None),  # it has passed
        (3, [ANGRY], Reason.FAILED_ATTEMPTS),
        (2, [Signs(None, capitals=0.9)], Reason.FRUSTRATION),
        (2, [Signs(0.2, capitals=0.5)], None),
        (2, [Signs(None, is_repeated=True)], Reason.FRUSTRATION),
        (1, [FURIOUS], Reason.FRUSTRATION),
        (1, [CALM, FURIOUS], None),  # only the tone of this message goes at once
    ],
)
def test_frustration_lowers_the_bar_for_a_while(
    policy: EscalationPolicy, attempts: int, recent: list[Signs], reason: Reason | None
) -> None:
    assert policy.decide("ask_payout", "inapp", attempts, recent) is reason


def test_bar_is_never_below_one(file: Path) -> None:
    file.write_text(WRITTEN.replace("fewer_attempts: 1", "fewer_attempts: 9"), encoding="utf-8")
    policy = EscalationPolicy.load(file)
    assert policy.decide("ask_payout", "inapp", 0, [ANGRY]) is None
    assert policy.decide("ask_payout", "inapp", 1, [ANGRY]) is Reason.FRUSTRATION


def test_most_urgent_priority_counts_and_the_topics_response_before_the_reasons(policy: EscalationPolicy) -> None:
    assert policy.rate(Reason.ASKED_FOR_HUMAN, "ask_human") == "normal"
    assert policy.rate(Reason.FRUSTRATION, "ask_tds") == "high"
    assert policy.rate(Reason.FRUSTRATION, "report_fraud") == "urgent"
    assert policy.find_response(Reason.FAILED_ATTEMPTS, None) == "utter_done"
    assert policy.find_response(Reason.FRUSTRATION, "ask_tds") == "utter_sorry"
    assert policy.find_response(Reason.FRUSTRATION, "report_fraud") == "utter_fraud"
    assert policy.find_reason("report_fraud") is Reason.TOPIC
    assert policy.find_reason("ask_human") is Reason.ASKED_FOR_HUMAN


def test_committed_policy_is_the_designs() -> None:
    policy = EscalationPolicy.load()
    assert policy.decide("ask_knowledge", "inapp", 1, [CALM]) is None
    assert policy.decide("ask_knowledge", "inapp", 2, [CALM]) is Reason.FAILED_ATTEMPTS
    assert policy.decide("ask_knowledge", "inapp", 1, [Signs(-0.97)]) is Reason.FRUSTRATION
    assert policy.decide("report_fraud", "whatsapp", 0, [CALM]) is Reason.TOPIC
    assert find_policy_faults(POLICY, (), (), ()) != []


def test_good_policy_has_no_faults(file: Path) -> None:
    assert find_policy_faults(file, INTENTS, RESPONSES, ["report_fraud"]) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("default: 3", "default: 0", 2, "attempts.default is 0: input should be greater than or equal to 1"),
        ("default: 3", "default: two", 2, "attempts.default is 'two'"),
        ("default: 3", "defualt: 3", 2, "attempts.defualt is no setting here"),
        ("  default: 3\n", "", 1, "attempts.default is missing; add it"),
        ("sentiment: -0.9", "sentiment: -9", 7, "at_once.tones.sentiment is -9"),
        ("[report_fraud]", "report_fraud", 6, "at_once.topics is 'report_fraud'"),
        ("frustration: high}", "anger: high}", 13, "priority.reasons.anger is 'anger'"),
        ("report_fraud: urgent", "report_fraud: soon", 14, "priority.topics.report_fraud is 'soon'"),
        ("{ask_tds: 1}", "{ask_tdss: 1}", 3, "there is no intent ask_tdss; did you mean ask_tds?"),
        ("[report_fraud]", "[ask_human, report_frauds]", 6, "there is no intent report_frauds"),
        ("{ivr: 2}", "{phone: 2}", 4, "there is no channel phone; write one of api, inapp, ivr"),
        ("[report_fraud]", "[ask_tds]", 6, "no rule in data/stories takes ask_tds to action_hand_over; add one"),
        ("utter_sorry", "utter_sory", 18, "there is no response utter_sory; did you mean utter_sorry?"),
        ("lasts: 3", "lasts: 3\n  lasts: 4", 12, "frustration.lasts stands here a second time; keep one"),
        ("default: 3", "default: 3: 4", 2, "this is no YAML"),
        ("  default: 3", "\tdefault: 3", 2, "this is no YAML"),
    ],
)
def test_fault_is_told_with_file_line_and_remedy(file: Path, old: str, new: str, line: int, told: str) -> None:
    file.write_text(WRITTEN.replace(old, new, 1), encoding="utf-8")
    found = find_policy_faults(file, INTENTS, RESPONSES, ["report_fraud"])
    assert any(fault.startswith(f"{file}:{line}: {told}") for fault in found), found


@pytest.mark.parametrize("content", [b"", b"- a", b"\xff\xfe\x00", b"x: [", b"null", b"1: 2"])
def test_file_of_another_kind_is_one_line_a_fault_and_nothing_is_loaded(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    found = find_policy_faults(file, INTENTS, RESPONSES, ["report_fraud"])
    assert found
    assert all(fault.startswith(f"{file}:1: ") for fault in found), found
    with pytest.raises(FileFault, match=r"escalation\.yml:1: "):
        EscalationPolicy.load(file)


def test_missing_file_is_a_fault(tmp_path: Path) -> None:
    assert "put it back" in find_policy_faults(tmp_path / "none.yml", (), (), ())[0]
