"""The athlete as one coloured, skinned triangle mesh."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.synthetic import anatomy, clothing, paint
from processing.synthetic.body import (
    TEMPLATE_JOINTS,
    Body,
    Pose,
    joints,
    posed_joints,
    stretch,
)
from processing.synthetic.clothing import Appearance, Colour
from processing.synthetic.sdf import Floats, Sdf, ellipsoid, round_cone
from processing.synthetic.surface import extract, split
from processing.synthetic.weights import hair_weights, rigid_weights, skin_weights, step

Float32 = NDArray[np.float32]

# Edge of a cell in metres: hands and faces need finer ones than trunk and thighs.
COARSE: Final = 0.011
FINE: Final = 0.0042


@dataclass(frozen=True)
class Figure:
    """A mesh at rest, ready to be posed.

    vertices, normals : (V, 3) float32, metres, body space, rest pose of this body.
    faces : (F, 3) int32, anticlockwise from outside.
    weights : (V, B) float32.
    albedo : (V, 3) float32, linear light 0..1.
    gloss, occlusion : (V,) float32, 0..1.
    rest_joints : (B, 3) metres.
    shadow_vertices : (S,) int, those of a coarse copy, some 3 cm apart.
    shadow_faces : (G, 3) int32, its faces, counting in shadow_vertices.
    """

    vertices: Float32
    normals: Float32
    faces: NDArray[np.int32]
    weights: Float32
    albedo: Float32
    gloss: Float32
    occlusion: Float32
    rest_joints: Floats
    shadow_vertices: NDArray[np.intp]
    shadow_faces: NDArray[np.int32]

    def posed(self, body: Body, pose: Pose) -> tuple[Float32, Float32]:
        """Vertices (V, 3) in metres and unit normals (V, 3) of the mesh in ``pose``."""
        rotations = pose.rotations
        shift = posed_joints(body, pose) - np.einsum("bij,bj->bi", rotations, self.rest_joints)
        table = np.concatenate([rotations.reshape(-1, 9), shift], axis=1).astype(np.float32)
        mixed = self.weights @ table
        linear = mixed[:, :9].reshape(-1, 3, 3)
        vertices = np.einsum("vij,vj->vi", linear, self.vertices) + mixed[:, 9:]
        normals = np.einsum("vij,vj->vi", linear, self.normals)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
        return vertices, normals


@dataclass
class _Part:
    vertices: Floats
    normals: Floats
    faces: NDArray[np.int32]
    weights: Floats
    albedo: Floats
    gloss: Floats


@lru_cache(maxsize=8)
def build(body: Body, look: Appearance, cell: float = 1.0) -> Figure:
    """Model the athlete once; takes seconds, then is remembered.

    cell : edge of the mesh's cells, 1 for pictures in which the athlete is large; twice as much
    leaves a quarter of the vertices.
    """
    parts = _parts(look, round(body.bust, 3), cell)
    sizes = np.cumsum([0] + [len(part.vertices) for part in parts])
    vertices = np.concatenate([part.vertices for part in parts])
    normals = np.concatenate([part.normals for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    faces = np.concatenate(
        [part.faces + start for part, start in zip(parts, sizes[:-1], strict=True)]
    )
    occlusion = _occlusion(vertices, normals, look, body.bust)
    maps, rest = stretch(body), joints(body)
    shadow_vertices, shadow_faces = _coarse(vertices, faces)
    linear = np.einsum("vb,bij->vij", weights, maps)
    local = np.einsum("vb,vbi->vi", weights, _stretched(vertices, maps, rest))
    normals = np.einsum("vij,vj->vi", np.linalg.inv(linear).transpose(0, 2, 1), normals)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Figure(
        vertices=local.astype(np.float32),
        normals=normals.astype(np.float32),
        faces=np.ascontiguousarray(faces, np.int32),
        weights=weights.astype(np.float32),
        albedo=np.concatenate([part.albedo for part in parts]).astype(np.float32),
        gloss=np.concatenate([part.gloss for part in parts]).astype(np.float32),
        occlusion=occlusion.astype(np.float32),
        rest_joints=rest,
        shadow_vertices=shadow_vertices,
        shadow_faces=shadow_faces,
    )


def _coarse(
    vertices: Floats, faces: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """One vertex per 3 cm cube, and faces between them: plenty for a shadow, and twenty times
    fewer."""
    cell = np.floor(vertices / 0.03).astype(np.int64) + 2048
    code = (cell[:, 0] * 4096 + cell[:, 1]) * 4096 + cell[:, 2]
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    merged = np.sort(inverse[faces], axis=1)
    real = (merged[:, 0] != merged[:, 1]) & (merged[:, 1] != merged[:, 2])
    return first, np.ascontiguousarray(np.unique(merged[real], axis=0), np.int32)


def _stretched(vertices: Floats, maps: Floats, rest: Floats) -> Floats:
    """Where each bone alone would put each template point: (V, B, 3)."""
    local = vertices[:, None, :] - TEMPLATE_JOINTS[None]
    return np.asarray(rest[None] + np.einsum("bij,vbj->vbi", maps, local))


def _parts(look: Appearance, bust: float, cell: float) -> list[_Part]:
    skin = paint.linear_light(look.skin)
    clothes: list[Sdf] = [
        lambda p: clothing.top(p, look, bust),
        lambda p: clothing.bottom(p, look),
        clothing.shoe,
    ]
    body = _both_sides(
        lambda p: anatomy.limbs_and_torso(p, bust),
        [0, 0.06, -0.17],
        [0.66, 1.54, 0.16],
        COARSE * cell,
    )
    parts = [
        _hidden(_finish(body, skin_weights, lambda p: paint.skin_colour(p, skin), 0.25), clothes),
    ]
    hands = _both_sides(anatomy.hand, [0.56, 0.98, -0.06], [0.79, 1.18, 0.085], FINE * cell)
    parts.append(_finish(hands, skin_weights, lambda p: paint.skin_colour(p, skin), 0.2))
    head = _both_sides(anatomy.head, [0, 1.44, -0.14], [0.10, 1.73, 0.14], FINE * cell)
    face = _finish(head, skin_weights, lambda p: paint.face_colour(p, look), 0.3)
    parts.append(_hidden(face, clothes[:1]))
    parts.extend(_eyes(look, cell))
    shirt = _both_sides(clothes[0], [0, 0.88, -0.18], [0.36, 1.50, 0.18], 0.0085 * cell)
    parts.append(_cloth(shirt, look.top, paint.top_patterns(look), 0.08))
    trousers = _both_sides(clothes[1], [0, 0.10, -0.18], [0.25, 1.06, 0.16], 0.010 * cell)
    legs = _cloth(trousers, look.bottom, paint.bottom_patterns(look), 0.08)
    parts.append(_hidden(legs, clothes[:1]))
    shoes = _both_sides(clothing.shoe, [0.03, -0.01, -0.09], [0.16, 0.16, 0.22], 0.006 * cell)
    parts.append(_cloth(shoes, look.shoes, paint.shoe_patterns(look), 0.2))
    locks = _both_sides(
        lambda p: clothing.hair(p, look), [0, 1.35, -0.21], [0.11, 1.74, 0.12], 0.006 * cell
    )
    tied = paint.hair_patterns(look)
    parts.append(_finish(locks, hair_weights, lambda p: paint.hair_colour(p, look), 0.22, tied))
    return parts


Mesh = tuple[Floats, Floats, NDArray[np.int32]]


def _both_sides(sdf: Sdf, low: list[float], high: list[float], voxel: float) -> Mesh:
    """Mesh of a mirror-symmetric shape, given its box on the athlete's left."""
    if low[0] > 0:
        points, normals, faces = extract(sdf, low, high, voxel)
        flip = np.array([-1.0, 1.0, 1.0])
        return (
            np.concatenate([points, points * flip]),
            np.concatenate([normals, normals * flip]),
            np.concatenate([faces, faces[:, ::-1] + len(points)]),
        )
    return extract(sdf, [-high[0], low[1], low[2]], high, voxel)


def _finish(
    mesh: Mesh,
    weigh: Callable[[Floats], Floats],
    colour: Callable[[Floats], Floats],
    gloss: float,
    patterns: Sequence[paint.Pattern] = (),
) -> _Part:
    """Weigh and colour a mesh, cut first along the edges of its patterns."""
    points, normals, faces = mesh
    samples = points
    for distance, _ in patterns:
        points, normals, samples, faces = split(points, normals, samples, faces, distance)
    return _Part(
        points, normals, faces, weigh(points), colour(samples), np.full(len(points), gloss)
    )


def _cloth(mesh: Mesh, colour: Colour, patterns: list[paint.Pattern], gloss: float) -> _Part:
    base = paint.linear_light(colour)
    return _finish(
        mesh, skin_weights, lambda p: paint.patterned(p, base, patterns), gloss, patterns
    )


def _hidden(part: _Part, covers: list[Sdf]) -> _Part:
    """Drop what lies well under clothes: it would only poke through when limbs bend."""
    deep = np.min([cover(part.vertices) for cover in covers], axis=0) < -0.0035
    faces = part.faces[~deep[part.faces].all(axis=1)]
    used, renumbered = np.unique(faces, return_inverse=True)
    return _Part(
        part.vertices[used],
        part.normals[used],
        renumbered.reshape(faces.shape).astype(np.int32),
        part.weights[used],
        part.albedo[used],
        part.gloss[used],
    )


def _occlusion(points: Floats, normals: Floats, look: Appearance, bust: float) -> Floats:
    """How open the surroundings of each point are in the rest pose: 0 buried, 1 open."""

    def everything(p: Floats) -> Floats:
        q = anatomy.left(p)
        return np.asarray(
            np.min(
                [
                    anatomy.limbs_and_torso(p, bust),
                    clothing.top(p, look, bust),
                    anatomy.skull(q),
                    clothing.hair(p, look),
                    p[:, 1] + 0.004,
                ],
                axis=0,
            )
        )

    base = everything(points)
    total = np.zeros(len(points))
    weight = 0.0
    for reach in (0.015, 0.035, 0.07):
        free = (everything(points + normals * reach) - base) / reach
        total += np.clip(free, 0.0, 1.0) / reach**0.5
        weight += 1.0 / reach**0.5
    return np.asarray(0.25 + 0.75 * total / weight)


def _eyes(look: Appearance, cell: float) -> list[_Part]:
    """Almond-shaped eyes with iris and pupil, and the line of the upper lashes."""
    parts = []
    white, iris, dark = (paint.linear_light(c) for c in ((238, 234, 230), look.eyes, (22, 14, 12)))
    centre = anatomy.EYE + [0.0, 0.0, 0.0005]

    def ball(p: Floats) -> Floats:
        return ellipsoid(p, centre, [0.0155, 0.0068, 0.0085])

    def colour(p: Floats) -> Floats:
        q = anatomy.left(p)
        r = np.hypot(q[:, 0] - centre[0], q[:, 1] - centre[1] - 0.0004)
        result = np.tile(white, (len(p), 1))
        result = paint.mix(result, white * 0.5, step(np.abs(q[:, 0] - centre[0]), 0.008, 0.014))
        result = paint.mix(result, iris, step(-r, -0.0068, -0.0058))
        result = paint.mix(result, dark, step(-r, -0.0036, -0.0024))
        glint = np.hypot(
            p[:, 0] - np.sign(p[:, 0]) * centre[0] + 0.002, q[:, 1] - centre[1] - 0.0025
        )
        return paint.mix(result, np.ones(3), step(-glint, -0.0016, -0.0008))

    def lash(p: Floats) -> Floats:
        arc = np.minimum(
            round_cone(
                p, centre + [-0.0155, 0.001, 0.004], centre + [0, 0.0078, 0.0085], 0.0010, 0.0019
            ),
            round_cone(
                p, centre + [0, 0.0078, 0.0085], centre + [0.0175, 0.002, 0.0005], 0.0019, 0.0013
            ),
        )
        return np.asarray(arc)

    def hang(p: Floats) -> Floats:
        return rigid_weights(p, "head")

    low, high = list(centre - 0.022), list(centre + 0.022)
    parts.append(_finish(_both_sides(ball, low, high, 0.0016 * cell), hang, colour, 0.9))
    parts.append(
        _finish(
            _both_sides(lash, low, high, 0.0016 * cell),
            hang,
            lambda p: np.tile(dark, (len(p), 1)),
            0.1,
        )
    )
    return parts
