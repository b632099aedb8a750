"""How often the right article comes first, among the first five, and how far up it stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tqdm import tqdm

from benchmarks.knowledge.questions import Asked, Group
from benchmarks.knowledge.rankers import Ranker


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1 over `questions` questions; `mrr` is the mean of 1 / rank, 0 where it is not among ten."""

    questions: int
    hit_at_1: float
    hit_at_5: float
    mrr: float

    @classmethod
    def of(cls, ranks: Sequence[int | None]) -> "Scores":
        """Of ranks from 1, None where the article was not found; at least one."""
        found = [rank for rank in ranks if rank is not None]
        total = len(ranks)
        return cls(
            questions=total,
            hit_at_1=sum(rank == 1 for rank in found) / total,
            hit_at_5=sum(rank <= 5 for rank in found) / total,
            mrr=sum(1 / rank for rank in found) / total,
        )


async def measure(name: str, ranker: Ranker, asked: Sequence[Asked]) -> dict[Group, dict[str, float]]:
    """`Scores` as a dictionary for each group of the questions."""
    ranks: dict[Group, list[int | None]] = defaultdict(list)
    for one in tqdm(asked, desc=name, unit="question"):
        rank = rank_of(one, await ranker.rank(one.text))
        for group in one.groups:
            ranks[group].append(rank)
    return {group: asdict(Scores.of(of_group)) for group, of_group in ranks.items()}


def rank_of(asked: Asked, slugs: Sequence[str]) -> int | None:
    """Place from 1 of the first article that is right; None when none is there."""
    return next((rank for rank, slug in enumerate(slugs, 1) if slug in asked.slugs), None)
