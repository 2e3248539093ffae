"""The engines that find a body's joints, and those that lift them to three dimensions."""

from __future__ import annotations

from typing import TypeAlias

from processing.engines.availability import Needs, Package
from processing.engines.contract import Lifter, PoseEngine2D, PoseEngine3D
from processing.engines.matting_engines import POSE_BUNDLE
from processing.engines.spec import Engine, Job, Setup

AnyPoseEngine: TypeAlias = PoseEngine2D | PoseEngine3D


def _mediapipe(setup: Setup) -> PoseEngine3D:
    from processing.engines.mediapipe_pose import BlazePose

    return BlazePose(setup.files[0], threads=setup.threads)


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
)
LIFTERS: tuple[Engine[Lifter], ...] = ()
