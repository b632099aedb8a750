"""The linear layer beside a tuned model's files: `intents.npz` and the names in `intents.json`."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

_LAYER, _NAMES = "intents.npz", "intents.json"
Floats = npt.NDArray[np.float32]


def write_layer(folder: Path, weights: Floats, biases: Floats, intents: list[str]) -> None:
    """Write `weights` (intents, dimension) and `biases` (intents,) into the model's folder."""
    np.savez(folder / _LAYER, weights=weights.astype(np.float32), biases=biases.astype(np.float32))
    (folder / _NAMES).write_text(json.dumps(intents, indent=1) + "\n", encoding="utf-8")


def read_layer(folder: Path) -> tuple[Floats, Floats, list[str]]:
    """Read what `write_layer` wrote; raises OSError or ValueError."""
    with np.load(folder / _LAYER, allow_pickle=False) as arrays:
        return arrays["weights"], arrays["biases"], json.loads((folder / _NAMES).read_text(encoding="utf-8"))
