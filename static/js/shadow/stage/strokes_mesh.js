/** Draws strokes: one call a skeleton, without multisampling, smooth at any size. */

import {
  CustomBlending, DoubleSide, DynamicDrawUsage, InstancedBufferAttribute, InstancedBufferGeometry,
  Float32BufferAttribute, Mesh, OneFactor, OneMinusSrcAlphaFactor, ShaderMaterial, Vector2,
} from "three";

import { STROKE_FRAGMENT, STROKE_VERTEX } from "./shaders.js";
import { Strokes } from "./strokes.js";

/** How premultiplied colour is laid over what is there, without depth. */
export const overlaid = Object.freeze({
  transparent: true,
  depthTest: false,
  depthWrite: false,
  side: DoubleSide,
  blending: CustomBlending,
  blendSrc: OneFactor,
  blendDst: OneMinusSrcAlphaFactor,
  // A mirrored picture needs no second drawing of its back.
  forceSinglePass: true,
});

export class StrokesMesh {
  mesh;
  strokes = new Strokes();
  #attributes;

  /** @param {number} order painter's */
  constructor(order) {
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute("position",
      new Float32BufferAttribute([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0], 3));
    geometry.setIndex([0, 1, 2, 0, 2, 3]);
    const { ends, shapes, colours } = this.strokes;
    this.#attributes = [[ends, 4, "ends"], [shapes, 3, "shape"], [colours, 4, "colour"]]
      .map(([array, size, name]) => {
        const attribute = new InstancedBufferAttribute(array, size).setUsage(DynamicDrawUsage);
        geometry.setAttribute(name, attribute);
        return attribute;
      });
    geometry.instanceCount = 0;
    this.mesh = new Mesh(geometry, new ShaderMaterial({
      ...overlaid, vertexShader: STROKE_VERTEX, fragmentShader: STROKE_FRAGMENT,
      uniforms: { rim: { value: 1.5 }, size: { value: new Vector2(1, 1) } },
    }));
    this.mesh.renderOrder = order;
    this.mesh.frustumCulled = false;
  }

  /** @param {number} pixels the rim's width */
  set rim(pixels) {
    this.mesh.material.uniforms.rim.value = pixels;
  }

  /** @param {{width: number, height: number}} size the stage's, in the pixels of the strokes */
  set size({ width, height }) {
    this.mesh.material.uniforms.size.value.set(width, height);
  }

  clear() {
    this.strokes.clear();
    this.mesh.visible = false;
  }

  /** The strokes were filled anew: show them. */
  refresh() {
    this.mesh.geometry.instanceCount = this.strokes.count;
    this.mesh.visible = this.strokes.count > 0;
    for (const attribute of this.#attributes) attribute.needsUpdate = true;
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
