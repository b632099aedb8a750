"""Sentences to vectors: the committed ONNX model and the class that runs it."""

from encoder.encoder import Encoder, Vectors
from encoder.files import ModelFilesError

__all__ = ["Encoder", "ModelFilesError", "Vectors"]
