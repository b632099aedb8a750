"""The committed int8 encoder back as a transformer of torch: tuning it further needs no file that is not committed."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import ModelProto, numpy_helper
from transformers import PreTrainedModel

from encoder.files import MODEL_FOLDER, damaged
from encoder.training.export import SOURCE, load_transformer

_PREFIX = "transformer."
Floats = npt.NDArray[np.float32]


def restore_transformer(folder: Path = MODEL_FOLDER) -> PreTrainedModel:
    """The transformer whose weights are those of the int8 model in `folder`, rounded as they are there.

    Raises ModelFilesError where the graph is not what `quantise_folder` writes.
    """
    transformer = load_transformer(SOURCE)
    wanted = set(transformer.state_dict())
    weights = {
        name.removeprefix(_PREFIX): torch.from_numpy(values.copy())
        for name, values in _read_weights(onnx.load(folder / "model.onnx")).items()
    }
    missing = sorted(name for name in wanted - set(weights) if not name.endswith(("position_ids", "token_type_ids")))
    if missing:
        raise damaged(folder, f"it holds no {', '.join(missing[:3])}")
    transformer.load_state_dict({name: weights[name] for name in wanted & set(weights)}, strict=False)
    return transformer


def _read_weights(model: ModelProto) -> dict[str, Floats]:
    """All parameters by the names that they have in torch. A product's weight has lost its name on the way: the bias
    that is added to the product keeps it."""
    held = {weight.name: numpy_helper.to_array(weight) for weight in model.graph.initializer}
    found = {name: values for name, values in held.items() if name.startswith(_PREFIX) and values.dtype == np.float32}
    for name, values in held.items():
        if name.startswith(_PREFIX) and name.endswith(".weight.int8"):  # the word table: a scale for each row
            found[name.removesuffix(".int8")] = values * held[name.replace(".int8", ".scale")]
    made_by = {output: node for node in model.graph.node for output in node.output}
    for node in model.graph.node:
        bias = next((name for name in node.input if name.endswith(".bias") and name.startswith(_PREFIX)), None)
        product = next((made_by[name] for name in node.input if name in made_by), None)
        if node.op_type != "Add" or bias is None or product is None or product.op_type != "Mul":
            continue
        rows = made_by.get(product.input[0])
        if rows is not None and rows.op_type == "MatMulIntegerToFloat":
            found[bias.removesuffix("bias") + "weight"] = _product_weight(rows.input[0], rows.input[1], held)
    return found


def _product_weight(rounded_input: str, weight: str, held: dict[str, npt.NDArray[np.generic]]) -> Floats:
    """(outputs, inputs), without the smoothing that rounding brought into it (`encoder.training.quantise`)."""
    smoothed = held[weight] * held[weight.replace(".int8", ".scale")]
    inverse = held[rounded_input.replace(".uint8", ".smooth")]
    return np.ascontiguousarray((smoothed * inverse[:, None]).T, dtype=np.float32)
