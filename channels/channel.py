"""What a channel is to the gateway: one value, named in one line of its registry."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from aiohttp import web

from channels.sending import Sender
from saathi.settings import Settings


@dataclass(frozen=True, slots=True)
class Channel:
    """`name` is its name in the store; `routes` its addresses; `needs` the settings without which it is off, and its
    addresses answer 404. One that has people's addresses to send to brings `open_sender`."""

    name: str
    routes: Callable[[Settings], list[web.RouteDef]]
    needs: tuple[str, ...] = ()
    open_sender: Callable[[Settings], AbstractAsyncContextManager[Sender]] | None = None

    def find_missing(self, settings: Settings) -> list[str]:
        """The names of the settings that it lacks, as the environment has them."""
        return [name.upper() for name in self.needs if not _is_set(settings, name)]


def _is_set(settings: Settings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
