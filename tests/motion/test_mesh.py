"""The mannequin is a proper surface that goes where the joints go; its file says what it is."""

import io
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.capsules import (
    FACES,
    VERTEX_COUNT,
    build_of,
    capsule_body,
    capsule_chunks,
)
from processing.motion.mesh import VERTEX_SCALE_M, write_mesh
from processing.motion.skeleton import INDEX
from tests.motion import figure

Floats = NDArray[np.float64]

POSES = {
    "standing": figure.body(),
    "squatting": figure.body(squat=1.0),
    "arms up": figure.body(left_arm=3.0, right_arm=2.8, spread=0.5),
    "from behind": figure.turned(figure.body(squat=0.4, left_arm=1.5), 2.8),
}


def components() -> list[NDArray[np.intp]]:
    """Faces of every closed part, by the vertices they share."""
    label = np.arange(VERTEX_COUNT)
    while True:
        least = label[FACES].min(axis=1)
        before = label.copy()
        for corner in FACES.T:
            np.minimum.at(label, corner, least)
        if (label == before).all():
            return [np.flatnonzero(label[FACES[:, 0]] == part) for part in np.unique(label)]


def volume(vertices: Floats, faces: NDArray[np.int32]) -> float:
    a, b, c = np.moveaxis(vertices[faces], 1, 0)
    return float((np.cross(a, b) * c).sum() / 6)


def winding(vertices: Floats, faces: NDArray[np.int32], point: Floats) -> float:
    """How often a surface goes round a point: 1 inside a closed part, 0 outside.

    A. Van Oosterom, J. Strackee: The solid angle of a plane triangle. IEEE TBME 30(2), 1983, eq. 8.
    """
    a, b, c = np.moveaxis(vertices[faces] - point, 1, 0)
    la, lb, lc = (np.linalg.norm(v, axis=1) for v in (a, b, c))
    top = (a * np.cross(b, c)).sum(axis=1)
    bottom = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
    return float(np.arctan2(top, bottom).sum() / (2 * np.pi))


def rotation(seed: int) -> Floats:
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return np.asarray(q * np.sign(np.linalg.det(q)))


def body(pose: Floats) -> Floats:
    return np.asarray(capsule_body(pose[None])[0][0], np.float64)


def test_every_part_is_closed() -> None:
    edges = Counter((int(face[i]), int(face[(i + 1) % 3])) for face in FACES for i in range(3))
    # Once in each direction.
    assert set(edges.values()) == {1}
    assert all((end, start) in edges for start, end in edges)


def test_parts_are_balls_and_there_are_as_many_as_limbs() -> None:
    parts = components()
    for part in parts:
        corners = np.unique(FACES[part])
        edges = {frozenset(pair) for f in FACES[part] for pair in (f[:2], f[1:], f[[2, 0]])}
        assert len(corners) - len(edges) + len(part) == 2  # Euler's formula
    # docs/formats.md names both numbers.
    assert (len(parts), len(np.unique(FACES)), VERTEX_COUNT) == (19, 896, 896)


@pytest.mark.parametrize("pose", POSES.values(), ids=POSES)
def test_normals_point_outwards(pose: Floats) -> None:
    vertices = body(pose)
    volumes = [volume(vertices, FACES[part]) for part in components()]
    assert min(volumes) > 1e-5  # the thumbs': 12 ml
    # Parts overlap at the joints, so it is a little more than a body of this size has.
    assert 0.05 < sum(volumes) < 0.11


@pytest.mark.parametrize("pose", POSES.values(), ids=POSES)
def test_joints_lie_inside(pose: Floats) -> None:
    vertices = body(pose)
    names = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel")
    points = [pose[INDEX[f"{side}_{name}"]] for side in ("left", "right") for name in names]
    points += [0.5 * (pose[INDEX["left_ear"]] + pose[INDEX["right_ear"]])]
    points += [pose[[INDEX["left_hip"], INDEX["right_shoulder"]]].mean(axis=0)]
    for point in points:
        # At least one part is around it, and none inside out.
        assert winding(vertices, FACES, point) > 0.99
    assert abs(winding(vertices, FACES, np.array([0.0, -1.5, 0.0]))) < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_a_body_turned_and_moved_is_the_mesh_turned_and_moved(seed: int) -> None:
    turn, shift = rotation(seed), np.array([1.0, -2.0, 0.5])
    pose = POSES["arms up"]
    np.testing.assert_allclose(body(pose @ turn.T + shift), body(pose) @ turn.T + shift, atol=1e-5)


@pytest.mark.parametrize("size", [0.8, 1.25])
def test_a_larger_body_is_thicker_too(size: float) -> None:
    pose = POSES["squatting"]
    np.testing.assert_allclose(body(pose * size), body(pose) * size, atol=1e-5)


def test_a_mirrored_body_takes_up_the_mirrored_space() -> None:
    pose = POSES["squatting"]
    box = [vertices.min(axis=0) for vertices in (body(pose), -body(pose))]
    other = [v.min(axis=0) for v in (body(figure.mirrored(pose)), -body(figure.mirrored(pose)))]
    np.testing.assert_allclose([other[0][0], other[1][0]], [box[1][0], box[0][0]], atol=1e-4)
    np.testing.assert_allclose(other[0][1:], box[0][1:], atol=1e-4)


def test_girth_does_not_change_while_the_detector_wavers() -> None:
    rng = np.random.default_rng(0)
    world = POSES["standing"] + rng.normal(0, 0.005, (200, 33, 3))
    build = build_of(world)
    assert build.height_m == pytest.approx(build_of(POSES["standing"][None]).height_m, rel=0.01)
    vertices, _ = capsule_body(world)
    _, _, head, *_ = components()  # a rigid part
    points = vertices[:, np.unique(FACES[head])]
    spread = np.linalg.norm(np.diff(points, axis=1), axis=-1)
    np.testing.assert_allclose(spread, np.broadcast_to(spread[:1], spread.shape), atol=1e-5)


@pytest.mark.parametrize("movement", [figure.squat, figure.jack, figure.wave_left])
def test_no_vertex_spins_or_jumps(movement: figure.Movement) -> None:
    """A vertex lies at most a palm from its bone, so it moves little faster than a joint does."""
    world = figure.film(movement, np.arange(0, 3, 1 / 60))
    vertices, _ = capsule_body(world)
    joints = np.linalg.norm(np.diff(world, axis=0), axis=-1).max()
    steps = np.linalg.norm(np.diff(vertices, axis=0), axis=-1)
    assert steps.max() < 1.6 * joints


def test_what_was_not_seen_is_nan_and_the_rest_is_there() -> None:
    pose = POSES["standing"].copy()
    whole = body(pose)
    pose[INDEX["left_wrist"]] = np.nan
    world = np.stack([POSES["standing"], pose, np.full((33, 3), np.nan)])
    vertices, _ = capsule_body(world)
    np.testing.assert_allclose(vertices[0], whole, atol=1e-6)
    lost = np.isnan(vertices[1]).any(axis=1)
    per_part = [lost[np.unique(FACES[part])] for part in components()]
    assert sum(part.all() for part in per_part) == 3  # forearm, hand, thumb
    assert all(part.all() or not part.any() for part in per_part)
    np.testing.assert_allclose(vertices[1][~lost], whole[~lost], atol=1e-6)
    assert np.isnan(vertices[2]).all()


def test_joints_in_one_place_give_numbers_all_the_same() -> None:
    assert np.isfinite(capsule_body(np.zeros((2, 33, 3)))[0]).all()


def test_pieces_are_the_whole() -> None:
    world = figure.film(figure.jack, np.arange(600) / 30)
    pieces = list(capsule_chunks(world))
    assert len(pieces) > 1
    np.testing.assert_array_equal(np.concatenate(pieces), capsule_body(world)[0])
    assert capsule_body(world[:0])[0].shape == (0, VERTEX_COUNT, 3)


def written(world: Floats, pieces: Iterator[NDArray[np.float32]]) -> bytes:
    file = io.BytesIO()
    write_mesh(
        file,
        fps=29.97,
        times_s=np.arange(len(world)) / 30,
        joints_3d=world.astype(np.float32),
        vertices=pieces,
        faces=FACES,
    )
    return file.getvalue()


@pytest.mark.parametrize("count", [0, 1, 300])
def test_the_file_holds_what_was_written(count: int) -> None:
    world = figure.film(figure.squat, np.arange(count) / 30) if count else np.zeros((0, 33, 3))
    if count > 2:
        world[2, INDEX["left_wrist"]] = np.nan
    data = written(world, capsule_chunks(world))
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        mesh = dict(file)
    assert set(mesh) == {"version", "fps", "times_s", "joints_3d", "vertices", "faces"}
    assert (mesh["version"], mesh["fps"]) == (1, 29.97)
    np.testing.assert_array_equal(mesh["times_s"], np.arange(count) / 30)
    np.testing.assert_array_equal(mesh["joints_3d"], world.astype(np.float32))
    np.testing.assert_array_equal(mesh["faces"], FACES)
    assert mesh["vertices"].dtype == np.float16
    assert mesh["vertices"].shape == (count, VERTEX_COUNT if count else 0, 3)
    if count:
        vertices, _ = capsule_body(world)
        np.testing.assert_allclose(
            mesh["vertices"].astype(np.float64), vertices, atol=VERTEX_SCALE_M / 2 + 1e-6
        )


def test_equal_meshes_give_equal_bytes() -> None:
    world = figure.film(figure.squat, np.arange(50) / 30)
    assert written(world, capsule_chunks(world)) == written(world, capsule_chunks(world))


def test_an_engines_own_mesh_may_come_frame_by_frame() -> None:
    rng = np.random.default_rng(0)
    own = rng.uniform(-1, 1, (7, 1500, 3)).astype(np.float32)
    data = written(np.zeros((7, 33, 3)), iter(own[i : i + 1] for i in range(7)))
    with np.load(io.BytesIO(data)) as file:
        np.testing.assert_allclose(
            file["vertices"].astype(np.float64), own, atol=VERTEX_SCALE_M / 2 + 1e-6
        )


def test_frames_that_are_missing_or_differ_are_refused() -> None:
    world = figure.film(figure.squat, np.arange(5) / 30)
    with pytest.raises(ValueError, match="5 times, 5 poses and 4 frames"):
        written(world, capsule_chunks(world[:4]))
    odd = iter([np.zeros((4, 10, 3), np.float32), np.zeros((1, 11, 3), np.float32)])
    with pytest.raises(ValueError, match="10 vertices goes on with 11"):
        written(world, odd)
