"""What may be sent when a person has not written for a day: templates that WhatsApp has approved, by name."""

from pathlib import Path

from channels.sending import Refused
from channels.whatsapp.rendering import Part
from saathi.located import read_located
from saathi.messages import Purpose
from saathi.outbox import Outgoing
from saathi.templates import TEMPLATES, TemplateNames

LONGEST = 600  # characters of the message in its template; WhatsApp allows 1,024 for both together


class Templates(TemplateNames):
    """Puts messages into their templates."""

    @classmethod
    def load(cls, path: Path = TEMPLATES) -> "Templates":
        """Read the file. Raises `FileFault`, which names file, line and remedy."""
        return read_located(path, cls).content

    def render(self, outgoing: Outgoing) -> Part:
        """The message in its template, in one line as WhatsApp wants it.

        Raises:
            Refused: it has no template, or is too long for one.
        """
        name = self.templates.get(Purpose(outgoing.purpose), {}).get(outgoing.body["language"])
        text = " ".join(outgoing.body["text"].split())
        if name is None or not 0 < len(text) <= LONGEST:
            raise Refused("window closed")
        return Part(text, template=name)
