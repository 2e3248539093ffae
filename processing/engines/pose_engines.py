"""The engines that find a body's joints, and those that lift them to three dimensions."""

from __future__ import annotations

from typing import TypeAlias

from processing.engines.availability import Needs, Package, WeightFile
from processing.engines.contract import Lifter, PoseEngine2D, PoseEngine3D
from processing.engines.matting_engines import ONNXRUNTIME, POSE_BUNDLE
from processing.engines.spec import Engine, Job, Setup

AnyPoseEngine: TypeAlias = PoseEngine2D | PoseEngine3D


def _mediapipe(setup: Setup) -> PoseEngine3D:
    from processing.engines.mediapipe_pose import BlazePose

    return BlazePose(setup.files[0], threads=setup.threads)


def _rtmpose(setup: Setup) -> PoseEngine2D:
    from processing.engines.rtmpose import RtmPose

    return RtmPose(setup.files[0], device=setup.device, threads=setup.threads)


def _movenet(setup: Setup) -> PoseEngine2D:
    from processing.engines.movenet import MoveNet

    return MoveNet(setup.files[0], device=setup.device, threads=setup.threads)


def _sam3d_body(setup: Setup) -> PoseEngine3D:
    from processing.engines.sam3d_body import Sam3dBody

    return Sam3dBody(setup.files[0])


def _poseformer_v2(setup: Setup) -> Lifter:
    from processing.engines.poseformer_v2 import PoseFormerV2

    return PoseFormerV2(setup.files[0], device=setup.device)


TORCH = Package("torch", 'run `pip install "perscoach[gpu]"`')

POSE_ENGINES: tuple[Engine[AnyPoseEngine], ...] = (
    Engine(
        job=Job.POSE,
        name="mediapipe",
        title="BlazePose",
        project="https://github.com/google-ai-edge/mediapipe",
        code_licence="Apache-2.0",
        weights_licence="Apache-2.0",
        needs=Needs(
            packages=(Package("ai_edge_litert", "run `pip install ai-edge-litert`"),),
            files=(POSE_BUNDLE,),
        ),
        factory=_mediapipe,
    ),
    Engine(
        job=Job.POSE,
        name="rtmpose",
        title="RTMPose",
        project="https://github.com/open-mmlab/mmpose/tree/main/projects/rtmpose",
        code_licence="Apache-2.0",
        weights_licence="Apache-2.0",
        needs=Needs(
            runtime="onnxruntime",
            packages=(ONNXRUNTIME,),
            files=(
                WeightFile(
                    ("rtmpose.onnx",),
                    "Take an ONNX archive of a body model (17 or 26 joints) or a whole-body one "
                    "(133) from the tables of projects/rtmpose/README.md of the project; its "
                    "end2end.onnx is the file.",
                ),
            ),
        ),
        factory=_rtmpose,
    ),
    Engine(
        job=Job.POSE,
        name="movenet",
        title="MoveNet",
        project="https://www.kaggle.com/models/google/movenet",
        code_licence="Apache-2.0",
        weights_licence="Apache-2.0",
        needs=Needs(
            runtime="onnxruntime",
            packages=(ONNXRUNTIME,),
            files=(
                WeightFile(
                    ("movenet.onnx", "movenet_thunder.onnx", "movenet_lightning.onnx"),
                    "Take Google's SavedModel of SinglePose Thunder, SinglePose Lightning or "
                    "MultiPose Lightning and convert it: `python -m tf2onnx.convert "
                    "--saved-model FOLDER --output movenet.onnx`.",
                ),
            ),
        ),
        factory=_movenet,
    ),
    Engine(
        job=Job.POSE,
        name="sam3d_body",
        title="SAM 3D Body",
        project="https://github.com/facebookresearch/sam-3d-body",
        code_licence="SAM License",
        weights_licence="SAM License; Meta gives access on request",
        needs=Needs(
            runtime="torch",
            packages=(
                TORCH,
                Package(
                    "sam_3d_body",
                    "clone the project, install what its INSTALL.md lists, and put the clone on "
                    "PYTHONPATH",
                ),
            ),
            files=(
                WeightFile(
                    ("sam-3d-body-dinov3", "sam-3d-body-vith"),
                    "It is a folder: ask for access at "
                    "https://huggingface.co/facebook/sam-3d-body-dinov3, then run `hf download "
                    "facebook/sam-3d-body-dinov3 --local-dir sam-3d-body-dinov3`.",
                ),
            ),
            gpu=True,
        ),
        factory=_sam3d_body,
    ),
)
LIFTERS: tuple[Engine[Lifter], ...] = (
    Engine(
        job=Job.LIFT,
        name="poseformer_v2",
        title="PoseFormerV2",
        project="https://github.com/QitaoZhao/PoseFormerV2",
        code_licence="MIT",
        weights_licence="MIT; trained on Human3.6M, whose licence is for research",
        needs=Needs(
            runtime="torch",
            packages=(TORCH,),
            files=(
                WeightFile(
                    ("27_243_45.2.bin", "9_81_46.0.bin"),
                    "Take it from the table under Evaluation in the project's README.md.",
                ),
            ),
        ),
        factory=_poseformer_v2,
    ),
)
