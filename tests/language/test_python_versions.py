"""Rasa's own Python gives the same answers: the room is imported by both environments."""

import json
import subprocess
from pathlib import Path

import pytest

from language import detect, normalise, to_latin

ROOT = Path(__file__).resolve().parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
SAY = (
    "import json, sys; from language import detect, normalise, to_latin; "
    "json.dump([[detect(t), to_latin(normalise(t))] for t in json.load(sys.stdin)], sys.stdout)"
)


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs .venv-rasa (make setup)")
def test_both_pythons_read_messages_alike() -> None:
    texts = (Path(__file__).with_name("messages.tsv")).read_text(encoding="utf-8").splitlines()
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", SAY], input=json.dumps(texts), capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert json.loads(done.stdout) == [[detect(text), to_latin(normalise(text))] for text in texts]
