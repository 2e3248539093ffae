"""Small ONNX models that keep the contracts of the big ones: names, shapes, ranges, state.

Each does something simple enough to know the answer in closed form.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT: Final = TensorProto.FLOAT
HALF: Final = TensorProto.FLOAT16
DOUBLE: Final = TensorProto.DOUBLE

Value = tuple[str, int, Sequence[int | str]]
"""Name, element type and shape of an input or output."""


def save(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[Value],
    outputs: Sequence[Value],
    constants: Sequence[tuple[str, object, str]] = (),
) -> Path:
    """Write a model; constants are names, values and NumPy types."""
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(*value) for value in inputs],
        [helper.make_tensor_value_info(*value) for value in outputs],
        [numpy_helper.from_array(np.asarray(v, t), name) for name, v, t in constants],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


def modnet(
    path: Path,
    *,
    source: str = "input",
    result: str = "output",
    channels: int = 3,
    kind: int = FLOAT,
    sides: tuple[int | str, int | str] = ("height", "width"),
    activation: str = "Sigmoid",
) -> Path:
    """Write MODNet's contract around: alpha = sigmoid(mean of the three channels)."""
    return save(
        path,
        [
            helper.make_node("ReduceMean", [source], ["mean"], axes=[1], keepdims=1),
            helper.make_node(activation, ["mean"], [result]),
        ],
        [(source, kind, ["batch_size", channels, *sides])],
        [(result, kind, ["batch_size", 1, *sides])],
    )


def birefnet(
    path: Path,
    *,
    sides: tuple[int | str, int | str] = (64, 64),
    gain: float = 4.0,
    result: str = "output_image",
    kind: int = FLOAT,
) -> Path:
    """Write BiRefNet's contract around: logits = gain · mean of the three channels."""
    return save(
        path,
        [
            helper.make_node("ReduceMean", ["input_image"], ["mean"], axes=[1], keepdims=1),
            helper.make_node("Mul", ["mean", "gain"], [result]),
        ],
        [("input_image", kind, [1, 3, *sides])],
        [(result, kind, [1, 1, *sides])],
        [("gain", gain, "float32" if kind == FLOAT else "float16")],
    )


def rvm(
    path: Path,
    *,
    kind: int = FLOAT,
    states: Sequence[str] = ("r1", "r2", "r3", "r4"),
    rate_type: int = FLOAT,
) -> Path:
    """Write RVM's contract around: state k += k · 0.1 · mean of the channels; alpha by the states.

    alpha = clip(r1 + Σ k² · (rk − k · r1), 0, 1) is r1 where every state was carried to its own
    input, and less where any were swapped (rearrangement inequality). The first states broadcast
    from (1, 1, 1, 1).
    """
    numpy_type = "float32" if kind == FLOAT else "float16"
    nodes = [
        helper.make_node("ReduceMean", ["src"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Identity", ["src"], ["fgr"]),
        # The ratio has to be fed, but changes nothing: × 0.
        helper.make_node("Mul", ["downsample_ratio", "nothing32"], ["zero32"]),
        helper.make_node("Cast", ["zero32"], ["zero"], to=kind),
    ]
    constants: list[tuple[str, object, str]] = [
        ("nothing32", [0.0], "float32" if rate_type == FLOAT else "float16"),
        ("least", 0.0, numpy_type),
        ("most", 1.0, numpy_type),
    ]
    total = "zero"
    for k, state in enumerate(states, start=1):
        constants += [
            (f"rate{k}", 0.1 * k, numpy_type),
            (f"k{k}", float(k), numpy_type),
            (f"weight{k}", float(k * k), numpy_type),
        ]
        nodes += [
            helper.make_node("Mul", ["mean", f"rate{k}"], [f"more{k}"]),
            helper.make_node("Add", [f"{state}i", f"more{k}"], [f"{state}o"]),
            helper.make_node("Mul", [f"{states[0]}o", f"k{k}"], [f"should{k}"]),
            helper.make_node("Sub", [f"{state}o", f"should{k}"], [f"off{k}"]),
            helper.make_node("Mul", [f"off{k}", f"weight{k}"], [f"much{k}"]),
            helper.make_node("Add", [total, f"much{k}"], [f"total{k}"]),
        ]
        total = f"total{k}"
    nodes += [
        helper.make_node("Add", [total, f"{states[0]}o"], ["sum"]),
        helper.make_node("Clip", ["sum", "least", "most"], ["pha"]),
    ]
    picture: list[int | str] = ["batch_size", 3, "height", "width"]
    matte: list[int | str] = ["batch_size", 1, "height", "width"]
    state_in: list[int | str] = ["batch_size", "channels", "height", "width"]
    return save(
        path,
        nodes,
        [
            ("src", kind, picture),
            *((f"{state}i", kind, state_in) for state in states),
            ("downsample_ratio", rate_type, [1]),
        ],
        [
            ("fgr", kind, picture),
            ("pha", kind, matte),
            *((f"{state}o", kind, matte) for state in states),
        ],
        constants,
    )
