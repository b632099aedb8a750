"""Whether the world has moved away from what the model learned: ADWIN (river) along time, on what the model sees."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from river import drift

from saathi.scoring.training.additive import Fitted
from saathi.scoring.training.columns import Floats, Table


@dataclass(frozen=True)
class Drift:
    """A stream of values: after which examples its mean changed, and the mean before the first and after the last of
    these."""

    stream: str
    changes: tuple[int, ...]
    before: float
    after: float


def list_streams(fitted: Fitted, table: Table, won: Floats, probability: Floats) -> Mapping[str, Floats]:
    """What each feature adds to the log-odds, the outcome, and by how much the forecast missed it."""
    parts = zip(fitted.coders, fitted.weights, fitted.centres, strict=True)
    streams = {
        coder.column.name: coder.code(table[coder.column.name]) @ weights - centre for coder, weights, centre in parts
    }
    return {**streams, "outcome": won, "outcome - forecast": won - probability}


def find_drift(streams: Mapping[str, Floats]) -> list[Drift]:
    """The streams whose mean changed, each looked at in order of time."""
    found = []
    for name, values in streams.items():
        detector, changes = drift.ADWIN(), []
        spread = float(np.ptp(values)) or 1.0
        for number, value in enumerate((values - values.min()) / spread):  # ADWIN's bound is for values from 0 to 1
            detector.update(float(value))
            if detector.drift_detected:
                changes.append(number)
        if changes:
            before, after = values[: changes[0]].mean(), values[changes[-1] :].mean()
            found.append(Drift(name, tuple(changes), float(before), float(after)))
    return found
