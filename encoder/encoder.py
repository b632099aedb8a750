"""Sentences to vectors, with onnxruntime and tokenizers alone: no torch at run time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from encoder.files import MODEL_FOLDER, ModelFiles, damaged, read_model_files, reading_fingerprint
from language import normalise, to_latin

Vectors = npt.NDArray[np.float32]

_BATCH_TOKENS = 512  # tokens of one run, padding included: 35 MB of working memory; longer runs are not faster
_KEPT = 4096  # vectors of single texts that are remembered, 6 MB: greetings, thanks and common questions come again
_LONGEST = 8000  # characters looked at; 256 word pieces are never more than a fraction of this in prose


class Encoder:
    """The committed sentence encoder. One instance may serve several threads; loading takes about 0.3 s."""

    def __init__(
        self, files: ModelFiles, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, threads: int = 1
    ) -> None:
        # Changes whenever a text may get another vector: kept vectors of another version are of no use.
        self.version: str = f"{files.version}-{reading_fingerprint()}"
        self.dimension: int = files.dimension
        self._session = session
        self._tokenizer = tokenizer
        self._threads = threads
        self._encode_one = lru_cache(_KEPT)(self._encode_alone)

    @classmethod
    def load(cls, folder: Path | None = None, threads: int = 1) -> "Encoder":
        """Load the model in `folder` (default: the committed one). `threads`: how many batches are encoded at once.

        Raises ModelFilesError, which names the remedy.
        """
        folder = folder or MODEL_FOLDER
        files = read_model_files(folder)
        # Both libraries raise types of their own, some of them plain Exception; the version check above has
        # made sure that the bytes are the committed ones, so whatever fails here is this machine's library.
        try:
            session = onnxruntime.InferenceSession(
                files.network.read_bytes(), _session_options(), providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(files.tokenizer))
        except Exception as error:
            raise damaged(folder, f"onnxruntime {onnxruntime.__version__} did not load it ({error})") from error
        tokenizer.enable_truncation(files.max_tokens)
        tokenizer.no_padding()
        return cls(files, session, tokenizer, threads)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors of shape (len(texts), dimension), each of length 1, in the order of `texts`.

        Any string goes in: it is normalised and written in Latin script here and nowhere else, so that
        "कमीशन कब आएगा" and "commission kab aayega" meet. Beyond the model's 256 tokens the text is not read.
        A text's vector does not depend on its neighbours in the batch (they differ by rounding, below 1e-5).
        """
        read = [to_latin(normalise(text[:_LONGEST])) for text in texts]
        return self._encode_one(read[0]).copy() if len(read) == 1 else self.encode_as_written(read)

    def encode_as_written(self, texts: Sequence[str]) -> Vectors:
        """As `encode`, without normalising and transliterating; the texts hold no lone surrogates."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        ids = self.tokenise(texts)
        by_length = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        batches = _batches(by_length, ids)
        # Each on one thread: a batch that is shared among threads takes longer.
        with ThreadPoolExecutor(self._threads) if self._threads > 1 else nullcontext() as pool:
            runs = (pool.map if pool else map)(self._run, ([ids[index] for index in batch] for batch in batches))
            for batch, rows in zip(batches, runs, strict=True):
                vectors[batch] = rows
        return vectors

    def tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the texts' word pieces, at most 256 a text; the texts are taken as they are written."""
        # One at a time: encode_batch would start a thread pool, which complains in every child process.
        return [self._tokenizer.encode(text).ids for text in texts]

    def _encode_alone(self, text: str) -> Vectors:
        return self.encode_as_written([text])

    def _run(self, ids: list[list[int]]) -> Vectors:
        width = max(len(row) for row in ids)
        tokens = np.zeros((len(ids), width), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, values in enumerate(ids):
            tokens[row, : len(values)] = values
            mask[row, : len(values)] = 1
        output: list[Any] = self._session.run(["vectors"], {"input_ids": tokens, "attention_mask": mask})
        return np.asarray(output[0], dtype=np.float32)


def _batches(order: list[int], ids: list[list[int]]) -> list[list[int]]:
    """Cut `order` (indexes by rising length) into runs of at most `_BATCH_TOKENS` padded tokens."""
    batches: list[list[int]] = []
    for index in order:
        if batches and (len(batches[-1]) + 1) * len(ids[index]) <= _BATCH_TOKENS:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena keeps the largest batch's memory for ever
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only: a missing GPU is no news
    return options
