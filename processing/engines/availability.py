"""Whether an engine can run on this machine, and if not, what to do about it."""

from __future__ import annotations

import ctypes
import functools
import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Runtime = Literal["cpu", "onnxruntime", "torch"]
"""What runs the network, and so decides on the device: `cpu` never leaves the CPU."""


@dataclass(frozen=True)
class Package:
    """A Python package an engine imports.

    Attributes
    ----------
    module : str
        Its name in an import.
    get : str
        How to get it: the end of a sentence, as in `pip install onnxruntime`.
    """

    module: str
    get: str


@dataclass(frozen=True)
class WeightFile:
    """A file (or folder) the operator puts into `MODELS_DIR`.

    Nothing here is downloaded by the platform: whoever fetches a file accepts its licence.

    Attributes
    ----------
    names : tuple of str
        Names it may have, relative to `MODELS_DIR`; the first that exists is taken.
    get : str
        How to get it: a sentence or two with an address.
    """

    names: tuple[str, ...]
    get: str

    def find(self, models_dir: Path) -> Path | None:
        """Return where it is, or None."""
        return next((path for name in self.names if (path := models_dir / name).exists()), None)


@dataclass(frozen=True)
class Needs:
    """What an engine needs to run.

    Attributes
    ----------
    runtime : Runtime
    packages : tuple of Package
    files : tuple of WeightFile
        All of them.
    gpu : bool
        Whether it is of no use without an NVIDIA GPU.
    """

    runtime: Runtime = "cpu"
    packages: tuple[Package, ...] = ()
    files: tuple[WeightFile, ...] = ()
    gpu: bool = False


@dataclass(frozen=True)
class Availability:
    """Whether an engine can run here.

    Attributes
    ----------
    can_run : bool
    device : str
        `cpu` or `cuda`: where it runs, or would if nothing were missing.
    missing : tuple of str
        One or two plain sentences for each thing that is missing; empty where it can run.
    files : tuple of Path
        The weights; as many as `Needs.files` where it can run.
    """

    can_run: bool
    device: str
    missing: tuple[str, ...]
    files: tuple[Path, ...]


def check(needs: Needs, models_dir: Path) -> Availability:
    """Say whether what has these needs can run here. Loads no weights."""
    missing = [
        f"The Python package {package.module} is missing: {package.get}."
        for package in needs.packages
        if not is_installed(package.module)
    ]
    files = []
    for weights in needs.files:
        path = weights.find(models_dir)
        if path is None:
            names = " or ".join(weights.names)
            missing.append(f"{names} is missing in {models_dir}. {weights.get}")
        else:
            files.append(path)
    device = device_of(needs.runtime)
    if needs.gpu and device != "cuda":
        missing.append(_no_gpu(needs.runtime))
        device = "cuda"
    return Availability(not missing, device, tuple(missing), tuple(files))


def _no_gpu(runtime: Runtime) -> str:
    if not has_nvidia_gpu():
        return "It needs an NVIDIA GPU, and there is none here: run a worker on a machine with one."
    return (
        f"There is an NVIDIA GPU here, but {runtime} cannot use it: "
        "install its build for CUDA and a driver that fits."
    )


def is_installed(module: str) -> bool:
    """Whether a module can be imported. Imports nothing but, for a dotted name, its parents."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def device_of(runtime: Runtime) -> str:
    """Return `cuda` where the runtime can use a GPU here, else `cpu`.

    The runtime is imported only where the machine has a GPU.
    """
    if runtime == "cpu" or not is_installed(runtime) or not has_nvidia_gpu():
        return "cpu"
    module = importlib.import_module(runtime)
    if runtime == "onnxruntime":
        return "cuda" if "CUDAExecutionProvider" in module.get_available_providers() else "cpu"
    return "cuda" if module.cuda.is_available() else "cpu"


@functools.cache
def has_nvidia_gpu() -> bool:
    """Ask the driver, without any framework: `cuInit`, `cuDeviceGetCount`."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return False
    return count.value > 0
