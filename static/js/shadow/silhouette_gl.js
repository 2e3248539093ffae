/**
 * The person in the accent's green, cut out on the GPU: the mask never leaves it.
 *
 * Draws in the very WebGL context that the pose task works in, for only there its mask is a texture.
 * The task keeps its own idea of that context's state, so everything that is touched is put back.
 */

import { DARK, EDGE_FROM, EDGE_TO, LIGHT, OPACITY } from "./silhouette.js";

const VERTEX = `#version 300 es
out vec2 uv;
void main() {
  // One triangle that covers everything, out of the vertex's number; the pictures' first row is
  // their top.
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  uv = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

const colour = (rgb) => `vec3(${rgb.map((value) => (value / 255).toFixed(4)).join(", ")})`;

// Masks are not always filterable (floats): read texel by texel, softened by a small Gaussian.
const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform sampler2D mask;
in vec2 uv;
out vec4 result;
float sure(ivec2 at, ivec2 size) {
  return texelFetch(mask, clamp(at, ivec2(0), size - 1), 0).r;
}
void main() {
  ivec2 size = textureSize(mask, 0);
  ivec2 at = ivec2(uv * vec2(size));
  float sum = 4.0 * sure(at, size);
  for (int i = -1; i <= 1; i += 2) {
    sum += 2.0 * (sure(at + ivec2(i, 0), size) + sure(at + ivec2(0, i), size));
    sum += sure(at + ivec2(i, i), size) + sure(at + ivec2(i, -i), size);
  }
  float alpha = ${OPACITY.toFixed(2)}
    * smoothstep(${EDGE_FROM.toFixed(2)}, ${EDGE_TO.toFixed(2)}, sum / 16.0);
  float luma = dot(texture(picture, uv).rgb, vec3(0.2126, 0.7152, 0.0722));
  result = vec4(mix(${colour(DARK)}, ${colour(LIGHT)}, luma) * alpha, alpha);
}`;

function compile(gl) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);  // when the program goes
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`the silhouette's shader: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}

/** A canvas for the task whose pictures can be handed out: with alpha, premultiplied. */
export function taskCanvas() {
  const canvas = new OffscreenCanvas(1, 1);
  // The first to ask for a context sets its attributes; the task gets this one.
  canvas.getContext("webgl2", {
    alpha: true, premultipliedAlpha: true, antialias: false, depth: false, stencil: false,
  });
  return canvas;
}

export class SilhouetteGl {
  #canvas;
  #gl;
  #program;
  #vertices;
  #picture;
  #nearest;

  /** @param {OffscreenCanvas} canvas of the task, from taskCanvas() */
  constructor(canvas) {
    this.#canvas = canvas;
    const gl = canvas.getContext("webgl2");
    this.#gl = gl;
    this.#keeping(() => {
      this.#program = compile(gl);
      this.#vertices = gl.createVertexArray();
      this.#nearest = gl.createSampler();
      gl.samplerParameteri(this.#nearest, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.samplerParameteri(this.#nearest, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      this.#picture = gl.createTexture();
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, this.#picture);
      for (const [name, value] of [
        [gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR],
        [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
      ]) gl.texParameteri(gl.TEXTURE_2D, name, value);
      gl.useProgram(this.#program);
      gl.uniform1i(gl.getUniformLocation(this.#program, "picture"), 0);
      gl.uniform1i(gl.getUniformLocation(this.#program, "mask"), 1);
    });
  }

  /**
   * @param {OffscreenCanvas} picture the frame
   * @param {import("@mediapipe/tasks-vision").MPMask} mask of this very frame, still open
   * @returns {ImageBitmap} as large as the frame, premultiplied; the receiver closes it
   */
  paint(picture, mask) {
    const gl = this.#gl;
    const canvas = this.#canvas;
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      canvas.width = picture.width;
      canvas.height = picture.height;
    }
    this.#keeping(() => {
      const texture = mask.getAsWebGLTexture();
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.bindSampler(1, this.#nearest);
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, this.#picture);
      gl.bindSampler(0, null);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
      for (const test of [gl.BLEND, gl.CULL_FACE, gl.DEPTH_TEST, gl.SCISSOR_TEST, gl.STENCIL_TEST]) {
        gl.disable(test);
      }
      gl.colorMask(true, true, true, true);
      gl.bindVertexArray(this.#vertices);
      gl.useProgram(this.#program);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    });
    return canvas.transferToImageBitmap();
  }

  dispose() {
    const gl = this.#gl;
    gl.deleteProgram(this.#program);
    gl.deleteVertexArray(this.#vertices);
    gl.deleteTexture(this.#picture);
    gl.deleteSampler(this.#nearest);
  }

  /** Do something and leave the context's state as it was. */
  #keeping(work) {
    const gl = this.#gl;
    const tests = [gl.BLEND, gl.CULL_FACE, gl.DEPTH_TEST, gl.SCISSOR_TEST, gl.STENCIL_TEST]
      .map((test) => [test, gl.isEnabled(test)]);
    const program = gl.getParameter(gl.CURRENT_PROGRAM);
    const vertices = gl.getParameter(gl.VERTEX_ARRAY_BINDING);
    const drawTarget = gl.getParameter(gl.DRAW_FRAMEBUFFER_BINDING);
    const readTarget = gl.getParameter(gl.READ_FRAMEBUFFER_BINDING);
    const viewport = gl.getParameter(gl.VIEWPORT);
    const colours = gl.getParameter(gl.COLOR_WRITEMASK);
    const flip = gl.getParameter(gl.UNPACK_FLIP_Y_WEBGL);
    const premultiply = gl.getParameter(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL);
    const unit = gl.getParameter(gl.ACTIVE_TEXTURE);
    const units = [gl.TEXTURE0, gl.TEXTURE1].map((one) => {
      gl.activeTexture(one);
      return [one, gl.getParameter(gl.TEXTURE_BINDING_2D), gl.getParameter(gl.SAMPLER_BINDING)];
    });
    try {
      work();
    } finally {
      for (const [one, texture, sampler] of units) {
        gl.activeTexture(one);
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.bindSampler(one - gl.TEXTURE0, sampler);
      }
      gl.activeTexture(unit);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, flip);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, premultiply);
      gl.colorMask(...colours);
      gl.viewport(...viewport);
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, drawTarget);
      gl.bindFramebuffer(gl.READ_FRAMEBUFFER, readTarget);
      gl.bindVertexArray(vertices);
      gl.useProgram(program);
      for (const [test, on] of tests) gl[on ? "enable" : "disable"](test);
    }
  }
}
