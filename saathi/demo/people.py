"""Made-up people, of the names in data/demo/people.yml and telephone numbers that no network gives out."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from pydantic import BaseModel

from saathi.located import read_located
from saathi.settings import ROOT

PEOPLE = ROOT / "data/demo/people.yml"


class Names(BaseModel, extra="forbid", frozen=True):
    """The file's content; `regions` says how many of a hundred live where."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    regions: dict[str, int]


@dataclass(frozen=True, slots=True)
class Person:
    """A customer to be."""

    name: str
    phone: str
    region: str
    age: int


class People:
    """Makes people; the same random source makes the same people."""

    def __init__(self, random: Random, path: Path = PEOPLE) -> None:
        self._random = random
        self._names = read_located(path, Names).content
        self._made = 0

    def choose_region(self) -> str:
        """A state, the populous ones more often."""
        regions = self._names.regions
        return self._random.choices(list(regions), list(regions.values()))[0]

    def make(self, region: str) -> Person:
        """Somebody of a region, or in one of ten cases of another."""
        self._made += 1
        name = f"{self._random.choice(self._names.given)} {self._random.choice(self._names.family)}"
        age = min(68, max(21, round(self._random.gauss(37, 10))))
        home = region if self._random.random() < 0.9 else self.choose_region()
        # No Indian mobile number begins with 0. Steps of 7,919 give neighbours different endings.
        phone = f"+9100000{self._made * 7919 % 100_000:05d}"
        return Person(name, phone, home, age)
