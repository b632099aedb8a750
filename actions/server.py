"""The action server: `python -m actions.server [--port 5055]`, on loopback, one process."""

import argparse
import logging
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from actions.announcing import StoreAnnouncements
from actions.answers import Answers
from actions.calculators import list_calculator_actions
from actions.clarifying import Clarify
from actions.conversation import StartAgain
from actions.escalation import Escalation, StoreEscalation
from actions.fallback import list_failed_attempts
from actions.going_on import take_up_results
from actions.guides import list_guide_actions
from actions.handoff import HandOver
from actions.knowledge import AnswerTopic, list_knowledge_actions
from actions.lead_follow_ups import take_up_leads
from actions.lead_look_up import LookUpLead
from actions.lead_work import list_lead_work_actions
from actions.leads import Leads, Scoring
from actions.payout_follow_ups import take_up_payouts
from actions.payouts import ExplainPayout, LookUpPayout, Payouts
from actions.persons import Persons
from actions.products import list_product_actions
from actions.profile import SetLanguage
from actions.reminder_follow_ups import take_up_reminders
from actions.reports import list_report_actions
from actions.tickets import Tickets
from actions.webhook import Webhook
from encoder import Encoder
from knowledge.articles.library import ARTICLES
from knowledge.base import Knowledge
from knowledge.gate import Gate
from knowledge.loading import choose_server
from knowledge.watch import Watcher
from saathi.clock import today_in_india
from saathi.crm.opening import SettingMissing, open_crm
from saathi.crm.port import Crm
from saathi.crm.scores import LeadScores
from saathi.crm.sql import SqlCrm
from saathi.dates import DateWords
from saathi.guides import read_guides
from saathi.leads.following import Following, FollowReader
from saathi.leads.wanted import WantedReader
from saathi.leads.words import Asking, LeadWords
from saathi.located import FileFault, read_located
from saathi.logs import set_up_logs
from saathi.payouts.wanted import PayoutWantedReader
from saathi.payouts.words import Asking as PayoutAsking
from saathi.payouts.words import PayoutWords
from saathi.periods import PeriodReader
from saathi.products import Catalog
from saathi.profiles import LANGUAGES, LanguageNames
from saathi.scoring.explaining import Explainer
from saathi.scoring.model import LeadScorer
from saathi.settings import Settings
from saathi.store import Database, open_database


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the actions of several topics work with. `today` is the day in India, `address` that of the app."""

    database: Database
    escalation: Escalation
    answers: Answers
    catalog: Catalog
    persons: Persons
    dates: DateWords
    periods: PeriodReader
    today: Callable[[], date]
    address: str


def list_actions(
    knowledge: Knowledge, database: Database, escalation: Escalation, today: Callable[[], date], address: str,
    make_crm: Callable[[Database, LeadScorer], Crm] = SqlCrm,
) -> list[Action]:  # fmt: skip
    """Every action with what it needs. A new action is one more line in the group of its topic."""
    answers, persons = Answers(knowledge, today, address), Persons(database)
    parts = _Parts(
        database, escalation, answers, Catalog.load(), persons, DateWords.load(), PeriodReader(), today, address
    )
    leads, payouts = _make_leads(parts, make_crm), _make_payouts(parts)
    topic, answering = AnswerTopic(answers, escalation), list_knowledge_actions(answers, escalation)
    question = next(action for action in answering if action.name() == "action_answer_question")
    look_up_payout, explain_payout = LookUpPayout(payouts, question, topic), ExplainPayout(payouts)
    questions = [
        *take_up_results(answering, list_calculator_actions(escalation, today, address)),
        *list_product_actions(parts.catalog, escalation, today, address, question),
    ]
    lead_work, reminders = list_lead_work_actions(leads, database, parts.periods, topic)
    leads_and_money = [
        LookUpLead(leads),
        *lead_work,
        look_up_payout,
        explain_payout,
    ]
    conversation = [
        Clarify(answers, escalation),
        HandOver(escalation),
        StartAgain(),
        SetLanguage(database, read_located(LANGUAGES, LanguageNames).content),
        *list_failed_attempts(escalation),
    ]
    step_by_step = [*list_guide_actions(escalation, read_guides()), *list_report_actions(escalation, Tickets(leads))]
    actions = [*questions, *leads_and_money, *conversation, *step_by_step]
    going_on = take_up_payouts(take_up_leads(actions, leads), payouts, look_up_payout, explain_payout)
    return take_up_reminders(going_on, reminders)


def _make_leads(parts: _Parts, make_crm: Callable[[Database, LeadScorer], Crm]) -> Leads:
    scorer = LeadScorer.load()
    crm, asking = make_crm(parts.database, scorer), Asking.load()
    return Leads(
        crm=crm,
        persons=parts.persons,
        words=LeadWords.load(),
        dates=parts.dates,
        reader=WantedReader(asking, parts.periods, parts.catalog),
        following=FollowReader(Following.load(), asking.more),
        catalog=parts.catalog,
        escalation=parts.escalation,
        answers=parts.answers,
        scoring=Scoring(LeadScores(crm, parts.database, scorer), Explainer.load()),
    )


def _make_payouts(parts: _Parts) -> Payouts:
    return Payouts(
        database=parts.database,
        persons=parts.persons,
        words=PayoutWords.load(),
        dates=parts.dates,
        reader=PayoutWantedReader(PayoutAsking.load(), parts.periods),
        escalation=parts.escalation,
        today=parts.today,
    )


async def make_app(settings: Settings, articles: Path = ARTICLES) -> web.Application:
    """The server with its real parts: the database, the encoder, the knowledge. The index is built if it is missing."""
    database = open_database(settings.store_url)
    server, imported = choose_server(settings), settings.data_dir / "imported"
    imported.mkdir(parents=True, exist_ok=True)
    knowledge = await Knowledge.open(
        settings.data_dir / "knowledge", Encoder.load(), Gate.load(), articles, imported, server
    )
    watcher = Watcher(knowledge, (articles, imported), StoreAnnouncements(database).tell, today_in_india)
    executor = ActionExecutor()
    escalation, make_crm = StoreEscalation(database), partial(open_crm, settings)
    for action in list_actions(knowledge, database, escalation, today_in_india, settings.origin, make_crm):
        executor.register_action(action)
    app = Webhook(executor, knowledge, settings.actions_secret.get_secret_value()).make_app()

    async def keep(_app: web.Application) -> AsyncIterator[None]:
        async with watcher.at_work():
            yield
        await knowledge.close()
        if server is not None:
            await server.close()
        await database.close()

    app.cleanup_ctx.append(keep)
    return app


def main() -> int:
    """Serves until it is told to stop; 2 when a secret is missing."""
    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=urlsplit(settings.actions_url).port or 5055)
    parser.add_argument("--articles", type=Path, default=ARTICLES, help="folder of the articles")
    arguments = parser.parse_args()
    if "ACTIONS_SECRET" in settings.missing_secrets():
        sys.stderr.write("Set ACTIONS_SECRET to at least 32 characters; `make run` makes one.\n")
        return 2
    set_up_logs("actions")
    for chatty in ("rasa_sdk", "watchfiles"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        web.run_app(
            make_app(settings, arguments.articles), host="127.0.0.1", port=arguments.port, access_log=None, print=None
        )
    except (FileFault, SettingMissing) as fault:  # a designer's file: told as `make validate` tells it
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
