"""Files for the page, under addresses that nobody guesses."""

import secrets

from vendors.gateway import Media

_MOST = 200


class MediaShelf:
    """The last files."""

    def __init__(self) -> None:
        self._files: dict[str, Media] = {}

    def put(self, media: Media) -> str:
        """Keeps a file; its path on the page's own server."""
        key = secrets.token_urlsafe(12)
        self._files[key] = media
        if len(self._files) > _MOST:
            del self._files[next(iter(self._files))]
        return f"/page/media/{key}"

    def find(self, key: str) -> Media | None:
        """The file of a path's last part."""
        return self._files.get(key)
