"""Draw `data/pictures/*.svg` as PNG files beside them, in English and Hindi: `python -m ops.pictures`, or `--check`.

The pictures are committed: what runs the assistant needs neither renderer nor fonts, only who changes a drawing does.
`rendered.json` notes which drawing each picture is of, so that `--check` needs neither of them either. The renderer is
resvg: CairoSVG cannot join Devanagari letters, ignores `systemLanguage`, and loads the system's libcairo.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path

PICTURES = Path(__file__).resolve().parent.parent / "data" / "pictures"
NOTES = "rendered.json"
LANGUAGES = ("en", "hi")  # of <switch> in a drawing; Hinglish readers get the English picture
WIDTH = 720  # pixels: sharp at 360 on a phone
FAMILIES = ("Noto Sans", "Noto Sans Devanagari")  # free, and named in the drawings
WEIGHTS = ("regular", "bold")


class NoFont(Exception):
    """A font that the drawings name is not installed; the message says which."""


def find_faults(folder: Path = PICTURES) -> list[str]:
    """Pictures that are not of the drawing as it is now, a line each with what to do."""
    noted, now = _read_notes(folder), _note(folder)
    stale = [
        f"{folder / name}: not drawn from the SVG as it is now; run `python -m ops.pictures`"
        for name, note in sorted(now.items())
        if noted.get(name) != note
    ]
    left = ({path.name for path in folder.glob("*.png")} | noted.keys()) - now.keys()
    return stale + [f"{folder / name}: a picture of no drawing; delete it" for name in sorted(left)]


def draw(folder: Path = PICTURES) -> int:
    """Draw all pictures and note what they are of; how many there are.

    Raises:
        NoFont: a font of the drawings is not installed.
        ValueError: a drawing is no SVG.
    """
    fonts = [_find_font(family, weight) for family in FAMILIES for weight in WEIGHTS]
    import resvg_py  # noqa: PLC0415 - of the development environment, and `--check` does without

    drawings = sorted(folder.glob("*.svg"))
    for drawing in drawings:
        for language in LANGUAGES:
            picture = resvg_py.svg_to_bytes(
                svg_path=str(drawing), width=WIDTH, languages=[language], skip_system_fonts=True, font_files=fonts
            )
            _picture_of(drawing, language).write_bytes(picture)
    notes = json.dumps(_note(folder), indent=1, sort_keys=True)
    (folder / NOTES).write_text(f"{notes}\n", encoding="utf-8")
    return len(drawings) * len(LANGUAGES)


def _picture_of(drawing: Path, language: str) -> Path:
    return drawing.with_name(f"{drawing.stem}.{language}.png")


def _read_notes(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / NOTES
    notes: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return notes


def _note(folder: Path) -> dict[str, dict[str, str]]:
    """Each picture that there should be, with the digests of its drawing and of itself."""
    return {
        picture.name: {"drawing": _digest(drawing), "picture": _digest(picture) if picture.exists() else ""}
        for drawing in folder.glob("*.svg")
        for picture in (_picture_of(drawing, language) for language in LANGUAGES)
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _find_font(family: str, weight: str) -> str:
    """The file of a font. Fontconfig gives the nearest one for any name; the drawings are laid out for these alone."""
    command = ["fc-match", "--format=%{family}\n%{file}", f"{family}:{weight}"]
    found, file = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")
    if family not in found.split(","):
        raise NoFont(f"The drawings need the font {family} (Debian: fonts-noto-core).")
    return file


def main() -> int:
    """Draw, or check with `--check`; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description="Draw the pictures of data/pictures.")
    parser.add_argument("--check", action="store_true", help="only say which pictures are not of their drawing")
    if parser.parse_args().check:
        faults = find_faults()
        sys.stdout.write("".join(f"{fault}\n" for fault in faults))
        return 1 if faults else 0
    try:
        count = draw()
    except (NoFont, FileNotFoundError, ModuleNotFoundError) as error:
        sys.stderr.write(f"{error} (`make setup` brings the renderer; fc-match is Debian's fontconfig)\n")
        return 1
    sys.stdout.write(f"{count} pictures drawn\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
