"""What partners have done in chat: reminders, changes of leads, tickets. The parts, put together."""

from rasa_sdk import Action

from actions.lead_changes import LeadChanges, UndoChange
from actions.lead_tasks import TaskKind, list_task_actions
from actions.leads import Leads
from actions.reminders import ListReminders, Reminders
from actions.tickets import CheckTicket
from saathi.leads.changing import ChangeReader, Rules
from saathi.leads.reminding import RemindingWords
from saathi.periods import PeriodReader
from saathi.store import Database
from saathi.tickets import TicketWords
from saathi.time_words import MomentTeller, TimeWords
from saathi.times import MomentReader


def list_lead_work_actions(
    leads: Leads, database: Database, periods: PeriodReader, otherwise: Action
) -> tuple[list[Action], Reminders]:
    """The actions, and the task of setting reminders, which other messages go on from. `otherwise` answers who asks for
    tickets and has not proved to be a partner."""
    times, words, changes = TimeWords.load(), RemindingWords.load(), ChangeReader(Rules.load())
    teller = MomentTeller(times.says, leads.dates)
    reminders = Reminders(leads, database, MomentReader(times, periods), teller, words)
    tasks: dict[str, TaskKind] = {"set_reminder": reminders, "change_lead": LeadChanges(leads, changes)}
    actions = [
        *list_task_actions(leads, tasks),
        ListReminders(leads, database, teller, words),
        UndoChange(leads, database, changes),
        CheckTicket(leads, TicketWords.load(), otherwise),
    ]
    return actions, reminders
