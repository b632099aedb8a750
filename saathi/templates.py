"""WhatsApp's approved templates by name, as designers write them in `data/whatsapp.yml`."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from language import Language
from saathi.messages import Purpose

TEMPLATES = Path(__file__).resolve().parents[1] / "data" / "whatsapp.yml"


class TemplateNames(BaseModel):
    """The whole file: for each purpose of a message its template in each language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    templates: dict[Purpose, dict[Language, str]]
