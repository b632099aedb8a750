"""The catalogue in chat: `validate_product_form` asks what a customer needs, `action_recommend_product` says what may
be offered, `action_compare_products` sets products side by side."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.forms import (
    DONE,
    EMPTY,
    Events,
    LeaveForm,
    ask_again,
    asks_anywhere,
    corrected,
    is_back,
    is_correction,
    mark_unfinished,
    miss,
    resume,
)
from actions.product_comparing import CompareProducts
from actions.product_replies import (
    Reply,
    find_unsayable,
    write_misses,
    write_recommendation,
)
from actions.product_sources import Sources, utter_reply
from actions.replies import close_attempts
from actions.turn import Turn, payload
from knowledge.articles.library import ARTICLES
from saathi.calculators.words import Words as AmountWords
from saathi.products import Catalog
from saathi.products.wishes import Asked, Wish, WishReader
from saathi.products.wording import Wording

_BEGINS = "recommend_product"
_ORDER: tuple[Asked, ...] = ("need", "age", "income", "amount", "yearly")
# What is said of a customer is read from messages of these intents; from any other only when it answers the question.
_FILLING = frozenset(
    {_BEGINS, "correct_value", "nlu_fallback", "follow_up", "choose_option", "greet", "thank", "affirm", "deny"}
)
_ORDERS = frozenset(
    {"ask_human", "report_fraud", "threaten_legal", "cancel", "goodbye", "change_language"}
    | {"change_lead", "undo_change", "set_reminder", "list_reminders"}  # their figures are numbers of leads and hours
)
_FORGET: Events = (SlotSet("product_wish", None),)
_NOTHING = Reply("utter_product_none_on_sale", (), None, {})
_log = structlog.get_logger("actions")


def list_product_actions(
    catalog: Catalog,
    escalation: Escalation,
    today: Callable[[], date],
    address: str,
    otherwise: Action,
    articles: Path = ARTICLES,
) -> list[Action]:
    """The four actions. `address` is where people reach the gateway; `otherwise` answers what compares no products of
    the catalogue."""
    sources, reader = Sources(address, today, articles), WishReader(catalog.words, AmountWords.load())
    return [
        ReadWish(escalation, catalog, reader),
        RecommendProduct(escalation, catalog, sources, today),
        CompareProducts(escalation, catalog, sources, today, otherwise, reader),
        LeaveForm("action_leave_product", _FORGET),
    ]


class ReadWish(Action):
    """Rasa's validation of the form. It fills `product_wish`, and names what is asked next in `requested_slot`: the
    need, and at most two things more. None ends the form. No event at all lets the rules answer what was no answer."""

    def __init__(self, escalation: Escalation, catalog: Catalog, reader: WishReader) -> None:
        self._escalation = escalation
        self._catalog = catalog
        self._words = catalog.words
        self._reader = reader

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_product_form"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        if is_back(tracker, "product_form"):
            return resume(tracker, _FORGET)
        turn = Turn.read(tracker)
        told = tracker.slots.get("product_wish")
        if told is None:
            return self._take(dispatcher, self._read_named(turn.text)) if turn.intent == _BEGINS else [*_FORGET, DONE]
        wish = Wish.model_validate(told)
        requested = next((asked for asked in _ORDER if asked == tracker.slots.get("requested_slot")), None)
        if turn.intent in {"go_back", "start_again"}:
            return self._take(dispatcher, _without_last(wish) if turn.intent == "go_back" else Wish())
        found = self._read(turn.text, wish, requested)
        if turn.intent in _ORDERS or not self._is_answer(turn, found, requested):
            return await self._miss(dispatcher, turn, requested)
        return self._take(dispatcher, wish.with_more(found))

    def _read(self, text: str, wish: Wish, requested: Asked | None) -> Wish:
        """What a message says; a correction is of what was said last, unless its words say what it is of."""
        if not is_correction(text) or not any(character.isdigit() for character in text):
            return self._read_named(text, requested)
        said = [asked for asked in _ORDER if getattr(wish, asked) is not None]
        return self._reader.read(corrected(text), said[-1] if said else requested)

    def _read_named(self, text: str, requested: Asked | None = None) -> Wish:
        """What a message says, with the one product that it names: that says the kind."""
        wish, named = self._reader.read(text, requested), self._catalog.find_named(text)
        if len(named.clear) == 1:
            return wish.model_copy(update={"product": named.clear[0].slug, "kind": named.clear[0].kind})
        kind = self._catalog.kind_of(text, is_beside_provider=bool(named.providers))
        return wish.model_copy(update={"kind": kind}) if kind else wish

    def _is_answer(self, turn: Turn, found: Wish, requested: Asked | None) -> bool:
        """Whether a message says something of the customer and is not about something else."""
        if found.unknown:
            return True
        if turn.intent in _FILLING:
            return not found.is_empty
        if (found.score is not None or found.residency is not None) and not asks_anywhere(turn.text):
            return True  # told of no one but a customer
        is_asked = requested is not None and getattr(found, requested) is not None
        is_need = requested == "need" and found.kind is not None
        return (is_asked or is_need) and not asks_anywhere(turn.text)

    def _take(self, dispatcher: CollectingDispatcher, wish: Wish) -> list[EventType]:
        missing = wish.missing(self._words)
        if missing is not None:
            mark_unfinished(dispatcher)
        kept = wish.model_dump(exclude_none=True, mode="json")
        return [SlotSet("product_wish", kept), SlotSet("requested_slot", missing)]

    async def _miss(self, dispatcher: CollectingDispatcher, turn: Turn, requested: str | None) -> list[EventType]:
        """Nothing that answers: the rules have it, or it is asked again, and the second time a person takes over."""
        if turn.intent != "nlu_fallback":
            return ask_again(turn, requested) if turn.intent in EMPTY | {_BEGINS} else []
        return await miss(
            dispatcher,
            self._escalation,
            turn,
            requested,
            solution="asked what a customer needs, to recommend a product",
            response="utter_product_unclear",
            forget=_FORGET,
        )


class RecommendProduct(Action):
    """Utters up to three products that the customer may have (`utter_product_recommended`); without any, why, and what
    would have to be (`utter_product_none_eligible`, `utter_product_none_on_sale`, `utter_product_need_unknown`)."""

    def __init__(
        self,
        escalation: Escalation,
        catalog: Catalog,
        sources: Sources,
        today: Callable[[], date],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._escalation = escalation
        self._catalog = catalog
        self._sources = sources
        self._today = today
        self._clock = clock

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_recommend_product"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        told = tracker.slots.get("product_wish")
        if told is None:  # the form was left, and its reply said so
            return []
        turn, wish = Turn.read(tracker), Wish.model_validate(told)
        needs = wish.needs(self._catalog.words)
        if not needs:
            dispatcher.utter_message(response="utter_product_need_unknown", json_message=payload("clarified"))
            return [*_FORGET]
        kinds = (wish.kind,) if wish.kind else ()
        advice = self._catalog.recommend(wish.profile, needs, self._today(), kinds)
        wording = Wording(self._catalog, turn.language, self._today())
        named = self._catalog.judge(wish.product, wish.profile) if wish.product else None
        if advice.recommended:
            reply = write_recommendation(advice, wish, named, wording)
        elif advice.missed:
            reply = write_misses(advice, wish, named, wording)
        else:
            reply = _NOTHING
        if unsayable := find_unsayable(reply, self._catalog, self._today(), "absent", "withdrawn", "not_on_sale"):
            _log.error("products_not_on_sale", names=unsayable)
            reply = _NOTHING
        utter_reply(dispatcher, reply, self._sources, wording, turn.language)
        shown = {"slugs": [product.slug for product in reply.products], "at": self._clock()}
        return [*_FORGET, SlotSet("products_shown", shown), *await close_attempts(self._escalation, turn)]


def _without_last(wish: Wish) -> Wish:
    """The wish before its last answer."""
    said = [asked for asked in _ORDER if getattr(wish, asked) is not None or asked in wish.unknown]
    return wish.without(said[-1]) if said else wish
