"""The file of HubSpot's fields, and the choice of the CRM by the settings."""

from pathlib import Path

import pytest

from saathi.crm.hubspot.crm import HubSpotCrm
from saathi.crm.hubspot.mapping import MAPPING, Codes, FieldMapping
from saathi.crm.opening import SettingMissing, open_crm
from saathi.crm.sql import SqlCrm
from saathi.located import FileFault
from saathi.settings import Settings
from saathi.store import open_database


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("  reference: saathi_reference", "  refrence: saathi_reference", "deals.refrence is no setting here"),
        ("  phone: phone", "  phone: Phone number", "contacts.phone is 'Phone number'"),
        ("  lost: [closedlost]", "  lost: []", "stages: lost has no id of HubSpot; add one"),
        ("  lost: [closedlost]", "  lost: [closedwon]", "stages: closedwon stands here 2 times; keep one"),
        ("  lost: [closedlost]", "  gone: [closedlost]", "stages.gone"),
        ("  communications:", "  messages:", "activities.messages"),
        (
            "        when: { hs_meeting_outcome: [COMPLETED] }",
            "        when: {}",
            "activities.meetings.meanings.0.when",
        ),
        ("  pan: saathi_paper_pan", "  pan: PAN card", "papers.pan is 'PAN card'"),
        ("  requested: { state: requested }", "  requested: { state: wanted }", "paper_states.requested.state"),
        ('  open: ["1"]', "  open: []", "ticket_states: open has no id of HubSpot; add one"),
    ],
)
def test_fault_of_the_file_is_told_with_its_line(tmp_path: Path, written: str, instead: str, told: str) -> None:
    text = MAPPING.read_text(encoding="utf-8")
    assert text.count(f"{written}\n") == 1
    file = tmp_path / "hubspot.yml"
    file.write_text(text.replace(f"{written}\n", f"{instead}\n"), encoding="utf-8")
    with pytest.raises(FileFault) as raised:
        FieldMapping.load(file)
    assert told in str(raised.value)
    assert all(line.startswith(f"{file}:") for line in str(raised.value).splitlines())


def test_value_that_is_not_listed_is_the_same_in_both() -> None:
    codes = Codes({"Term insurance": "term", "Term plan": "term"})
    assert [codes.read(value) for value in ("Term plan", "motor", "", None)] == ["term", "motor", None, None]
    assert [codes.write(code) for code in ("term", "motor", None)] == ["Term insurance", "motor", ""]
    assert codes.list_values({"motor", "term"}) == ["Term insurance", "Term plan", "motor", "term"]


async def test_settings_choose_the_crm(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'saathi.db'}")
    assert isinstance(open_crm(Settings(_env_file=None), database), SqlCrm)
    with pytest.raises(SettingMissing, match="HUBSPOT_TOKEN"):
        open_crm(Settings(_env_file=None, crm_backend="hubspot"), database)
    crm = open_crm(Settings(_env_file=None, crm_backend="hubspot", hubspot_token="pat-of-the-tests"), database)
    assert isinstance(crm, HubSpotCrm)
    crm.close()
    await database.close()
