"""Questions that no article answers: what people of this trade ask beyond it (data/knowledge/outside_questions.yml).

The gate trusts an article less the nearer a question is to one of them.
"""

from pathlib import Path

import yaml

OUTSIDE = Path(__file__).resolve().parent.parent / "data" / "knowledge" / "outside_questions.yml"


def read_outside(path: Path = OUTSIDE) -> tuple[str, ...]:
    """The questions of all subjects. Raises `ValueError` that names a subject with anything but a list of texts."""
    subjects = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for subject, questions in subjects.items():
        if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
            raise ValueError(f"{path.name}: write a list of questions under `{subject}`")
    return tuple(question for questions in subjects.values() for question in questions)
