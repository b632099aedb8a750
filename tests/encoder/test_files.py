"""A model folder that is not whole is refused, with the remedy."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from encoder import Encoder, ModelFilesError
from encoder.files import MODEL_FOLDER, read_model_files, write_facts


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:1000])


DAMAGE: dict[str, Callable[[Path], None]] = {
    "no network": lambda folder: (folder / "model.onnx").unlink(),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "cut network": lambda folder: _cut(folder / "model.onnx"),
    "cut tokenizer": lambda folder: _cut(folder / "tokenizer.json"),
    "facts are no JSON": lambda folder: _cut_to(folder, "{"),
    "facts are a list": lambda folder: _cut_to(folder, "[]"),
    "facts lack the version": lambda folder: _cut_to(folder, '{"dimension": 384}'),
    "facts fit, network does not load": lambda folder: _refit(folder, "model.onnx"),
    "facts fit, tokenizer does not load": lambda folder: _refit(folder, "tokenizer.json"),
}


def _cut_to(folder: Path, text: str) -> None:
    (folder / "model.json").write_text(text, encoding="utf-8")


def _refit(folder: Path, name: str) -> None:
    _cut(folder / name)
    write_facts(folder, dimension=384, max_tokens=256)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_folder_is_refused_with_the_remedy(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL_FOLDER, folder)
    damage(folder)
    with pytest.raises(ModelFilesError, match=r"git checkout -- encoder/model.*make encoder"):
        Encoder.load(folder)


def test_a_missing_folder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError, match="make encoder"):
        Encoder.load(tmp_path / "nowhere")


def test_the_version_is_that_of_the_committed_files() -> None:
    facts = json.loads((MODEL_FOLDER / "model.json").read_text(encoding="utf-8"))
    assert read_model_files(MODEL_FOLDER).version == facts["version"]
    assert Encoder.load().version.startswith(facts["version"])
    assert facts["version"] in (MODEL_FOLDER / "model_card.md").read_text(encoding="utf-8")


def test_the_committed_model_is_small_enough_for_the_repository() -> None:
    assert (MODEL_FOLDER / "model.onnx").stat().st_size < 25_000_000
