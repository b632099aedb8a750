"""The CRM that the settings name."""

from saathi.crm.port import Crm
from saathi.crm.sql import SqlCrm
from saathi.scoring.model import LeadScorer
from saathi.settings import Settings
from saathi.store import Database


class SettingMissing(Exception):
    """A setting is missing; the message says which, and what belongs there."""


def open_crm(settings: Settings, database: Database, scorer: LeadScorer | None = None) -> Crm:
    """The CRM of CRM_BACKEND; `scorer` keeps the scores of the project's own.

    Raises `SettingMissing`, and `FileFault` for data/crm/hubspot.yml.
    """
    if settings.crm_backend == "sql":
        return SqlCrm(database, scorer)
    token = settings.hubspot_token.get_secret_value()
    if not token:
        raise SettingMissing("CRM_BACKEND=hubspot needs HUBSPOT_TOKEN: a service key of your account (docs/crm.md)")
    from saathi.crm.hubspot.crm import HubSpotCrm  # noqa: PLC0415 - its SDK takes 0.7 s to import
    from saathi.crm.hubspot.mapping import FieldMapping  # noqa: PLC0415

    return HubSpotCrm(token, FieldMapping.load(), settings.hubspot_api_base)
