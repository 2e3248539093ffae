"""The plain sequential way, to measure ours against: what one would write first.

Every frame: pose, selfie mask at the model's own confidence, V11 in NumPy, a PNG on disk. Then all
PNGs are encoded to VP9 with alpha at ``good`` quality, FFmpeg's own choice of speed.
"""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import av
import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from processing.vision.codecs import tag_bt709

_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_WHITE = np.array([0.950456, 1.0, 1.088754])


def v11(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """V11 step by step on (H, W, 3) uint8, as docs/formats.md defines it, in NumPy."""
    colour = np.clip((rgb / 255.0 + 0.08 - 0.5) * 1.12 + 0.5, 0.0, 1.0)
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    lightness = 116 * f[..., 1] - 16
    a, b = f[..., 0] - f[..., 1], f[..., 1] - f[..., 2]
    x = lightness / 100.0
    lightness = (255.0 * x + 52.0 * 6.75 * x * (1.0 - x) ** 2) * (100.0 / 255.0)
    middle = (lightness + 16) / 116
    f = np.stack([middle + a, middle, middle - b], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _WHITE
    linear = np.clip(xyz @ np.linalg.inv(_TO_XYZ).T, 0.0, 1.0)
    colour = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    levels = np.clip(colour * np.array([1.03, 1.0, 0.97]), 0.0, 1.0) * 255.0
    rounded: NDArray[np.uint8] = np.round(levels).astype(np.uint8)
    return rounded


def run(video: Path, folder: Path, models: Path) -> dict[str, float]:
    """Process ``video`` into ``folder``; gives frames, seconds and bytes of the result."""
    started = time.perf_counter()
    pngs = folder / "frames"
    pngs.mkdir()
    times: list[Fraction] = []
    pose_options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(models / "pose_landmarker_full.task")),
        running_mode=vision.RunningMode.VIDEO,
    )
    mask_options = vision.ImageSegmenterOptions(
        base_options=BaseOptions(model_asset_path=str(models / "selfie_segmenter.tflite")),
        running_mode=vision.RunningMode.VIDEO,
        output_confidence_masks=True,
    )
    with (
        vision.PoseLandmarker.create_from_options(pose_options) as pose,
        vision.ImageSegmenter.create_from_options(mask_options) as segmenter,
        av.open(str(video)) as container,
    ):
        for count, frame in enumerate(container.decode(video=0)):
            rgb = np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
            # An odd column or row would not survive 4:2:0.
            rgb = np.ascontiguousarray(rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2])
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=_padded(rgb))
            stamp = round(1000 * float(frame.time or 0.0))
            pose.detect_for_video(image, stamp)
            mask = segmenter.segment_for_video(image, stamp).confidence_masks[0].numpy_view()
            alpha = np.asarray(mask).reshape(mask.shape[:2])[:, : rgb.shape[1]]
            rgba = np.dstack([v11(rgb), np.round(alpha * 255.0).astype(np.uint8)])
            cv2.imwrite(str(pngs / f"{count:06d}.png"), cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA))
            times.append(Fraction(frame.time or 0.0))
    target = folder / "plain.webm"
    _encode(sorted(pngs.iterdir()), times, target)
    seconds = time.perf_counter() - started
    return {"frames": len(times), "seconds": seconds, "bytes": target.stat().st_size}


def _padded(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Repeat the last column up to a width of fours, or MediaPipe's float masks abort."""
    extra = -rgb.shape[1] % 4
    return np.ascontiguousarray(np.pad(rgb, ((0, 0), (0, extra), (0, 0)), mode="edge"))


def _rgba(path: Path) -> NDArray[np.uint8]:
    bgra = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if bgra is None:
        raise OSError(f"{path} cannot be read back")
    return np.ascontiguousarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA), np.uint8)


def _encode(pngs: list[Path], times: list[Fraction], target: Path) -> None:
    base = Fraction(1, 1000)
    with av.open(str(target), "w", format="webm") as container:
        stream = container.add_stream("libvpx-vp9", rate=30)
        stream.height, stream.width = _rgba(pngs[0]).shape[:2]
        stream.pix_fmt = "yuva420p"
        stream.time_base = base
        stream.options = {
            "auto-alt-ref": "0", "deadline": "good", "crf": "32", "b": "0",
        }  # fmt: skip
        stream.metadata["alpha_mode"] = "1"
        tag_bt709(stream.codec_context)
        for path, seconds in zip(pngs, times, strict=True):
            frame = av.VideoFrame.from_ndarray(_rgba(path), format="rgba")
            frame = frame.reformat(format="yuva420p")
            frame.pts, frame.time_base = round(seconds / base), base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
