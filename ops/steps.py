"""What must be made before the processes start: the knowledge index, the trained model, a demo's network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ops.jobs import Job
from ops.machine import Machine

RASA_INPUTS = (
    "config.yml",
    "domain.yml",
    "data/nlu/**/*.yml",
    "data/stories/**/*.yml",
    "data/responses/**/*.yml",
    "data/sentiment/*.yml",
    "data/wishes.yml",
    "data/entities/*",
    "bot/**/*.py",
    "encoder/*",
    "encoder/model/*",
    "language/**/*",
    "requirements/rasa.txt",
)
KNOWLEDGE_INPUTS = (
    "knowledge/**/*.md",
    "knowledge/**/*.py",
    "data/knowledge/*",
    "encoder/*",
    "encoder/model/*",
    "language/**/*",
    "requirements/app.txt",
)


# Fitting allocates and frees arrays of megabytes all the time; to map each anew doubles its processor time.
ROOMY = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**31)}


@dataclass(frozen=True)
class Step:
    """A command that makes `made` (a pattern below `place`) out of files of the checkout."""

    doing: str
    argv: Sequence[str]
    inputs: Sequence[str]
    place: Path
    made: str
    remedy: str

    def job(self, root: Path, env: Mapping[str, str], logs: Path) -> Job | None:
        """The command to run, or None while its result is there and no input has changed since."""
        stamp, now = self.place / "inputs.stamp", _fingerprint(root, self.inputs)
        is_made = any(self.place.glob(self.made))
        if is_made and stamp.exists() and stamp.read_text(encoding="utf-8") == now:
            return None
        self.place.mkdir(parents=True, exist_ok=True)

        def note() -> None:
            stamp.write_text(now, encoding="utf-8")

        log = logs / f"make-{self.place.name}.log"
        return Job(self.doing, self.argv, log, self.remedy, done=note, cwd=root, env={**env, **ROOMY})


def steps(root: Path, data: Path) -> list[Step]:
    """The index and the model; each may take a minute the first time, so they are made side by side."""
    app, rasa = str(root / ".venv/bin/python"), str(root / ".venv-rasa/bin/python")
    look = "Its messages say what to change; then run the same command again."
    index, models = data / "knowledge", root / "models"
    return [
        Step(
            "Building the knowledge index",
            [app, "-m", "knowledge.build"],
            KNOWLEDGE_INPUTS,
            index,
            "*/manifest.json",
            look,
        ),
        Step("Training the model", [rasa, "-m", "bot.train"], RASA_INPUTS, models, "*.tar.gz", look),
    ]


def demo_network(machine: Machine) -> Job | None:
    """The command that fills a demo's database with its network, once for each database; None without a demo."""
    stamp = machine.settings.data_dir / "demo.stamp"
    database = sha256(machine.settings.store_url.encode()).hexdigest()  # the address may hold a password
    if machine.env["SAATHI_DEMO"] != "1" or (stamp.exists() and stamp.read_text(encoding="utf-8") == database):
        return None

    def note() -> None:
        stamp.write_text(database, encoding="utf-8")

    argv, log = [str(machine.root / ".venv/bin/python"), "-m", "saathi.demo"], machine.logs / "make-demo.log"
    remedy = "`make demo-data` makes it anew."
    return Job("Making the demo network", argv, log, remedy, done=note, cwd=machine.root, env=machine.env)


def _fingerprint(root: Path, patterns: Sequence[str]) -> str:
    files = sorted({file for pattern in patterns for file in root.glob(pattern) if file.is_file()})
    whole = sha256()
    for file in files:
        if "__pycache__" not in file.parts:
            whole.update(f"{file.relative_to(root)}\0{file.stat().st_size}\0".encode())
            whole.update(file.read_bytes())
    return whole.hexdigest()
