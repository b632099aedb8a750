"""The commands that people type: `python -m knowledge.sources`, and the stand-in of a knowledge base."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.sources.__main__ import main

ROOT = Path(__file__).resolve().parent.parent.parent
FAQ = "question,answer\nWhat is a lien?,A lien is the right to keep pledged units.\n"


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as if it were typed, on a folder of this test."""

    def run_command(*arguments: str) -> Done:
        status = main(["--folder", str(tmp_path / "imported"), *arguments])
        return Done(status, *capsys.readouterr())

    return run_command


def test_import_list_review_and_remove(tmp_path: Path, run: Run) -> None:
    faq = tmp_path / "loan faq.csv"
    faq.write_text(FAQ + "Only asked?,\n", encoding="utf-8")
    taken = run("import", str(faq))
    assert taken.returncode == 1
    assert "loan-faq: 1 new, 0 changed, 0 gone, 0 unchanged, 1 faults\n1 wait for review" in taken.stdout
    assert "loan faq.csv, row 3: it has no answer; write it, or remove the row" in taken.stderr
    assert "100%" in taken.stderr
    assert "draft" in run("list", "--drafts").stdout
    refused = run("review", "loan-faq-what-is-a-lien")
    assert (refused.returncode, "`product`: write one of" in refused.stderr) == (2, True)
    reviewed = run("review", "loan-faq-what-is-a-lien", "--product", "loans")
    assert (reviewed.returncode, reviewed.stdout[:8]) == (0, "in use: ")
    assert "reviewed" in run("list").stdout
    assert run("list", "--drafts").stdout == ""
    assert run("remove", "loan-faq").stdout == "1 documents removed\n"
    assert not list((tmp_path / "imported").iterdir())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("import", ""), "make import FROM=<path or address>"),
        (("import", "no/such/folder"), "check the path"),
        (("import", "http://kb.example.com"), "write the address with https"),
        (("review", "nothing"), "nothing imported is called `nothing`"),
        (("remove", "nothing"), "there is no source `nothing`; there are: none"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_remedy(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], says: str
) -> None:
    refused = run(*arguments)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "imported").exists()


def test_two_files_of_one_name_do_not_remove_each_other(tmp_path: Path, run: Run) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "faq.csv").write_text(FAQ, encoding="utf-8")
    assert run("import", str(tmp_path / "a" / "faq.csv")).returncode == 0
    refused = run("import", str(tmp_path / "b" / "faq.csv"))
    assert (refused.returncode, "SOURCE=name" in refused.stderr) == (2, True)
    assert run("import", str(tmp_path / "b" / "faq.csv"), "--source", "other").returncode == 0


def test_help_shows_how_and_what_comes_next() -> None:
    command = [sys.executable, "-m", "knowledge.sources", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "import faq.csv --product loans" in said
    assert "docs/import-knowledge.md" in said


def test_stand_in_of_a_knowledge_base_is_imported_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "knowledge.sources.local_remote", "--port", "0", "--token", "t0k3n"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            document = {"title": "Lien", "sections": [{"text": "A lien is the right to keep pledged units."}]}
            body = json.dumps(document).encode()
            headers = {"Content-Type": "application/json"}
            put = urllib.request.Request(f"{address}/documents/lien", body, headers, method="PUT")
            urllib.request.urlopen(put, timeout=10).close()
            refused = run("import", address, "--source", "kb")
            assert (refused.returncode, "set KNOWLEDGE_BASE_TOKEN" in refused.stderr) == (2, True)
            monkeypatch.setenv("KNOWLEDGE_BASE_TOKEN", "t0k3n")
            taken = run("import", address, "--source", "kb")
            assert (taken.returncode, "kb: 1 new" in taken.stdout) == (0, True)
        finally:
            server.terminate()
