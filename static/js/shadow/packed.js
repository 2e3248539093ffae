/**
 * Reads the trainer's packed poses: the twin of `processing/motion/packing.py`, which describes
 * the format. Pure but for `DecompressionStream`, which browsers and Node both have.
 */

const MAGIC = "PCP1";
/** 1 lacked `filled`; clips published then keep their files. */
const VERSIONS = [1, 2];
const LANDMARKS = 33;
const NOT_SEEN = -32768;
const CHANNELS = 2 + LANDMARKS * (3 + 2 + 1);

/**
 * @typedef {object} PackedPoses
 * @property {Float32Array} times_s seconds since the clip's first frame, n entries
 * @property {Float32Array} world metres, n × 33 × 3; origin hip centre, x right, y down
 * @property {Float32Array} image pixels of the published picture, n × 33 × 2
 * @property {Float32Array} visibility 0..1, n × 33
 * @property {Uint8Array} filled 1 where nobody saw the pose (interpolated), n entries
 * @property {number} fps average frames a second of the clip
 * @property {number} width pixels
 * @property {number} height pixels
 */

/**
 * Unpacks poses; NaN means "not seen".
 *
 * @param {ArrayBuffer} buffer the file as served
 * @returns {Promise<PackedPoses>}
 * @throws {Error} where the data are not whole or of another version
 */
export async function unpack(buffer) {
  const plain = await gunzip(buffer);
  const view = new DataView(plain);
  if (plain.byteLength < 8 || ascii(plain, 0, 4) !== MAGIC) {
    throw new Error("these are not packed poses: the magic bytes differ");
  }
  const headerLength = view.getUint32(4, true);
  if (8 + headerLength > plain.byteLength) {
    throw new Error("packed poses end within their header");
  }
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(plain, 8, headerLength)));
  if (!VERSIONS.includes(header.version) || header.landmarks !== LANDMARKS) {
    throw new Error(`packed poses of version ${header.version} can't be read`);
  }
  const count = header.count;
  const body = new Uint8Array(plain, 8 + headerLength);
  const plane = CHANNELS * count;
  if (body.length !== 2 * plane) {
    throw new Error(`packed poses hold ${body.length} bytes for ${count} frames`);
  }

  let channel = 0;
  const times = restoreTimes(body, plane, count);
  channel += 2;
  const world = restore(body, plane, count, channel, LANDMARKS * 3, header.world_scale_m);
  channel += LANDMARKS * 3;
  const image = restore(body, plane, count, channel, LANDMARKS * 2, header.image_scale_px);
  channel += LANDMARKS * 2;
  const visibility = restore(body, plane, count, channel, LANDMARKS, header.visibility_scale);
  return {
    times_s: times,
    world,
    image,
    visibility,
    filled: marks(header.filled ?? [], count),
    fps: header.fps,
    width: header.width,
    height: header.height,
  };
}

/**
 * @param {number[]} numbers @param {number} count
 * @returns {Uint8Array} 1 at each of the numbers
 */
function marks(numbers, count) {
  const marked = new Uint8Array(count);
  for (const number of numbers) {
    if (!Number.isInteger(number) || number < 0 || number >= count) {
      throw new Error(`packed poses mark poses as filled that are not among their ${count}`);
    }
    marked[number] = 1;
  }
  return marked;
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {Promise<ArrayBuffer>}
 */
function gunzip(buffer) {
  const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/** @param {ArrayBuffer} buffer @param {number} start @param {number} length */
function ascii(buffer, start, length) {
  return String.fromCharCode(...new Uint8Array(buffer, start, length));
}

/**
 * Times are whole milliseconds in two channels: the low 16 bits, then the high ones.
 *
 * @param {Uint8Array} body @param {number} plane bytes of one plane @param {number} count frames
 * @returns {Float32Array} seconds
 */
function restoreTimes(body, plane, count) {
  const seconds = new Float32Array(count);
  let low = 0;
  let high = 0;
  for (let i = 0; i < count; i += 1) {
    low = (low + body[i] + (body[plane + i] << 8)) & 0xffff;
    high = (high + body[count + i] + (body[plane + count + i] << 8)) & 0xffff;
    seconds[i] = (high * 65536 + low) / 1000;
  }
  return seconds;
}

/**
 * Undoes the differences of several channels and turns them frame-major.
 *
 * @param {Uint8Array} body both planes
 * @param {number} plane bytes of one plane
 * @param {number} count frames
 * @param {number} first first channel
 * @param {number} channels how many
 * @param {number} scale what one step is worth
 * @returns {Float32Array} count × channels
 */
function restore(body, plane, count, first, channels, scale) {
  const values = new Float32Array(count * channels);
  for (let c = 0; c < channels; c += 1) {
    let at = (first + c) * count;
    let steps = 0;
    for (let i = 0; i < count; i += 1, at += 1) {
      // << 16 >> 16 wraps to a signed 16-bit number.
      steps = ((steps + body[at] + (body[plane + at] << 8)) << 16) >> 16;
      values[i * channels + c] = steps === NOT_SEEN ? NaN : steps * scale;
    }
  }
  return values;
}
