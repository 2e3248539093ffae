"""Writes performances to files: video with its truth, and streams for a browser's fake webcam."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from processing.synthetic.render import Frame, Shot, frame_times, render, truth

# Ticks per second in the files: divisible by every usual frame rate.
_TIME_BASE = Fraction(1, 90_000)


def write_video(
    path: Path,
    shot: Shot,
    fps: float = 25.0,
    truth_path: Path | None = None,
    with_alpha: bool = False,
    crf: int = 18,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Render a take to H.264 in MP4 (yuv420p, BT.709, limited range).

    Parameters
    ----------
    path : the file to write.
    truth_path : where to put the ground truth (``.npz``, see ``truth_arrays``), if anywhere.
    with_alpha : also store the coverage (n, H, W) uint8 in the truth: exact, but large.
    progress : told (frames done, frames in all) after each frame.
    """
    times = frame_times(shot, fps)
    camera = shot.camera
    rows: list[Frame] = []
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = camera.width, camera.height, "yuv420p"
        stream.time_base = _TIME_BASE
        stream.options = {"crf": str(crf), "preset": "veryfast"}
        _tag(stream.codec_context)
        for i, t in enumerate(times):
            frame = render(shot, float(t))
            picture = _yuv(frame.rgb)
            picture.pts = round(t / _TIME_BASE)
            picture.time_base = _TIME_BASE
            container.mux(stream.encode(picture))
            if truth_path is not None:
                rows.append(_light(frame, with_alpha))
            if progress is not None:
                progress(i + 1, len(times))
        container.mux(stream.encode(None))
    if truth_path is not None:
        np.savez_compressed(
            truth_path, allow_pickle=False, **truth_arrays(shot, fps, rows, with_alpha)
        )


def truth_arrays(
    shot: Shot, fps: float, rows: list[Frame] | None = None, with_alpha: bool = False
) -> dict[str, NDArray[np.generic]]:
    """The take's ground truth as arrays.

    times_s (n,), world (n, 33, 3) metres, image (n, 33, 2) pixels, reps (r, 2) seconds,
    fps, width, height; with rendered ``rows`` also visibility (n, 33) 0 or 1 and, where asked,
    alpha (n, H, W) uint8.
    """
    times = frame_times(shot, fps)
    both = [truth(shot, float(t)) for t in times]
    result: dict[str, NDArray[np.generic]] = {
        "times_s": times,
        "image": np.array([image for image, _ in both]),
        "world": np.array([world for _, world in both]),
        "reps": shot.performance.reps_s,
        "fps": np.array(fps),
        "width": np.array(shot.camera.width),
        "height": np.array(shot.camera.height),
    }
    if rows:
        result["visibility"] = np.array([frame.visibility for frame in rows])
        if with_alpha:
            result["alpha"] = np.array([np.round(frame.alpha * 255) for frame in rows], np.uint8)
    return result


def write_webcam(path: Path, shot: Shot, fps: float = 30.0, quality: int = 90) -> None:
    """Render a take for ``--use-file-for-fake-video-capture``, by suffix: ``.mjpeg`` or ``.y4m``.

    Chromium plays the file in a loop. Motion JPEG is some forty times smaller.
    """
    if path.suffix == ".mjpeg":
        # A raw stream of JPEG pictures; Chromium takes it to be 30 frames/s.
        with path.open("wb") as file:
            for t in frame_times(shot, fps):
                bgr = np.ascontiguousarray(render(shot, float(t)).rgb[..., ::-1])
                _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
                file.write(jpeg.tobytes())
        return
    if path.suffix != ".y4m":
        raise ValueError(f"{path.name}: a webcam file ends in .mjpeg or .y4m.")
    rate = Fraction(fps).limit_denominator(1001)
    camera = shot.camera
    header = (
        f"YUV4MPEG2 W{camera.width} H{camera.height} "
        f"F{rate.numerator}:{rate.denominator} Ip A1:1 C420mpeg2\n"
    )
    with path.open("wb") as file:
        file.write(header.encode())
        for t in frame_times(shot, fps):
            file.write(b"FRAME\n" + _yuv(render(shot, float(t)).rgb).to_ndarray().tobytes())


def _light(frame: Frame, with_alpha: bool) -> Frame:
    """The frame without its pictures, so that a long take does not fill the memory."""
    nothing = np.zeros((0, 0), np.float32)
    return Frame(
        frame.t,
        frame.rep,
        np.zeros((0, 0, 3), np.uint8),
        frame.alpha if with_alpha else nothing,
        nothing,
        frame.image,
        frame.world,
        frame.visibility,
    )


def _yuv(rgb: NDArray[np.uint8]) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
    )
    _tag(frame)
    return frame


def _tag(target: av.VideoFrame | av.VideoCodecContext) -> None:
    """Name the colours: untagged, players would read BT.709 as BT.601 and skin would turn."""
    target.colorspace = Colorspace.ITU709
    target.color_range = ColorRange.MPEG
    target.color_primaries = ColorPrimaries.BT709
    target.color_trc = ColorTrc.BT709
