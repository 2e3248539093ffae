"""SAM 3D Body: joints and surface of a body from one picture. Needs an NVIDIA GPU.

The contract was read from facebookresearch/sam-3d-body: `sam_3d_body/sam_3d_body_estimator.py`
(`SAM3DBodyEstimator.process_one_image`), `sam_3d_body/build_models.py` (`load_sam_3d_body`),
`sam_3d_body/models/heads/mhr_head.py`, `sam_3d_body/models/heads/camera_head.py`,
`sam_3d_body/metadata/mhr70.py`, and `notebook/utils.py`. The project's own package runs; only what
goes in and comes out is handled here:

- in: the picture, RGB, as an array, and a box (1, 4), pixels; no detector, segmenter or field of
  view network, so that the camera is the package's guess from the picture's size
- out: a list with a dictionary a person: `pred_keypoints_3d` (70, 3) and `pred_vertices` (V, 3), m,
  x right, y down, z away from the camera, from an origin of the body's own;
  `pred_keypoints_2d` (70, 2), pixels of the picture. The estimator has `faces` (F, 3)

The package puts its input on `cuda` whatever it is told, and prints a line or two for each picture.
Its loader unpickles the checkpoint: use only the file Meta publishes.
"""

from __future__ import annotations

import importlib
import pickle
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Body, EngineUnavailable, WrongWeights
from processing.motion.joints import SETS, from_hip_centre, to_blazepose
from processing.motion.skeleton import INDEX

Floats = NDArray[np.float32]

PACKAGE: Final = "sam_3d_body"
HOW_TO_GET: Final = (
    "Ask for access to facebook/sam-3d-body-dinov3 on Hugging Face, then "
    "`hf download facebook/sam-3d-body-dinov3 --local-dir sam-3d-body-dinov3`"
)
HOW_TO_INSTALL: Final = (
    "clone github.com/facebookresearch/sam-3d-body, install what its INSTALL.md lists, "
    "and put the clone on PYTHONPATH"
)
_CONFIG: Final = "model_config.yaml"
_RIG: Final = Path("assets", "mhr_model.pt")
_JOINTS: Final = "mhr70"
_COUNT: Final = SETS[_JOINTS].count
# What torch, pickle and the package's own code raise on a file that is torn or not theirs.
_UNREADABLE: Final = (
    RuntimeError,
    pickle.UnpicklingError,
    EOFError,
    AttributeError,
    KeyError,
    ValueError,
    TypeError,
    ImportError,
)


class Sam3dBody:
    """The project's estimator as a `PoseEngine3D`.

    Parameters
    ----------
    checkpoint : Path
        `model.ckpt`, or the folder it is in, as Hugging Face has it: with `model_config.yaml` and
        `assets/mhr_model.pt`.

    Raises
    ------
    EngineUnavailable
        A file, the package or a GPU is missing.
    WrongWeights
        The checkpoint cannot be read, or is of another model.
    """

    def __init__(self, checkpoint: Path) -> None:
        if checkpoint.is_dir():
            checkpoint = checkpoint / "model.ckpt"
        for path in (checkpoint, checkpoint.parent / _CONFIG, checkpoint.parent / _RIG):
            if not path.is_file():
                raise EngineUnavailable(f"{path} is missing. {HOW_TO_GET}.")
        package = _package()
        try:
            model, config = package.load_sam_3d_body(
                checkpoint_path=str(checkpoint),
                device="cuda",
                mhr_path=str(checkpoint.parent / _RIG),
            )
            self._estimator = package.SAM3DBodyEstimator(sam_3d_body_model=model, model_cfg=config)
        except _UNREADABLE as error:
            if _is_out_of_memory(error):
                raise MemoryError(f"SAM 3D Body does not fit into the GPU: {error}") from error
            raise WrongWeights(
                f"{checkpoint} cannot be loaded ({type(error).__name__}: {error}). "
                f"It is damaged or of another model. {HOW_TO_GET}."
            ) from error
        _check_names(checkpoint, model)
        self._faces = np.asarray(self._estimator.faces, dtype=np.int32)

    def close(self) -> None:
        """Free the model."""
        del self._estimator

    def pose(
        self, picture: NDArray[np.uint8], box_xyxy: tuple[float, float, float, float]
    ) -> Body | None:
        """Return the body in a box; see `PoseEngine3D`.

        The network has no score for a joint: visibility is 1 inside of the picture and 0 outside,
        where it guesses.
        """
        try:
            people = self._estimator.process_one_image(
                np.ascontiguousarray(picture), bboxes=np.array([box_xyxy], dtype=np.float32)
            )
        except RuntimeError as error:
            if _is_out_of_memory(error):
                raise MemoryError(f"SAM 3D Body ran out of the GPU's memory: {error}") from error
            raise
        if not people:
            return None
        return _body(people[0], self._faces, picture.shape[1], picture.shape[0])


def _body(person: dict[str, Any], faces: NDArray[np.int32], width: int, height: int) -> Body:
    """Translate one dictionary of `process_one_image`."""
    joints = _array(person, "pred_keypoints_3d", (_COUNT, 3))
    pixels = _array(person, "pred_keypoints_2d", (_COUNT, 2))
    vertices = _array(person, "pred_vertices", (None, 3))
    if faces.size and faces.max() >= len(vertices):
        raise WrongWeights(f"SAM 3D Body has faces of more than its {len(vertices)} vertices.")
    world = to_blazepose(joints, _JOINTS)
    left, right = world[INDEX["left_hip"]], world[INDEX["right_hip"]]
    image = to_blazepose(pixels, _JOINTS)
    # A joint it does not have is NaN, and NaN is not inside.
    inside = np.asarray(((image >= 0) & (image < [width, height])).all(axis=-1))
    return Body(
        world=from_hip_centre(world, left, right),
        image=image,
        visibility=inside.astype(np.float32),
        vertices=from_hip_centre(vertices, left, right),
        faces=faces,
    )


def _array(person: dict[str, Any], name: str, shape: tuple[int | None, int]) -> Floats:
    value = person.get(name)
    if value is None:
        raise WrongWeights(f"This version of {PACKAGE} does not give {name}: {HOW_TO_INSTALL}.")
    array = np.asarray(value, dtype=np.float32)
    if array.ndim != 2 or array.shape[1] != shape[1] or shape[0] not in (None, len(array)):
        raise WrongWeights(f"{PACKAGE} gave {name} as {array.shape}, expected {shape}.")
    return array


def _check_names(checkpoint: Path, model: Any) -> None:
    """Refuse a checkpoint of another model: the package's loader only logs what does not fit.

    Without this, such a model would run on the random numbers it was made with. Half of the
    parameters is enough: the package, too, takes a part of the model (the rig) from elsewhere.
    """
    torch = importlib.import_module("torch")
    try:
        # Maps the file: the package has just read it, and no tensor is needed.
        saved = torch.load(checkpoint, map_location="cpu", mmap=True, weights_only=True)
    except (pickle.UnpicklingError, RuntimeError):
        return  # Objects beside the tensors, or too old a format: the names cannot be seen safely.
    names = saved.get("state_dict", saved).keys()
    wanted = [name for name, _ in model.named_parameters()]
    if 2 * len(names & set(wanted)) < len(wanted):
        raise WrongWeights(
            f"{checkpoint} is of another model: it has {len(names & set(wanted))} of SAM 3D Body's "
            f"{len(wanted)} parameters. {HOW_TO_GET}."
        )


def _package() -> Any:
    """Import the project's package, or say why not."""
    try:
        torch = importlib.import_module("torch")
        package = importlib.import_module(PACKAGE)
    except ImportError as error:
        raise EngineUnavailable(
            f"The Python package {PACKAGE}, or one it needs, is missing ({error}): "
            f"{HOW_TO_INSTALL}."
        ) from error
    if not torch.cuda.is_available():
        raise EngineUnavailable(
            "SAM 3D Body needs an NVIDIA GPU, and torch sees none here: run a worker on a machine "
            "with one, with torch's build for CUDA."
        )
    return package


def _is_out_of_memory(error: Exception) -> bool:
    return type(error).__name__ == "OutOfMemoryError"
