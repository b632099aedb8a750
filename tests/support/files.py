"""The project's own files, read once in a test process rather than in every test: they stay as they are meanwhile."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from channels import gateway, pages, validity
from channels.whatsapp.templates import Templates
from channels.wording import Wording
from knowledge.articles import read_articles
from knowledge.lexicon import Lexicon
from saathi.calculators import Figures
from saathi.calculators.words import Words as CalculatorWords
from saathi.crm.summaries import Summaries
from saathi.dates import DateWords
from saathi.escalation_policy import EscalationPolicy
from saathi.leads.changing import Rules
from saathi.leads.reminding import RemindingWords
from saathi.leads.words import Asking, LeadWords
from saathi.named import NamedReader
from saathi.payouts.words import Asking as PayoutAsking
from saathi.payouts.words import PayoutWords
from saathi.privacy import Masker
from saathi.products import Catalog
from saathi.products.words import Words as ProductWords
from saathi.scoring.explaining import Explainer
from saathi.tickets import TicketWords
from saathi.time_words import TimeWords
from saathi.voice_menu import VoiceMenu

# What they are read into never changes, so tests cannot meet each other in it.
_READ = (
    Asking,
    CalculatorWords,
    Catalog,
    DateWords,
    EscalationPolicy,
    Explainer,
    Figures,
    LeadWords,
    Lexicon,
    NamedReader,
    PayoutAsking,
    PayoutWords,
    ProductWords,
    RemindingWords,
    Rules,
    Summaries,
    Templates,
    TicketWords,
    TimeWords,
    VoiceMenu,
)


@contextmanager
def read_once() -> Iterator[pytest.MonkeyPatch]:
    """Keep what `load()` reads for the length of the block. A file that a test names is read as ever."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in _READ:
            patch.setattr(kind, "load", staticmethod(_keep(kind.load)))
        yield patch


@contextmanager
def read_once_for_gateways() -> Iterator[None]:
    """The same, and what else each gateway reads: articles, sentences and patterns, and Telegram's client the machine's
    certificates. All of it is seconds of work."""
    read_articles_once = cache(read_articles)
    with read_once() as patch:
        patch.setattr(validity, "read_articles", read_articles_once)
        patch.setattr(pages, "read_articles", read_articles_once)
        patch.setattr(gateway, "Wording", cache(Wording))
        patch.setattr(gateway, "Masker", cache(Masker))
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


def _keep(load: Callable[..., Any]) -> Callable[..., Any]:
    kept = cache(load)

    def read(*place: Any, **named: Any) -> Any:
        return load(*place, **named) if place or named else kept()

    return read
