"""Calculators: pure functions with units and bounds, their figures from `data/calculators/figures.yml`.

Amounts are whole rupees, rates per cent a year. Nothing here speaks to a user: wording stands in `data/responses` and
in the page's template.
"""

from saathi.calculators.catalog import CALCULATORS, Calculator, Reckoning, reckon
from saathi.calculators.citations import Citation, SourceChanged, cite
from saathi.calculators.figures import Expired, Figures
from saathi.calculators.inputs import BadInputs, Fault

__all__ = [
    "CALCULATORS",
    "BadInputs",
    "Calculator",
    "Citation",
    "Expired",
    "Fault",
    "Figures",
    "Reckoning",
    "SourceChanged",
    "cite",
    "reckon",
]
