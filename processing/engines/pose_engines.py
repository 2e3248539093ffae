"""The engines that find a body's joints, and those that lift them to three dimensions."""

from __future__ import annotations

from typing import TypeAlias

from processing.engines.contract import Lifter, PoseEngine2D, PoseEngine3D
from processing.engines.spec import Engine

AnyPoseEngine: TypeAlias = PoseEngine2D | PoseEngine3D

POSE_ENGINES: tuple[Engine[AnyPoseEngine], ...] = ()
LIFTERS: tuple[Engine[Lifter], ...] = ()
