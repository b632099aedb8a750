"""Weights as int8, arithmetic in float32.

The usual dynamic quantisation (`quantize_dynamic`) also rounds activations to int8, with one scale for the whole
tensor. Measured on this model that costs too much: onnxruntime 1.23 and 1.31 then differ down to cosine 0.994 (one
rounding that flips shifts all that follow), a text's vector depends on its neighbours in the batch, and 13 % of 300
questions got another nearest passage. With weights alone in int8 the file is as small (23 MB), both versions
agree to 1e-6, and 1 % of the questions change. The price is the speed of float32.

Only plain operators (Cast, Mul, Gather) are used. onnxruntime folds the matrices back to float32 while it loads;
the word table stays int8 in memory, since only the looked-up rows are scaled.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from encoder.files import write_facts
from encoder.training.export import DIMENSION, MAX_TOKENS

_SMALL = 100_000  # weights with fewer numbers stay float32: nothing to gain


def quantise_folder(full: Path, folder: Path) -> Path:
    """Write the int8 copy of the model folder `full` to `folder` and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(full / "tokenizer.json", folder)
    model = onnx.load(full / "model.onnx")
    quantise_weights(model)
    onnx.checker.check_model(model)
    onnx.save(model, folder / "model.onnx")
    write_facts(folder, DIMENSION, MAX_TOKENS)
    return folder


def quantise_weights(model: onnx.ModelProto) -> None:
    """Replace, in place, each large weight of MatMul and Gather by int8 values and float32 scales."""
    graph = model.graph
    weights = {weight.name: weight for weight in graph.initializer}
    nodes: list[NodeProto] = []
    for node in graph.node:
        name, rows = _weight_of(node)
        weight = weights.get(name)
        if weight is None or int(np.prod(weight.dims)) < _SMALL:
            nodes.append(node)
            continue
        # One scale for each output channel of a matrix, one for each word of the table.
        values, scales = _round(numpy_helper.to_array(weight), axis=1 if rows else 0)
        graph.initializer.remove(weight)
        graph.initializer.append(numpy_helper.from_array(values, f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scales, f"{name}.scale"))
        nodes.extend(_scaled_rows(node) if rows else _scaled_matrix(node))
    del graph.node[:]
    graph.node.extend(nodes)


def _weight_of(node: NodeProto) -> tuple[str, bool]:
    """The name of the weight that a node may read, and whether it reads rows of it."""
    if node.op_type == "MatMul":
        return node.input[1], False
    if node.op_type == "Gather":
        return node.input[0], True
    return "", False


def _round(weight: npt.NDArray[np.float32], axis: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    scales = np.abs(weight).max(axis=axis, keepdims=True).astype(np.float32) / np.float32(127)
    scales[scales == 0] = 1
    return np.clip(np.rint(weight / scales), -127, 127).astype(np.int8), scales


def _scaled_matrix(node: NodeProto) -> Iterator[NodeProto]:
    name = node.input[1]
    yield helper.make_node("Cast", [f"{name}.int8"], [f"{name}.float"], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [f"{name}.float", f"{name}.scale"], [name])
    yield node


def _scaled_rows(node: NodeProto) -> Iterator[NodeProto]:
    (name, indices), (output,) = node.input, node.output
    yield helper.make_node("Gather", [f"{name}.int8", indices], [f"{output}.int8"])
    yield helper.make_node("Gather", [f"{name}.scale", indices], [f"{output}.scale"])
    yield helper.make_node("Cast", [f"{output}.int8"], [f"{output}.float"], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [f"{output}.float", f"{output}.scale"], [output])
