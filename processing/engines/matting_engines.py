"""The engines that cut the trainer out."""

from __future__ import annotations

from processing.engines.availability import Needs, Package, WeightFile
from processing.engines.contract import MattingEngine
from processing.engines.spec import Engine, Job, Setup

ONNXRUNTIME = Package(
    "onnxruntime", "run `pip install onnxruntime`, or onnxruntime-gpu on a machine with a GPU"
)
POSE_BUNDLE = WeightFile(
    ("pose_landmarker_full.task", "pose_landmarker_heavy.task", "pose_landmarker_lite.task"),
    "Run `manage.py fetch_models`.",
)


def _mediapipe(setup: Setup) -> MattingEngine:
    from processing.vision.matting import BodyMatting

    return BodyMatting()


def _modnet(setup: Setup) -> MattingEngine:
    from processing.engines.modnet import ModNet

    return ModNet(setup.files[0], device=setup.device, threads=setup.threads)


def _birefnet(setup: Setup) -> MattingEngine:
    from processing.engines.birefnet import BiRefNet

    return BiRefNet(setup.files[0], device=setup.device, threads=setup.threads)


def _rvm(setup: Setup) -> MattingEngine:
    from processing.engines.rvm import RobustVideoMatting

    return RobustVideoMatting(setup.files[0], device=setup.device, threads=setup.threads)


MATTING_ENGINES: tuple[Engine[MattingEngine], ...] = (
    Engine(
        job=Job.MATTING,
        name="mediapipe",
        title="Pose landmarker's mask",
        project="https://github.com/google-ai-edge/mediapipe",
        code_licence="Apache-2.0",
        weights_licence="Apache-2.0",
        needs=Needs(files=(POSE_BUNDLE,)),
        factory=_mediapipe,
    ),
    Engine(
        job=Job.MATTING,
        name="modnet",
        title="MODNet",
        project="https://github.com/ZHKKKe/MODNet",
        code_licence="Apache-2.0",
        weights_licence="Apache-2.0",
        needs=Needs(
            runtime="onnxruntime",
            packages=(ONNXRUNTIME,),
            files=(
                WeightFile(
                    ("modnet.onnx", "modnet_photographic_portrait_matting.onnx"),
                    "Take the ONNX model linked from onnx/README.md of the project, or export its "
                    "checkpoint with the project's `python -m onnx.export_onnx`.",
                ),
            ),
        ),
        factory=_modnet,
    ),
    Engine(
        job=Job.MATTING,
        name="birefnet",
        title="BiRefNet",
        project="https://github.com/ZhengPeng7/BiRefNet",
        code_licence="MIT",
        weights_licence="MIT",
        needs=Needs(
            runtime="onnxruntime",
            packages=(ONNXRUNTIME,),
            files=(
                WeightFile(
                    ("birefnet.onnx", "BiRefNet-general-epoch_244.onnx"),
                    "Take an ONNX file of the portrait, matting or general weights from "
                    "https://github.com/ZhengPeng7/BiRefNet/releases/tag/v1, or export a "
                    "checkpoint with the project's tutorials/BiRefNet_pth2onnx.ipynb.",
                ),
            ),
        ),
        factory=_birefnet,
    ),
    Engine(
        job=Job.MATTING,
        name="rvm",
        title="Robust Video Matting",
        project="https://github.com/PeterL1n/RobustVideoMatting",
        code_licence="GPL-3.0",
        weights_licence="GPL-3.0 (the operator's choice: never fetched for you)",
        needs=Needs(
            runtime="onnxruntime",
            packages=(ONNXRUNTIME,),
            files=(
                WeightFile(
                    (
                        "rvm.onnx",
                        "rvm_resnet50_fp32.onnx",
                        "rvm_mobilenetv3_fp32.onnx",
                        "rvm_resnet50_fp16.onnx",
                        "rvm_mobilenetv3_fp16.onnx",
                    ),
                    "If its licence, GPL-3.0, suits you: take an ONNX file from "
                    "https://github.com/PeterL1n/RobustVideoMatting/releases/tag/v1.0.0, or export "
                    "a checkpoint with export_onnx.py of the project's branch onnx.",
                ),
            ),
        ),
        factory=_rvm,
    ),
)
