/** A body's surface over time, out of `trainer_poses.npz`: the mesh of an engine that has one. */

import { shade } from "./body.js";
import { halves, readNpz } from "./npz.js";

const VERSION = 1;
/** Unpacked; a longer film of a finer mesh is shown as a mannequin instead. */
const LARGEST = 200 * 2 ** 20;

export class Surface {
  positions;
  normals;
  /** @type {Uint32Array} */
  faces;
  #times;
  #vertices;
  #shownIndex = -1;

  constructor({ times_s: times, vertices, faces }) {
    this.#times = times.data;
    this.#vertices = vertices;
    this.faces = Uint32Array.from(faces.data);
    this.positions = new Float32Array(3 * vertices.shape[1]);
    this.normals = new Float32Array(3 * vertices.shape[1]);
  }

  get times() { return this.#times; }

  /** @param {number} index of a time: `positions` and `normals` are of then afterwards */
  pose(index) {
    if (index === this.#shownIndex) return;
    this.#shownIndex = index;
    const { shape: [times, count], fortran, data, type } = this.#vertices;
    const worth = type === "<f2" ? halves() : null;
    for (let vertex = 0; vertex < count; vertex += 1) {
      for (let axis = 0; axis < 3; axis += 1) {
        const stored = data[fortran
          ? index + times * (vertex + count * axis)
          : 3 * (count * index + vertex) + axis];
        const value = worth ? worth[stored] : stored;
        // Not seen: gathered in one point, for NaN would spoil the neighbours' normals.
        this.positions[3 * vertex + axis] = Number.isNaN(value) ? 0 : value;
      }
    }
    shade(this.positions, this.faces, this.normals);
  }
}

/**
 * @param {ArrayBuffer} buffer the file as served
 * @returns {Promise<Surface>}
 * @throws {Error} where it can't be shown
 */
export async function readSurface(buffer) {
  const arrays = await readNpz(buffer,
    { largest: LARGEST, only: ["version", "times_s", "vertices", "faces"] });
  if (arrays.version?.data[0] !== VERSION) {
    throw new Error(`a mesh of version ${arrays.version?.data[0]} can't be read`);
  }
  return new Surface(arrays);
}
