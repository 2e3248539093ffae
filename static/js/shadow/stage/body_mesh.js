/** A body in the scene: opaque, or a ghost of which only the nearest surface shows. */

import {
  BufferAttribute, BufferGeometry, CustomBlending, DynamicDrawUsage, Group, Mesh, OneFactor,
  OneMinusSrcAlphaFactor, ShaderMaterial, Vector3,
} from "three";

import { BODY_FRAGMENT, BODY_VERTEX } from "./solid_shaders.js";
import { styleOf } from "./strokes.js";

const GHOST_OPACITY = 0.6;
const STRIPE_PX = 9;
const YELLOW = styleOf(0.5);
const RED = styleOf(0);

export class BodyMesh {
  /** Metres, x right, y up, z towards the camera; its own floor is at y = 0. */
  group = new Group();
  #inner = new Group();
  #shape = null;
  #mesh = null;
  #veil = null;
  #material;
  #plain;
  #ghost;
  #order;

  /**
   * @param {{tint: number[], edge: number[], order: number, ghost?: boolean}} look colours 0..1;
   *   painter's order, of which a ghost takes two
   */
  constructor({ tint, edge, order, ghost = false }) {
    this.#plain = tint;
    this.#ghost = ghost;
    this.#material = new ShaderMaterial({
      vertexShader: BODY_VERTEX,
      fragmentShader: BODY_FRAGMENT,
      uniforms: {
        edge: { value: new Vector3(...edge) },
        opacity: { value: ghost ? GHOST_OPACITY : 1 },
        stripe: { value: STRIPE_PX },
      },
      transparent: ghost,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    });
    this.#order = order;
    // World landmarks have y down and z away: half a turn about x is what a scene has.
    this.#inner.rotation.x = Math.PI;
    this.group.add(this.#inner);
  }

  /** Whether the ghost shows through what stands before it. */
  set through(through) {
    if (!this.#veil) return;
    this.#veil.onBeforeRender = through ? (renderer) => renderer.clearDepth() : () => {};
  }

  /** @param {{positions: Float32Array, normals: Float32Array, faces: Uint16Array|Uint32Array,
   *   bones?: Int8Array}} shape whose arrays it draws from now on */
  wear(shape) {
    if (shape === this.#shape) return;
    this.#takeOff();
    this.#shape = shape;
    const geometry = new BufferGeometry();
    const dynamic = (array, size) => new BufferAttribute(array, size).setUsage(DynamicDrawUsage);
    const count = shape.positions.length / 3;
    geometry.setAttribute("position", dynamic(shape.positions, 3));
    geometry.setAttribute("normal", dynamic(shape.normals, 3));
    geometry.setAttribute("tint", dynamic(new Float32Array(3 * count), 3));
    geometry.setAttribute("fault", dynamic(new Float32Array(count), 1));
    geometry.setIndex(new BufferAttribute(shape.faces, 1));
    if (this.#ghost) {
      // Lays down depth alone, so that the inside and the overlaps of parts stay unseen.
      const veil = this.#material.clone();
      veil.colorWrite = false;
      this.#veil = new Mesh(geometry, veil);
      this.#veil.renderOrder = this.#order;
      this.#veil.frustumCulled = false;
      this.#inner.add(this.#veil);
    }
    this.#mesh = new Mesh(geometry, this.#material);
    this.#mesh.renderOrder = this.#order + (this.#ghost ? 1 : 0);
    this.#mesh.frustumCulled = false;
    this.#inner.add(this.#mesh);
    this.colour(null);
  }

  /** @param {Float64Array|null} marks 13 of the client's bones, see `Stage.setMarks` */
  colour(marks) {
    const { tint, fault } = this.#mesh.geometry.attributes;
    const { bones } = this.#shape;
    for (let vertex = 0; vertex < fault.count; vertex += 1) {
      const bone = bones ? bones[vertex] : -1;
      const style = marks && bone >= 0 ? styleOf(marks[bone]) : null;
      tint.array.set(style ? style.colour : this.#plain, 3 * vertex);
      fault.array[vertex] = style === RED ? 1 : style === YELLOW ? 0.45 : 0;
    }
    tint.needsUpdate = true;
    fault.needsUpdate = true;
  }

  /**
   * The shape's arrays are new: stand it on the floor.
   * @param {number} scale @param {number} x where, metres
   * @returns {number} how high its origin is, metres
   */
  stand(scale, x) {
    const { position, normal } = this.#mesh.geometry.attributes;
    position.needsUpdate = true;
    normal.needsUpdate = true;
    let lowest = 0;
    const { array } = position;
    for (let i = 1; i < array.length; i += 3) if (array[i] > lowest) lowest = array[i];
    this.#inner.position.y = lowest;
    this.group.scale.setScalar(scale);
    this.group.position.x = x;
    return scale * lowest;
  }

  #takeOff() {
    for (const mesh of [this.#mesh, this.#veil]) mesh?.removeFromParent();
    this.#mesh?.geometry.dispose();
    this.#veil?.material.dispose();
    this.#mesh = null;
    this.#veil = null;
  }

  dispose() {
    this.#takeOff();
    this.#material.dispose();
  }
}
