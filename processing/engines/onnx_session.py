"""ONNX Runtime behind a contract: what a file takes and gives is checked when it is opened.

ONNX Runtime is imported when a network is opened, not before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import EngineUnavailable, WrongWeights

_NUMPY: Final = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(uint8)": "uint8",
    "tensor(bool)": "bool",
}
_OUT_OF_MEMORY: Final = ("Failed to allocate memory", "out of memory", "bad_alloc")

_DAMAGED: Final = (
    "It is damaged, or no ONNX model, or made by an exporter newer than this ONNX Runtime. "
    "Get the file again."
)
_ANOTHER: Final = "It is another model's file, or another export of it."

Shape = tuple[int | None, ...]
"""None: any size. The empty shape says nothing."""


@dataclass(frozen=True)
class Tensor:
    """An input or output that a network must have.

    Attributes
    ----------
    name : str
        Empty: whatever it is called, it is the only one.
    shape : tuple of int or None
    types : tuple of str
        NumPy's names of the element types that will do.
    """

    name: str
    shape: Shape
    types: tuple[str, ...] = ("float32", "float16")

    def __str__(self) -> str:
        return f"{self.name or 'one'} {_said(self.shape)} {' or '.join(self.types)}"


class Network:
    """A network in an ONNX file that keeps its contract.

    Parameters
    ----------
    path : Path
    inputs : sequence of Tensor
        All of them: a network that wants more is another one.
    outputs : sequence of Tensor
        Those that will be used.
    device : str
        `cuda` runs on the first GPU, and on the CPU what the GPU cannot.
    threads : int
        On the CPU.

    Attributes
    ----------
    inputs, outputs : tuple of str
        Names, in the contract's order.
    types : dict of str to dtype
        Element types of inputs and outputs as the file has them.
    shapes : dict of str to Shape
        The same for shapes.

    Raises
    ------
    EngineUnavailable
        No such file, or no ONNX Runtime.
    WrongWeights
        The file cannot be read, or is of another network. The message names what was expected
        and found.
    """

    def __init__(
        self,
        path: Path,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        *,
        device: str = "cpu",
        threads: int = 2,
    ) -> None:
        self._path = path
        self._session = _session(path, device, threads)
        found_in, found_out = self._session.get_inputs(), self._session.get_outputs()
        inputs, outputs = _named(inputs, found_in), _named(outputs, found_out)
        self.inputs = tuple(tensor.name for tensor in inputs)
        self.outputs = tuple(tensor.name for tensor in outputs)
        self.types: dict[str, np.dtype[Any]] = {}
        self.shapes: dict[str, Shape] = {}
        for node in (*found_in, *found_out):
            self.types[node.name] = np.dtype(_NUMPY.get(node.type, "object"))
            self.shapes[node.name] = tuple(
                size if isinstance(size, int) and size > 0 else None for size in node.shape
            )
        self._compare("inputs", inputs, [node.name for node in found_in], complete=True)
        self._compare("outputs", outputs, [node.name for node in found_out], complete=False)
        self.device = "cuda" if "CUDAExecutionProvider" in self._session.get_providers() else "cpu"

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Return the outputs, in the contract's order.

        Inputs are converted to the file's element types.

        Raises
        ------
        WrongWeights
            The network does not run on this.
        MemoryError
        """
        return self.step(feeds)[0]

    def step(
        self, feeds: Mapping[str, Any], keep: Collection[str] = ()
    ) -> tuple[list[NDArray[Any]], dict[str, Any]]:
        """Run once, leaving some outputs where the network runs, to be fed again.

        Parameters
        ----------
        feeds : dict of str to array, or to something kept from the last step
        keep : names of outputs

        Returns
        -------
        outputs : list of array
            In the contract's order, without those kept.
        kept : dict of str to object
        """
        binding = self._session.io_binding()
        for name, value in feeds.items():
            if isinstance(value, np.ndarray):
                array = np.ascontiguousarray(value, dtype=self.types[name])
                binding.bind_cpu_input(name, array)
            else:
                binding.bind_ortvalue_input(name, value)
        for name in self.outputs:
            binding.bind_output(name, self.device if name in keep else "cpu")
        try:
            self._session.run_with_iobinding(binding)
        except Exception as error:  # ONNX Runtime's errors have no base but Exception
            if any(words in str(error) for words in _OUT_OF_MEMORY):
                raise MemoryError(f"{self._path.name}: {error}") from error
            raise WrongWeights(
                f"{self._path} does not run on its own inputs ({error}). {_ANOTHER}"
            ) from error
        values = dict(zip(self.outputs, binding.get_outputs(), strict=True))
        outputs = [value.numpy() for name, value in values.items() if name not in keep]
        return outputs, {name: values[name] for name in keep}

    def close(self) -> None:
        """Free the session; may be called twice."""
        self._session = None

    def wrong(self, what: str) -> WrongWeights:
        """Return an error that says what is wrong with this file."""
        return WrongWeights(f"{self._path}: {what}. {_ANOTHER}")

    def _compare(
        self, kind: str, expected: Sequence[Tensor], found: list[str], *, complete: bool
    ) -> None:
        names = {tensor.name for tensor in expected}
        agree = names == set(found) if complete else names <= set(found)
        if agree and all(self._fits(tensor) for tensor in expected):
            return
        has = ", ".join(f"{n} {_said(self.shapes[n])} {self.types[n]}" for n in found)
        wants = ", ".join(map(str, expected))
        raise self.wrong(f"expected the {kind} {wants}; found {has or 'none'}")

    def _fits(self, tensor: Tensor) -> bool:
        shape = self.shapes[tensor.name]
        if str(self.types[tensor.name]) not in tensor.types:
            return False
        if not shape or not tensor.shape:
            return True
        return len(shape) == len(tensor.shape) and all(
            None in pair or pair[0] == pair[1] for pair in zip(shape, tensor.shape, strict=True)
        )


def _named(tensors: Sequence[Tensor], found: Sequence[Any]) -> Sequence[Tensor]:
    """Give the only one its name."""
    if len(tensors) == len(found) == 1 and not tensors[0].name:
        return [replace(tensors[0], name=found[0].name)]
    return tensors


def _said(shape: Shape) -> str:
    return f"({', '.join('?' if size is None else str(size) for size in shape)})"


def _session(path: Path, device: str, threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineUnavailable(
            f"The Python package onnxruntime cannot be imported ({error}): "
            "run `pip install onnxruntime`, or onnxruntime-gpu for a GPU."
        ) from error
    if not path.is_file():
        raise EngineUnavailable(f"{path} is missing. `manage.py engines` says how to get it.")
    if path.stat().st_size == 0:
        raise WrongWeights(f"{path} is empty. Get the file again.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors: exporters' leftovers are not the operator's business
    providers = ["CPUExecutionProvider"]
    if device == "cuda":
        providers.insert(0, "CUDAExecutionProvider")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # ONNX Runtime's errors have no base but Exception
        if any(words in str(error) for words in _OUT_OF_MEMORY):
            raise MemoryError(f"{path.name}: {error}") from error
        raise WrongWeights(f"{path} cannot be loaded ({error}). {_DAMAGED}") from error
