"""The model card of the committed encoder: a page with the figures of the very files beside it."""

from pathlib import Path
from string import Template

from encoder.training.measure import Figures

_TEMPLATE = Path(__file__).with_name("model_card.template.md")


def write_card(file: Path, figures: Figures) -> None:
    """Write the card with its table of figures."""
    table = "\n".join(f"| {name} | {value} |" for name, value in figures.rows())
    page = Template(_TEMPLATE.read_text(encoding="utf-8"))
    file.write_text(page.substitute(version=figures.version, figures=table), encoding="utf-8")
