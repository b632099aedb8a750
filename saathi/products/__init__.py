"""The product catalogue: `data/products`, the only place that recommendations and comparisons come from."""

from saathi.products.catalog import Advice, Catalog, Comparison, NoSuchProduct, Verdict
from saathi.products.eligibility import Check, Standing
from saathi.products.model import Product, Profile, Span
from saathi.products.naming import Named, Unsold
from saathi.products.words import Words

__all__ = [
    "Advice",
    "Catalog",
    "Check",
    "Comparison",
    "Named",
    "NoSuchProduct",
    "Product",
    "Profile",
    "Span",
    "Standing",
    "Unsold",
    "Verdict",
    "Words",
]
