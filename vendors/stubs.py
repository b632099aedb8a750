"""The smallest real files: what a person sends from the page where they would send a photo or a voice note."""

import struct
import zlib

from vendors.gateway import Media

_SIDE = 96


def make_stub(kind: str) -> Media:
    """A file for "image", "sticker", "voice", "document" or "contact". Raises `KeyError`."""
    return _STUBS[kind]


def _png() -> bytes:
    """A square that goes from one colour to another."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes(v for x in range(_SIDE) for v in (90 + x, 120 + y, 200)) for y in range(_SIDE))
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"".join(rows))), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


_STUBS = {
    "image": Media(_png(), "image/png"),
    "sticker": Media(_png(), "image/png"),
    "voice": Media(b"OggS" + bytes(60), "audio/ogg"),
    "document": Media(b"%PDF-1.4\n%%EOF\n", "application/pdf"),
    "contact": Media(b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:;Meera;;;\r\nFN:Meera\r\nEND:VCARD\r\n", "text/vcard"),
}
