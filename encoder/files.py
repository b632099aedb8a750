"""The model folder: what lies in it, and whether it is whole."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import language

MODEL_FOLDER = Path(__file__).with_name("model")
_NETWORK, _TOKENIZER, _FACTS = "model.onnx", "tokenizer.json", "model.json"


class ModelFilesError(RuntimeError):
    """The model folder is missing, incomplete or damaged; the message names the remedy."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A checked model folder; `version` is `fingerprint` of its network and tokenizer."""

    network: Path
    tokenizer: Path
    version: str
    dimension: int
    max_tokens: int


def fingerprint(network: Path, tokenizer: Path) -> str:
    """Sixteen hexadecimal digits that change whenever the network or its tokenizer does."""
    digest = hashlib.sha256()
    for file in (network, tokenizer):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def reading_fingerprint() -> str:
    """As `fingerprint`, of what is done to a text before the tokenizer sees it (`language`)."""
    digest = hashlib.sha256()
    for name in ("normalise.py", "transliterate.py", "spellings.tsv"):
        digest.update(hashlib.sha256(Path(language.__file__).with_name(name).read_bytes()).digest())
    return digest.hexdigest()[:16]


def write_facts(folder: Path, dimension: int, max_tokens: int) -> str:
    """Write `model.json` for the network and tokenizer that lie in `folder`; return their version."""
    version = fingerprint(folder / _NETWORK, folder / _TOKENIZER)
    facts = {"version": version, "dimension": dimension, "max_tokens": max_tokens}
    (folder / _FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return version


def read_model_files(folder: Path) -> ModelFiles:
    """Check `folder` and return its files; raises ModelFilesError."""
    missing = [name for name in (_NETWORK, _TOKENIZER, _FACTS) if not (folder / name).is_file()]
    if missing:
        raise damaged(folder, f"{', '.join(missing)} not found")
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        version, dimension, max_tokens = str(facts["version"]), int(facts["dimension"]), int(facts["max_tokens"])
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(folder, f"{_FACTS} cannot be read ({error!r})") from error
    files = ModelFiles(folder / _NETWORK, folder / _TOKENIZER, version, dimension, max_tokens)
    if fingerprint(files.network, files.tokenizer) != version:
        raise damaged(folder, f"the files are not the ones that {_FACTS} names")
    return files


def damaged(folder: Path, reason: str) -> ModelFilesError:
    """The error for a folder that cannot be used, with what to do about it."""
    return ModelFilesError(
        f"The encoder's model in {folder} cannot be used: {reason}. "
        "Restore it with `git checkout -- encoder/model`, or make it anew with `make encoder`."
    )
