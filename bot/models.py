"""The folder of trained models."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ModelError


def newest_model(folder: Path) -> Path:
    """Return the newest model archive in `folder`; raises ModelError where there is none."""
    models = models_by_age(folder)
    if not models:
        raise ModelError(f"there is no trained model in {folder}: run 'make train'")
    return models[0]


def models_by_age(folder: Path) -> list[Path]:
    """Return the model archives of `folder`, newest first."""
    return sorted(folder.glob("*.tar.gz"), key=lambda model: (model.stat().st_mtime_ns, model.name), reverse=True)
