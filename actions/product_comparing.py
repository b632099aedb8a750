"""Products side by side: which are meant, which fit the customer, and what the catalogue does not have."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.forms import entities_of
from actions.product_replies import Reply, find_unsayable, write_comparison, write_fits
from actions.product_sources import Sources, utter_reply
from actions.replies import close_attempts
from actions.turn import KEPT_S, Turn
from saathi.products import Catalog, Named, Product
from saathi.products.wishes import WishReader
from saathi.products.wording import Wording

_MOST = 4  # columns of a comparison
_log = structlog.get_logger("actions")


class CompareProducts(Action):
    """Utters a table of the products that are named (`utter_product_compared`), or of those that were recommended just
    before when none is; what compares anything else is `otherwise`'s."""

    def __init__(
        self,
        escalation: Escalation,
        catalog: Catalog,
        sources: Sources,
        today: Callable[[], date],
        otherwise: Action,
        reader: WishReader,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._escalation = escalation
        self._catalog = catalog
        self._reader = reader
        self._sources = sources
        self._today = today
        self._otherwise = otherwise
        self._clock = clock

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_compare_products"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        wording = Wording(self._catalog, turn.language, self._today())
        reply = self._compare(self._find(turn, tracker), turn.text, wording)
        if reply is None:
            done: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
            return done
        utter_reply(dispatcher, reply, self._sources, wording, turn.language)
        return await close_attempts(self._escalation, turn)

    def _compare(self, asked: "_Asked", text: str, wording: Wording) -> Reply | None:
        """The comparison; None of fewer than two, unless what it should stand beside is not in the catalogue, and where
        it would name what is not. That one of those compared is withdrawn is told."""
        products = asked.products[:_MOST]
        if not products or (len(products) == 1 and not asked.is_one_enough):
            return None
        profile = self._reader.read(text).profile
        verdicts = [self._catalog.judge(product.slug, profile) for product in products if wording.is_on_sale(product)]
        notes = [*self._write_notes(asked, wording), *write_fits(verdicts, wording)]
        reply = write_comparison(self._catalog.compare([product.slug for product in products]), notes, wording)
        if unsayable := find_unsayable(reply, self._catalog, self._today(), "absent"):
            _log.error("products_absent", names=unsayable)
            return None
        return reply

    def _write_notes(self, asked: "_Asked", wording: Wording) -> list[str]:
        """What could not be compared, and what is not alike."""
        notes = [
            wording.phrase("lacks", provider=wording.provider(provider), kind=wording.kind(kind))
            for provider, kind in asked.lacking
        ]
        if asked.has_unknown and not asked.lacking:
            notes.append(wording.phrase("not_here"))
        elif len(asked.products) == 1 and not asked.lacking:
            notes.append(wording.phrase("only_one"))
        if len(asked.products) > _MOST:
            notes.append(wording.phrase("not_all", number=_MOST))
        if len({product.kind for product in asked.products[:_MOST]}) > 1:
            notes.append(wording.phrase("kinds_differ"))
        return notes

    def _find(self, turn: Turn, tracker: Tracker) -> "_Asked":
        """What is meant: the products that are named, those of the named providers and kind, or those shown before."""
        named = self._catalog.find_named(turn.text)
        kind = self._catalog.kind_of(turn.text, is_beside_provider=bool(named.providers))
        if named.products or (named.providers and kind is not None):
            absent = self._catalog.find_unsold(turn.text, self._today())
            has_unknown = named.has_unknown or any(one.fault == "absent" for one in absent)
            asked = self._add_of_providers(named, kind, has_unknown=has_unknown)
            is_alone = self._is_alone(asked, kind, entities_of(tracker, "product"))
            return replace(asked, is_one_enough=bool(asked.lacking) or has_unknown or is_alone)
        shown = tracker.slots.get("products_shown") or {}
        is_fresh = self._clock() - float(shown.get("at") or 0.0) < KEPT_S
        names_others = kind is not None or bool(tracker.latest_message.get("entities"))
        if not is_fresh or names_others:
            return _Asked(())
        known = {product.slug: product for product in self._catalog.products}
        return _Asked(tuple(known[slug] for slug in shown.get("slugs") or () if slug in known))

    def _is_alone(self, asked: "_Asked", kind: str | None, said: Sequence[str]) -> bool:
        """Whether nothing but products of the catalogue is named: "or PPF?" is for the articles."""
        kinds = {None, *(product.kind for product in asked.products)}
        others = [word for word in said if not self._catalog.find(word)]
        return kind in kinds and all(
            self._catalog.kind_of(word, is_beside_provider=True) in kinds - {None} for word in others
        )

    def _add_of_providers(self, named: Named, kind: str | None, *, has_unknown: bool) -> "_Asked":
        """The named products, and of providers named alone those of the kind, in turns, so that each is seen."""
        has_one = {product.provider for product in named.products}
        alone = [provider for provider in named.providers if provider not in has_one]
        if kind is None or not alone:
            return _Asked(named.products, has_unknown=has_unknown)
        listed = self._catalog.list(self._today(), (kind,))
        of_each = [[product for product in listed if product.provider == provider] for provider in alone]
        lacking = tuple((provider, kind) for provider, its in zip(alone, of_each, strict=True) if not its)
        in_turns = [product for turn in zip_longest(*of_each) for product in turn if product is not None]
        return _Asked((*named.products, *in_turns), lacking, has_unknown)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What shall be compared; `lacking` are providers without a product of the kind. `is_one_enough`: one product is
    shown alone, since the articles know nothing of what it is compared with."""

    products: tuple[Product, ...]
    lacking: tuple[tuple[str, str], ...] = ()
    has_unknown: bool = False
    is_one_enough: bool = False
