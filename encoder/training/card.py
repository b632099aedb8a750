"""The model card of the committed encoder: a page with the figures of the very files beside it."""

from pathlib import Path
from string import Template

from encoder.training.compare import Comparison
from encoder.training.measure import Figures

_TEMPLATE = Path(__file__).with_name("model_card.template.md")


def write_card(file: Path, figures: Figures, comparisons: list[Comparison]) -> None:
    """Write the card with its tables of figures."""
    table = "\n".join(f"| {name} | {value} |" for name, value in figures.rows())
    compared = "\n".join(f"| {row.name} | {row.before:.1%} | {row.after:.1%} |" for row in comparisons)
    page = Template(_TEMPLATE.read_text(encoding="utf-8"))
    values = {"version": figures.version, "figures": table, "compared": compared}
    file.write_text(page.substitute(values), encoding="utf-8")
