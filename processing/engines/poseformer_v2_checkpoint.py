"""Reading PoseFormerV2's checkpoints without running what is in them.

Contract read from QitaoZhao/PoseFormerV2 `run_poseformer.py` (`torch.save`) and `demo/vis.py`
(`load_state_dict`): a dictionary whose ``model_pos`` is the network's state dict, every name with
``module.`` before it where it was trained on a GPU. Beside it lie the optimiser's state and the
random generator of the training, a NumPy object: nothing here needs them.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from processing.engines.contract import EngineUnavailable, WrongWeights
from processing.engines.poseformer_v2_network import PoseFormerV2Network, Sizes

KEY: Final = "model_pos"
PREFIX: Final = "module."
WINDOWS: Final[Mapping[int, int]] = {27: 243, 9: 81}
"""Pictures kept -> pictures of the window, of the checkpoints the project publishes.

The window is not in the file; those that keep fewer come with windows of 27 and of 81.
"""

# A torn or foreign file fails in whichever of these its broken byte is met.
_UNREADABLE: Final = (
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
)


class _LeftOut:
    """Stands in for an object of the training that is of no use here."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


# The generator's state as NumPy writes it, before version 2 and since. The classes are not
# NumPy's: a name in the file makes an empty stand-in, so that nothing of NumPy's is built.
_RANDOM_STATE: Final[list[Callable[..., Any] | tuple[Callable[..., Any], str]]] = [
    (_LeftOut, name)
    for name in (
        "numpy.random._pickle.__randomstate_ctor",
        "numpy.random._pickle.__bit_generator_ctor",
        "numpy.random._mt19937.MT19937",
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
        "numpy.ndarray",
        "numpy.dtype",
    )
]


def load_network(path: Path, window: int | None = None) -> PoseFormerV2Network:
    """Load a checkpoint into a network, on the CPU and in evaluation.

    Parameters
    ----------
    path : Path
    window : int or None
        Pictures of a window. None: that of the published checkpoint which keeps as many.

    Raises
    ------
    EngineUnavailable
        There is no such file.
    WrongWeights
        The file is damaged, of another model, or holds objects other than numbers.
    """
    state = _state(path)
    try:
        sizes = Sizes.of(state)
    except (KeyError, ValueError) as error:
        raise WrongWeights(
            f"{path.name} is not a PoseFormerV2 checkpoint: no {error} of the right shape in it."
        ) from error
    length = window if window is not None else WINDOWS.get(sizes.frames)
    if length is None:
        raise WrongWeights(
            f"{path.name} keeps {sizes.frames} pictures of each window, but does not say how many "
            "a window has. Use a published checkpoint that keeps 27 or 9, such as 27_243_45.2.bin."
        )
    if not sizes.frames <= length or sizes.coefficients > length:
        raise WrongWeights(f"{path.name} does not fit windows of {length} pictures.")
    network = PoseFormerV2Network(sizes, length)
    try:
        network.load_state_dict(dict(state), strict=True)
    except RuntimeError as error:
        raise WrongWeights(f"{path.name} is of another model or size: {error}") from error
    damaged = next((name for name, value in state.items() if not value.isfinite().all()), None)
    if damaged is not None:
        raise WrongWeights(f"{path.name} is damaged: {damaged} has numbers that are not finite.")
    return network.eval().requires_grad_(False)


def _state(path: Path) -> dict[str, Tensor]:
    """Read the network's state dict, names without prefix."""
    if not path.is_file():
        raise EngineUnavailable(f"{path} is missing. `manage.py engines` says how to get it.")
    try:
        with torch.serialization.safe_globals(_RANDOM_STATE):
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WrongWeights(
            f"{path.name} is not a checkpoint that can be read safely: {_first_line(error)}"
        ) from error
    except _UNREADABLE as error:
        raise WrongWeights(f"{path.name} is damaged: {_first_line(error)}") from error
    state = checkpoint.get(KEY) if isinstance(checkpoint, dict) else None
    if not isinstance(state, dict) or not state:
        raise WrongWeights(f"{path.name} is not a PoseFormerV2 checkpoint: it has no {KEY!r}.")
    if not all(isinstance(name, str) and isinstance(t, Tensor) for name, t in state.items()):
        raise WrongWeights(f"{path.name}: {KEY!r} holds something other than named tensors.")
    return {name.removeprefix(PREFIX): tensor for name, tensor in state.items()}


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
