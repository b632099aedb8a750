"""The real catalogue, on a day on which it holds."""

from datetime import date

import pytest

from saathi.products import Catalog

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog.load()
