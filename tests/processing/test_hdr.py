"""High dynamic range on an ordinary screen: known colours through a phone's encoder and back."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.stages import probe
from processing.stages.facts import read_facts
from processing.stages.source import pictures
from processing.vision.frames import Geometry
from processing.vision.hdr import rolled_off, to_sdr, tone_map
from tests.processing.clips import no_progress, options

HLG, PQ = 18, 16
BT2020 = 9
KR, KB = 0.2627, 0.0593


def write_hdr(path: Path, colours: list[list[float]], transfer: int, cell: int = 64) -> Path:
    """Encode columns of R'G'B' colours (0..1) as a phone does: HEVC, 10 bits, tagged."""
    signal = np.repeat(np.array(colours), cell, axis=0)[None].repeat(cell, axis=0)
    luma = signal @ [KR, 1 - KR - KB, KB]
    blue = (signal[..., 2] - luma) / (2 * (1 - KB))
    red = (signal[..., 0] - luma) / (2 * (1 - KR))
    planes = 64 + 876 * luma, 512 + 896 * blue[::2, ::2], 512 + 896 * red[::2, ::2]
    with av.open(str(path), "w") as container:
        quiet = {"x265-params": "log-level=none", "preset": "ultrafast", "crf": "4"}
        stream = container.add_stream("libx265", rate=25, options=quiet)
        height, width = luma.shape
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p10le"
        tag(stream.codec_context, transfer)
        for number in range(15):
            frame = av.VideoFrame(width, height, "yuv420p10le")
            for plane, values in zip(frame.planes, planes, strict=True):
                lines = np.frombuffer(plane, np.uint16).reshape(-1, plane.line_size // 2)
                lines[:, : plane.width] = np.round(values)
            tag(frame, transfer)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def tag(target: av.VideoFrame | av.VideoCodecContext, transfer: int) -> None:
    target.colorspace = target.color_primaries = BT2020
    target.color_trc, target.color_range = transfer, 1


def shown(path: Path, colours: int, crop: bool = False) -> NDArray[np.float64]:
    """Return (colours, 3): what is published of a clip's first picture, 0..1."""
    target = path.with_suffix(".json")
    probe.run({"source": path}, {"probe": target}, options(), no_progress)
    width = 64 * colours
    geometry = Geometry(width, 32, 0, (0, 16, width, 32)) if crop else Geometry(width, 64)
    _, picture = next(iter(pictures(path, read_facts(target), options(), geometry)))
    return np.array([picture[8:24, 64 * i + 16 : 64 * i + 48].mean((0, 1)) for i in range(colours)])


SKIN_SDR = np.array([0.78, 0.58, 0.47])
"""Lit skin, R'G'B' of BT.709."""


def in_hlg(sdr: NDArray[np.float64]) -> list[float]:
    """Return the HLG signal that shows an SDR colour with its white at 203 cd/m² (BT.2408, 5)."""
    to_2020 = np.array(
        [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.088, 0.8956]]
    )
    light = to_2020 @ (sdr**2.4) * 0.203
    luma = light @ [KR, 1 - KR - KB, KB]
    scene = light * luma ** (1 / 1.2 - 1)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    logarithm = a * np.log(np.maximum(12 * scene - b, 1e-9)) + c
    return list(np.where(scene <= 1 / 12, np.sqrt(3 * scene), logarithm))


@pytest.mark.parametrize("crop", [False, True])
def test_a_phones_clip(tmp_path: Path, crop: bool) -> None:
    """Reference white, grey card (BT.2408, Table 1: 75 % and 38 %), skin, black, lamp."""
    colours = [[0.75] * 3, [0.38] * 3, in_hlg(0.6 * SKIN_SDR), [0.0] * 3, [1.0] * 3]
    white, grey, skin, black, lamp = shown(write_hdr(tmp_path / "a.mp4", colours, HLG), 5) / 255
    assert white.min() >= 0.9 and white.max() <= 1.0
    # 18 % of white, for a display of gamma 2.4 and by BT.709's curve: 0.49 and 0.41.
    assert np.all((grey > 0.4) & (grey < 0.5))
    # Below the knee colours are what they would be in SDR; x265's error is 1 of 255.
    np.testing.assert_allclose(skin, 0.6 * SKIN_SDR, atol=0.015)
    assert black.max() <= 0.01
    assert lamp.min() >= 0.99


def test_pq(tmp_path: Path) -> None:
    """BT.2408, Table 1: reference white is 58 %."""
    white, lamp = shown(write_hdr(tmp_path / "a.mp4", [[0.58] * 3, [0.75] * 3], PQ), 2) / 255
    assert white.min() >= 0.89 and white.max() <= 1.0
    assert lamp.min() >= 0.99


@pytest.mark.parametrize("transfer", [HLG, PQ])
def test_greys_stay_grey_and_in_order(transfer: int) -> None:
    ramp = np.linspace(0, 1, 1001)[:, None].repeat(3, axis=1)
    mapped = to_sdr(ramp, transfer)
    np.testing.assert_allclose(mapped, mapped[:, :1].repeat(3, axis=1), atol=2e-3)
    assert np.all(np.diff(mapped[:, 0]) >= 0)
    below_peak = mapped[ramp[:, 0] < 0.74]
    assert below_peak.max() < 1.0, "nothing clips below the peak"
    assert np.all(np.diff(below_peak[:, 0]) > 0)


def test_skin_keeps_its_hue_under_a_lamp() -> None:
    """The rolled-off colour has the proportions of light of the original."""
    dim = np.array(in_hlg(0.5 * SKIN_SDR))
    for brighter in (1.0, 1.3, 1.6, 1.8):
        lit = to_sdr(np.array(in_hlg(brighter * 0.5 * SKIN_SDR)), HLG) ** 2.4
        plain = to_sdr(dim, HLG) ** 2.4
        np.testing.assert_allclose(lit / lit.max(), plain / plain.max(), atol=5e-3)


def test_the_curve_is_the_identity_below_its_knee() -> None:
    nit = np.array([0.1, 1.0, 26.0, 80.0])
    np.testing.assert_allclose(rolled_off(nit), nit, rtol=1e-9)
    assert rolled_off(np.array([1000.0]))[0] == pytest.approx(203.0)


@pytest.mark.parametrize("transfer", [HLG, PQ])
def test_the_lattice_is_as_good_as_the_formula(transfer: int) -> None:
    rng = np.random.default_rng(0)
    grey = rng.uniform(0.05, 0.95, (200, 200, 1))
    signal = np.clip(grey * rng.uniform(0.8, 1.0, (200, 200, 3)), 0, 1)
    mapped = tone_map(transfer)
    assert mapped is not None
    looked_up = mapped(np.round(signal * 65280).astype(np.uint16)).astype(float)
    error = np.abs(looked_up - 255 * to_sdr(signal, transfer))
    assert error.mean() < 0.5 and np.percentile(error, 99) < 4


def test_whiter_than_white_is_white() -> None:
    mapped = tone_map(HLG)
    assert mapped is not None
    np.testing.assert_array_equal(mapped(np.full((4, 4, 3), 65535, np.uint16)), 255)


@pytest.mark.parametrize("transfer", [1, 2, 6, 13, 14])
def test_ordinary_material_is_left_alone(transfer: int) -> None:
    assert tone_map(transfer) is None
