"""Rasa's reader of files, which here reads each once: `importers` in config.yml."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class ReadOnce(RasaFileImporter):
    """Stock reads the examples several times in a training, for seconds each."""

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the examples."""
        return super().get_nlu_data(language)

    @cached_method
    def get_domain(self) -> Domain:
        """Return the domain."""
        return super().get_domain()
