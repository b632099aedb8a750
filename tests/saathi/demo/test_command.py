"""`python -m saathi.demo` says in one line what is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "content", [None, "{", '{"version": "1", "digest": "", "model": {"intercept": 0, "curves": []}}']
)
def test_unusable_scoring_model_is_told_in_one_line_with_what_to_do(tmp_path: Path, content: str | None) -> None:
    shutil.copytree(ROOT / "saathi", tmp_path / "saathi", ignore=shutil.ignore_patterns("__pycache__"))
    model = tmp_path / "saathi" / "scoring" / "trained" / "model.json"
    model.unlink()
    if content is not None:
        model.write_text(content, encoding="utf-8")

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "saathi.demo", "--replace"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert str(model) in line
    assert "make train-leads" in line
