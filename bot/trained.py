"""What our trained graph components share: made empty, trained into a folder of the model, loaded from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from typing_extensions import Self


class Kept(Protocol):
    """What training makes."""

    def save(self, folder: Path) -> None:
        """Write it into `folder`."""


Part = TypeVar("Part", bound=Kept)
Component = TypeVar("Component", bound="Trained[Any]")


class Trained(GraphComponent, Generic[Part]):
    """A component whose knowledge is one part, which training makes and the model keeps.

    A component of ours says how it reads its part (`read_part`), and gives what it has trained to `keep`.
    """

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, part: Part | None = None
    ) -> None:
        """Make the component; without `part` it must be trained first."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._part = part

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> Self:
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
        **kwargs: Any,  # noqa: ARG003
    ) -> Self:
        """Load a trained component; raises OSError or ValueError where the model holds none."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, cls.read_part(folder))

    @staticmethod
    def read_part(folder: Path) -> Part:
        """Read what `save` wrote."""
        raise NotImplementedError

    def keep(self, part: Part) -> Resource:
        """Persist what was trained."""
        with self._model_storage.write_to(self._resource) as folder:
            part.save(folder)
        return self._resource

    @property
    def part(self) -> Part:
        """What was trained or loaded."""
        assert self._part is not None, "train or load the component first"
        return self._part
