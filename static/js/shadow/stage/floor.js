/** The floor of the view in 3D: a grid in a pool of light, and what bodies shade of it. */

import {
  CircleGeometry, Float32BufferAttribute, Group, InstancedBufferAttribute, InstancedBufferGeometry,
  DynamicDrawUsage, Mesh, ShaderMaterial,
} from "three";

import { INDEX } from "../skeleton.js";
import { DISC_FRAGMENT, DISC_VERTEX, FLOOR_FRAGMENT, FLOOR_VERTEX } from "./solid_shaders.js";
import { overlaid } from "./strokes_mesh.js";

const RADIUS_M = 3.2;
const DISC_M = 0.16;
/** A part a metre up shades so much wider, and so much less. */
const WIDER = 0.55;
const FAINTER = 1.6;
const STRENGTH = 0.34;
const MOST_DISCS = 64;

const both = (name) => [INDEX[`left_${name}`], INDEX[`right_${name}`]];
/** Middles of pairs of landmarks, spread over the body. */
const PARTS = Object.freeze([
  ...["heel", "foot_index", "ankle", "knee", "hip", "shoulder", "elbow", "wrist"]
    .flatMap((name) => both(name).map((i) => [i, i])),
  ...[["ankle", "knee"], ["knee", "hip"], ["hip", "shoulder"], ["shoulder", "elbow"],
    ["elbow", "wrist"]].flatMap(([a, b]) => [0, 1].map((side) => [both(a)[side], both(b)[side]])),
  [INDEX.left_ear, INDEX.right_ear],
]);

export class Floor {
  group = new Group();
  #ground;
  #discs;
  #disc;

  /** @param {number} order painter's, of which it takes two */
  constructor(order) {
    const flat = new CircleGeometry(RADIUS_M, 48).rotateX(-Math.PI / 2);
    this.#ground = new Mesh(flat, new ShaderMaterial({
      ...overlaid, vertexShader: FLOOR_VERTEX, fragmentShader: FLOOR_FRAGMENT,
      uniforms: { radius: { value: RADIUS_M } },
    }));
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute("position",
      new Float32BufferAttribute([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0], 3));
    geometry.setIndex([0, 1, 2, 0, 2, 3]);
    this.#disc = new InstancedBufferAttribute(new Float32Array(4 * MOST_DISCS), 4)
      .setUsage(DynamicDrawUsage);
    geometry.setAttribute("disc", this.#disc);
    this.#discs = new Mesh(geometry, new ShaderMaterial({
      ...overlaid, vertexShader: DISC_VERTEX, fragmentShader: DISC_FRAGMENT,
    }));
    [this.#ground, this.#discs].forEach((mesh, i) => {
      mesh.renderOrder = order + i;
      mesh.frustumCulled = false;
      this.group.add(mesh);
    });
    this.clear();
  }

  clear() {
    this.#discs.geometry.instanceCount = 0;
  }

  /**
   * Shade what is below a body.
   * @param {Float32Array} points 33x3 metres, y up from the floor
   */
  shade(points) {
    let count = this.#discs.geometry.instanceCount;
    for (const [a, b] of PARTS) {
      const [x, y, z] = [0, 1, 2].map((axis) => (points[3 * a + axis] + points[3 * b + axis]) / 2);
      if (count >= MOST_DISCS || Number.isNaN(x + y + z)) continue;
      const height = Math.max(0, y);
      this.#disc.array.set(
        [x, z, DISC_M + WIDER * DISC_M * height, STRENGTH / (1 + FAINTER * height) ** 2],
        4 * count);
      count += 1;
    }
    this.#discs.geometry.instanceCount = count;
    this.#disc.needsUpdate = true;
  }

  dispose() {
    for (const mesh of [this.#ground, this.#discs]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
  }
}
