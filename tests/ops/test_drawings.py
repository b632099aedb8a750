"""The committed pictures are of the drawings as they are."""

import json
import shutil
from pathlib import Path

import pytest

from ops.pictures import NOTES, PICTURES, NoFont, draw, find_faults

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PICTURES, tmp_path / "pictures"))


def test_committed_pictures_are_of_their_drawings() -> None:
    assert find_faults() == []
    assert len(json.loads((PICTURES / NOTES).read_text())) == 2 * len(list(PICTURES.glob("*.svg"))) > 0


def test_committed_pictures_are_sharp_squares() -> None:
    for picture in PICTURES.glob("*.png"):
        head = picture.read_bytes()[:24]
        assert head[:8] == PNG
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (720, 720), picture.name


def test_changed_drawing_is_named_until_it_is_drawn_anew(folder: Path) -> None:
    drawing = folder / "bank_open.svg"
    drawing.write_text(drawing.read_text().replace("Bank account", "Bank"))
    remedy = "not drawn from the SVG as it is now; run `python -m ops.pictures`"
    assert find_faults(folder) == [f"{folder}/bank_open.{language}.png: {remedy}" for language in ("en", "hi")]


def test_picture_that_was_touched_or_lost_is_named(folder: Path) -> None:
    (folder / "kyc_pan.en.png").write_bytes(PNG)
    (folder / "kyc_pan.hi.png").unlink()
    assert [fault.split(":")[0] for fault in find_faults(folder)] == [
        f"{folder}/kyc_pan.en.png",
        f"{folder}/kyc_pan.hi.png",
    ]


def test_picture_without_a_drawing_is_named(folder: Path) -> None:
    (folder / "kyc_pan.svg").unlink()
    assert find_faults(folder) == [
        f"{folder}/kyc_pan.{language}.png: a picture of no drawing; delete it" for language in ("en", "hi")
    ]


def test_nothing_is_drawn_with_another_font(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = tmp_path / "fc-match"
    matcher.write_text("#!/bin/sh\nprintf 'Some Other Sans\\n/fonts/other.ttf'\n")
    matcher.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoFont, match="Noto Sans"):
        draw(folder)
    assert find_faults(folder) == []
