/**
 * The stage as a picture: the trainer's video, the client's silhouette, shadows on the floor and
 * both skeletons, laid over one another in pixels.
 */

import {
  BufferGeometry, Float32BufferAttribute, LinearFilter, Mesh, NoColorSpace, OrthographicCamera,
  Scene, ShaderMaterial, Texture,
} from "three";

import {
  FRAME_FRAGMENT, PICTURE_FRAGMENT, QUAD_VERTEX, SHADOW_FRAGMENT, SILHOUETTE_FRAGMENT, STACKED_FRAGMENT,
} from "./shaders.js";
import { Shrunk } from "./shrunk.js";
import { StrokesMesh, overlaid } from "./strokes_mesh.js";

/** Painter's order. */
const SHADOWS = 0;
const VIDEO = 1;
const SILHOUETTE = 2;
const TRAINER_STROKES = 3;
const CLIENT_STROKES = 4;

const SHADOW_STRENGTH = 0.55;
/** Above this scale a smaller copy of the video saves nothing. */
const WORTH_SHRINKING = 0.85;

function unitSquare() {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position",
    new Float32BufferAttribute([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0], 3));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  return geometry;
}

/** A texture as the source gives it: top left first, no mipmaps, no colour management. */
function pictureTexture(source, premultiplyAlpha) {
  const texture = new Texture(source);
  texture.flipY = false;
  texture.generateMipmaps = false;
  texture.minFilter = LinearFilter;
  texture.magFilter = LinearFilter;
  texture.colorSpace = NoColorSpace;
  texture.premultiplyAlpha = premultiplyAlpha;
  texture.needsUpdate = true;
  return texture;
}

/** A picture on a rectangle, whose texture is made anew only where the source changes its size. */
class Picture {
  mesh;
  #texture = null;
  #size = "";

  constructor(geometry, fragmentShader, order, defines = {}) {
    const material = new ShaderMaterial({
      ...overlaid, defines, vertexShader: QUAD_VERTEX, fragmentShader,
      uniforms: { map: { value: null } },
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.renderOrder = order;
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  /**
   * @param {HTMLVideoElement|OffscreenCanvas|ImageBitmap} source
   * @param {number} width of it, pixels @param {number} height
   * @param {boolean} premultiply whether the source has straight alpha
   */
  take(source, width, height, premultiply) {
    const size = `${width}x${height}`;
    if (size !== this.#size) this.release();
    if (!this.#texture) {
      this.#texture = pictureTexture(source, premultiply);
      this.#size = size;
    } else {
      this.#texture.image = source;
      this.#texture.needsUpdate = true;
    }
    this.mesh.material.uniforms.map.value = this.#texture;
  }

  get ready() { return this.#texture !== null; }

  /** @param {import("../fit.js").Placement} placement @param {number} width of the picture */
  lay({ x0, y0, scale, flip }, width, height) {
    this.mesh.position.set(x0, y0, 0);
    this.mesh.scale.set(flip * scale * width, scale * height, 1);
    this.mesh.visible = this.ready;
  }

  release() {
    this.#texture?.dispose();
    this.#texture = null;
    this.#size = "";
    this.mesh.material.uniforms.map.value = null;
    this.mesh.visible = false;
  }

  dispose() {
    this.release();
    this.mesh.material.dispose();
  }
}

export class FlatView {
  scene = new Scene();
  camera = new OrthographicCamera(0, 1, 0, 1, -1, 1);
  /** Fill and lay these, then `refresh()` them. */
  trainerStrokes = new StrokesMesh(TRAINER_STROKES);
  clientStrokes = new StrokesMesh(CLIENT_STROKES);
  #square = unitSquare();
  #video;
  #stacked;
  #silhouette;
  #shadows;
  #frame;
  #shrunk;
  /** What is on show of the video, where that is a copy. */
  #copy = null;

  /** @param {{slow: boolean}} how slow: drawn by the processor, to which every pixel counts */
  constructor({ slow }) {
    this.#shrunk = slow ? new Shrunk() : null;
    this.#video = new Picture(this.#square, PICTURE_FRAGMENT, VIDEO);
    this.#stacked = new Picture(this.#square, STACKED_FRAGMENT, VIDEO);
    this.#silhouette = new Picture(this.#square, SILHOUETTE_FRAGMENT, SILHOUETTE,
      slow ? {} : { SOFT: "" });
    this.#shadows = [0, 1].map(() => {
      const mesh = new Mesh(this.#square, new ShaderMaterial({
        ...overlaid, vertexShader: QUAD_VERTEX, fragmentShader: SHADOW_FRAGMENT,
        uniforms: { strength: { value: SHADOW_STRENGTH } },
      }));
      mesh.renderOrder = SHADOWS;
      mesh.frustumCulled = false;
      return mesh;
    });
    this.#frame = new Mesh(this.#square, new ShaderMaterial({
      ...overlaid, vertexShader: QUAD_VERTEX, fragmentShader: FRAME_FRAGMENT,
      uniforms: { size: { value: [1, 1] } },
    }));
    this.#frame.renderOrder = SHADOWS;
    this.#frame.frustumCulled = false;
    this.scene.add(this.#frame, ...this.#shadows, this.#video.mesh, this.#stacked.mesh, this.#silhouette.mesh,
      this.trainerStrokes.mesh, this.clientStrokes.mesh);
  }

  /** @param {number} width pixels @param {number} height */
  resize(width, height) {
    this.camera.right = width;
    this.camera.bottom = height;
    this.camera.updateProjectionMatrix();
    this.trainerStrokes.size = this.clientStrokes.size = { width, height };
  }

  /** Show nothing; what is to be seen is laid afterwards. */
  begin() {
    for (const picture of [this.#video, this.#stacked, this.#silhouette]) {
      picture.mesh.visible = false;
    }
    for (const shadow of this.#shadows) shadow.visible = false;
    this.#frame.visible = false;
    this.trainerStrokes.clear();
    this.clientStrokes.clear();
  }

  /** Another trainer comes: their picture must not be seen with the last one's. */
  forgetVideo() {
    this.#dropCopy();
    this.#video.release();
    this.#stacked.release();
  }

  /**
   * The video's present frame: straight alpha, or colour over matte.
   * @param {HTMLVideoElement} video @param {boolean} stacked
   * @param {number} scale at which it will be seen
   */
  takeVideo(video, stacked, scale) {
    this.#dropCopy();
    const [picture, other] = stacked ? [this.#stacked, this.#video] : [this.#video, this.#stacked];
    other.release();
    const { videoWidth: width, videoHeight: height } = video;
    if (this.#shrunk && !stacked && scale < WORTH_SHRINKING) {
      const small = this.#shrunk.of(video, Math.ceil(width * scale), Math.ceil(height * scale));
      picture.take(small, small.width, small.height, true);
      return;
    }
    // Three asks elements for these, and a video has none of its own.
    if (video.width !== width || video.height !== height) Object.assign(video, { width, height });
    picture.take(video, width, height, !stacked);
  }

  /**
   * Make a copy of the video's present frame, where that is worth while and there is a way to do it
   * without holding the page up.
   * @param {(copy: ImageBitmap) => void} onready gets it, for takeCopy()
   * @returns {boolean} whether one is being made; if not, takeVideo() does it
   */
  copyVideo(video, stacked, scale, onready) {
    if (!this.#shrunk || stacked || !(scale < WORTH_SHRINKING)) return false;
    const { videoWidth: width, videoHeight: height } = video;
    return this.#shrunk.later(video, Math.ceil(width * scale), Math.ceil(height * scale), onready);
  }

  /** @param {ImageBitmap} copy ours from now on */
  takeCopy(copy) {
    const before = this.#copy;
    this.#copy = copy;
    this.#stacked.release();
    this.#video.take(copy, copy.width, copy.height, false);
    // Not earlier: a lost context takes its textures from here.
    before?.close();
  }

  #dropCopy() {
    this.#shrunk?.forget();
    this.#copy?.close();
    this.#copy = null;
  }

  /** @param {import("../fit.js").Placement} placement @param {number} width of the clip, pixels */
  layVideo(placement, width, height) {
    const picture = this.#stacked.ready ? this.#stacked : this.#video;
    picture.lay(placement, width, height);
  }

  /** @param {ImageBitmap|null} bitmap premultiplied, as bitmaps are */
  takeSilhouette(bitmap) {
    if (bitmap) this.#silhouette.take(bitmap, bitmap.width, bitmap.height, false);
    else this.#silhouette.release();
  }

  /** @param {import("../fit.js").Placement} placement @param {number} width of the camera's picture */
  laySilhouette(placement, width, height) {
    this.#silhouette.lay(placement, width, height);
  }

  /**
   * @param {0|1} which @param {number} x middle, pixels @param {number} y
   * @param {number} radius
   */
  layShadow(which, x, y, radius) {
    const shadow = this.#shadows[which];
    const height = 0.3 * radius;
    shadow.position.set(x - radius, y - height / 2, 0);
    shadow.scale.set(2 * radius, height, 1);
    shadow.visible = true;
  }

  /**
   * What the camera sees ends here.
   * @param {import("../fit.js").Placement} placement @param {number} width of its picture
   */
  layFrame({ x0, y0, scale, flip }, width, height) {
    this.#frame.position.set(flip < 0 ? x0 - scale * width : x0, y0, 0);
    this.#frame.scale.set(scale * width, scale * height, 1);
    this.#frame.material.uniforms.size.value = [scale * width, scale * height];
    this.#frame.visible = true;
  }

  dispose() {
    for (const picture of [this.#video, this.#stacked, this.#silhouette]) picture.dispose();
    this.#dropCopy();
    this.#shrunk?.dispose();
    this.#frame.material.dispose();
    for (const shadow of this.#shadows) shadow.material.dispose();
    this.trainerStrokes.dispose();
    this.clientStrokes.dispose();
    this.#square.dispose();
  }
}
