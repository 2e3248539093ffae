"""A body's surface over time (`trainer_poses.npz`), from whatever engine.

An ordinary NumPy archive: `np.load` reads it. Vertices are float16 on a grid of 1/1024 m, and
stored with time running fastest (`fortran_order`): a vertex that rests or moves slowly repeats
itself, which makes the file 40% smaller than frame after frame would.
"""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

VERSION: Final = 1
VERTEX_SCALE_M: Final = 1 / 1024
"""Step of vertices: off by 0.5 mm at most within 2 m of the hips, what a float16 gives at 1 m."""

_COMPRESSION: Final = 4
_BLOCK: Final = 512
"""Numbers a frame that are turned time-major at once: 37 MB in twenty minutes."""
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def write_mesh(
    file: IO[bytes],
    *,
    fps: float,
    times_s: NDArray[np.float64],
    joints_3d: NDArray[np.float32],
    vertices: Iterable[NDArray[np.floating]],
    faces: NDArray[np.integer],
) -> None:
    """Write a mesh; equal arguments give equal bytes.

    Vertices arrive some frames at a time and wait in a temporary file (5 kB a frame of
    `processing.motion.capsules`): memory does not grow with the clip.

    Parameters
    ----------
    file : binary file, seekable
    fps : average frames a second of the clip
    times_s : (T,), seconds, of the poses
    joints_3d : (T, 33, 3), metres; x right, y down, z away from the camera; NaN = not seen
    vertices : pieces (t, V, 3), metres, that follow one another and have T frames in all; the same
        axes; NaN = not seen
    faces : (F, 3), vertex numbers, counter-clockwise from outside

    Raises
    ------
    ValueError
        Where the pieces have not T frames in all, or differ in their vertices.
    """
    count = len(times_s)
    with tempfile.TemporaryFile() as waiting:
        frames, vertex_count = _lay_by(waiting, vertices)
        if frames != count or len(joints_3d) != count:
            raise ValueError(
                f"{count} times, {len(joints_3d)} poses and {frames} frames of vertices differ"
            )
        with zipfile.ZipFile(file, "w", compresslevel=_COMPRESSION) as archive:
            for name, array in (
                ("version", np.array(VERSION, "<i8")),
                ("fps", np.array(fps, "<f8")),
                ("times_s", np.asarray(times_s, "<f8")),
                ("joints_3d", np.asarray(joints_3d, "<f4")),
                ("faces", np.asarray(faces, "<i4")),
            ):
                _write(archive, name, array.dtype.str, array.shape, iter([array.tobytes()]))
            turned = _time_major(waiting, count, 3 * vertex_count)
            _write(archive, "vertices", "<f2", (count, vertex_count, 3), turned, fortran=True)


def _lay_by(waiting: IO[bytes], vertices: Iterable[NDArray[np.floating]]) -> tuple[int, int]:
    """Write pieces as they come, x of all vertices first; return how many frames and vertices."""
    frames, vertex_count = 0, 0
    for piece in vertices:
        if frames and piece.shape[1] != vertex_count:
            raise ValueError(f"a mesh of {vertex_count} vertices goes on with {piece.shape[1]}")
        frames, vertex_count = frames + len(piece), piece.shape[1]
        steps = np.round(piece.astype(np.float32) / np.float32(VERTEX_SCALE_M))
        rows = (steps * np.float32(VERTEX_SCALE_M)).astype("<f2").transpose(0, 2, 1)
        waiting.write(rows.tobytes())
    return frames, vertex_count


def _time_major(waiting: IO[bytes], frames: int, numbers: int) -> Iterator[bytes]:
    """Yield what lies by, turned so that time runs fastest, then vertices, then x, y, z."""
    for start in range(0, numbers, _BLOCK):
        block = np.empty((frames, min(_BLOCK, numbers - start)), "<f2")
        for frame in range(frames):
            waiting.seek(2 * (frame * numbers + start))
            # No memory map: its pages would count as this process's memory.
            block[frame] = np.frombuffer(waiting.read(2 * block.shape[1]), "<f2")
        yield block.T.tobytes()


def _write(
    archive: zipfile.ZipFile,
    name: str,
    descr: str,
    shape: tuple[int, ...],
    pieces: Iterator[bytes],
    *,
    fortran: bool = False,
) -> None:
    """Write one array of the archive from its bytes."""
    info = zipfile.ZipInfo(f"{name}.npy", _DATE)  # the real time would make every file differ
    info.compress_type = zipfile.ZIP_DEFLATED
    info.file_size = np.dtype(descr).itemsize * int(np.prod(shape)) + 128  # decides on ZIP64
    header: dict[str, Any] = {"descr": descr, "fortran_order": fortran, "shape": shape}
    with archive.open(info, "w") as entry:
        np.lib.format.write_array_header_1_0(entry, header)
        for piece in pieces:
            entry.write(piece)
