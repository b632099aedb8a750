"""Tune the committed encoder's weights as an intent classifier, and export it as int8 ONNX.

    make train-intents

Reads what `python -m bot.intent_parts` wrote, learns from its training part, stops when its validation part gains no
more, and writes the model that `bot.tuned_classifier.TunedClassifier` reads. About 15 minutes on two idle cores.
"""

import argparse
import sys
from pathlib import Path

from encoder.files import ModelFilesError
from encoder.training.intents.examples import of_part, read_examples
from encoder.training.torch_build import TorchMissingError, ensure_torch

_ROUNDED_ON = 300  # examples that show how large activations get


def main() -> int:
    """Tune and export; 1 with the reason where that cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, default=Path("var/intents/examples.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("models/intents"), help="folder of the tuned model")
    asked = parser.parse_args()
    try:
        ensure_torch()
        _make(asked.examples, asked.out)
    except (TorchMissingError, ModelFilesError) as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError) as error:
        print(
            f"{asked.examples} cannot be read ({error!r}): run `make train-intents`, which writes it.", file=sys.stderr
        )
        return 1
    return 0


def _make(file: Path, out: Path) -> None:
    # These import torch, which the lines above have made sure of.
    from tokenizers import Tokenizer  # noqa: PLC0415

    from encoder.files import MODEL_FOLDER  # noqa: PLC0415
    from encoder.layer import write_layer  # noqa: PLC0415
    from encoder.training.export import export_folder  # noqa: PLC0415
    from encoder.training.intents.tune import tune  # noqa: PLC0415
    from encoder.training.quantise import quantise_folder  # noqa: PLC0415
    from encoder.training.restore import restore_transformer  # noqa: PLC0415

    examples = read_examples(file)
    training, validation = of_part(examples, "training"), of_part(examples, "validation")
    tokenizer = Tokenizer.from_file(str(MODEL_FOLDER / "tokenizer.json"))
    tuned = tune(restore_transformer(), tokenizer, training, validation)
    print(f"Best on validation after {tuned.epochs} epochs: {tuned.accuracy:.2%}. Exporting ...", flush=True)
    full = export_folder(tuned.transformer, file.parent / "fp32")
    quantise_folder(full, out, [example.text for example in training[:: len(training) // _ROUNDED_ON]])
    write_layer(out, tuned.weights, tuned.biases, tuned.intents)


if __name__ == "__main__":
    raise SystemExit(main())
