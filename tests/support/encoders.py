"""An encoder that tests look over the shoulder of."""

from encoder import Encoder
from encoder.encoder import Vectors


class CountingEncoder:
    """The real encoder, which also counts the texts that it is given."""

    def __init__(self, encoder: Encoder) -> None:
        self.version = encoder.version
        self.texts = 0
        self._encoder = encoder

    def encode(self, texts: list[str], /) -> Vectors:
        self.texts += len(texts)
        return self._encoder.encode(texts)
