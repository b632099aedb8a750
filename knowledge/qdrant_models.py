"""The models of qdrant-client, our one vocabulary of filters, queries and fusion, without the client around them.

`import qdrant_client` brings gRPC, a second engine and a rebuilt copy of each model: 50 MB and 1.6 s more in the action
server. The models alone are 12 MB and 0.3 s, and all that is needed where no server is used. The module is
loaded under its own name, so that a client imported later shares it.
"""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = ["models"]

_PACKAGES = ("qdrant_client", "qdrant_client.http", "qdrant_client.http.models")
_NAME = "qdrant_client.http.models.models"


def _load() -> ModuleType:
    if _NAME in sys.modules:
        return sys.modules[_NAME]
    spec = find_spec(_PACKAGES[0])
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("qdrant-client is not installed", name=_PACKAGES[0])
    site = Path(spec.origin).parent.parent
    for name in _PACKAGES:  # packages whose own code does not run
        package = ModuleType(name)
        package.__path__ = [str(site.joinpath(*name.split(".")))]
        sys.modules[name] = package
    try:
        return importlib.import_module(_NAME)
    finally:
        for name in _PACKAGES:
            del sys.modules[name]


if TYPE_CHECKING:
    from qdrant_client.http.models import models
else:
    models = _load()
