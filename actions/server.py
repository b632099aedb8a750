"""The action server: `python -m actions.server [--port 5055]`, on loopback, one process."""

import argparse
import logging
import sys
from collections.abc import AsyncIterator, Callable
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
from actions.payouts import ExplainPayout, LookUpPayout, Payouts
from actions.persons import Persons
from actions.products import list_product_actions
from actions.profile import SetLanguage
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


def list_actions(
    knowledge: Knowledge, database: Database, escalation: Escalation, today: Callable[[], date], address: str,
    make_crm: Callable[[Database, LeadScorer], Crm] = SqlCrm,
) -> list[Action]:  # fmt: skip
    """Every action with what it needs. A new action is one more line here."""
    answers, catalog = Answers(knowledge, today, address), Catalog.load()
    persons, dates, periods = Persons(database), DateWords.load(), PeriodReader()
    scorer = LeadScorer.load()
    crm = make_crm(database, scorer)
    leads = Leads(
        crm=crm,
        persons=persons,
        words=LeadWords.load(),
        dates=dates,
        reader=WantedReader(Asking.load(), periods, {key: kind.said for key, kind in catalog.words.kinds.items()}),
        catalog=catalog,
        escalation=escalation,
        answers=answers,
        scoring=Scoring(LeadScores(crm, database, scorer), Explainer.load()),
    )
    payouts = Payouts(
        database=database,
        persons=persons,
        words=PayoutWords.load(),
        dates=dates,
        reader=PayoutWantedReader(PayoutAsking.load(), periods),
        escalation=escalation,
        today=today,
    )
    answering, topic = list_knowledge_actions(answers, escalation), AnswerTopic(answers, escalation)
    question = next(action for action in answering if action.name() == "action_answer_question")
    actions = [
        *take_up_results(answering, list_calculator_actions(escalation, today, address)),
        *list_product_actions(catalog, escalation, today, address, question),
        LookUpLead(leads),
        LookUpPayout(payouts, question, topic),
        ExplainPayout(payouts),
        *list_lead_work_actions(leads, database, periods, topic),
        Clarify(answers, escalation),
        HandOver(escalation),
        StartAgain(),
        SetLanguage(database, read_located(LANGUAGES, LanguageNames).content),
        *list_failed_attempts(escalation),
        *list_guide_actions(escalation, read_guides()),
        *list_report_actions(escalation, Tickets(leads)),
    ]
    return take_up_leads(actions, leads)


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
