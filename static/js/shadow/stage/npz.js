/**
 * Reads NumPy archives (`trainer_poses.npz`, see docs/formats.md): a zip, stored or deflated, of
 * arrays. Pure but for `DecompressionStream`, which browsers and Node both have.
 */

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65535;
const STORED = 0;
const DEFLATED = 8;
/** ZIP64 says this where its own, longer number is meant: nobody's mesh is that large. */
const ELSEWHERE = 0xffffffff;

const READERS = {
  "|u1": Uint8Array, "|i1": Int8Array, "<u2": Uint16Array, "<i2": Int16Array, "<u4": Uint32Array,
  "<i4": Int32Array, "<i8": BigInt64Array, "<f4": Float32Array, "<f8": Float64Array,
  // Kept as bits: see `halves`.
  "<f2": Uint16Array,
};

/**
 * @typedef {object} NumpyArray
 * @property {number[]} shape
 * @property {boolean} fortran whether the first axis runs fastest
 * @property {string} type as NumPy names it: "<f2"
 * @property {ArrayLike<number>} data in the order stored; float16 as its 16 bits
 */

/**
 * @param {ArrayBuffer} buffer the file
 * @param {{largest?: number, only?: string[]}} [limits] most bytes an array may have; which to read
 * @returns {Promise<Record<string, NumpyArray>>}
 * @throws {Error} where it is no such archive, or too large
 */
export async function readNpz(buffer, { largest = Infinity, only } = {}) {
  const view = new DataView(buffer);
  const arrays = {};
  for (const entry of entries(view)) {
    const name = entry.name.replace(/\.npy$/, "");
    if (only && !only.includes(name)) continue;
    if (entry.size > largest) throw new Error(`${entry.name} has ${entry.size} bytes: too many`);
    const local = entry.offset;
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = new Uint8Array(buffer, start, entry.packedSize);
    arrays[name] = arrayOf(await inflated(packed, entry));
  }
  return arrays;
}

/** What the archive's directory, at its end, lists. */
function entries(view) {
  let end = view.byteLength - END_BYTES;
  const first = Math.max(0, end - LONGEST_COMMENT);
  while (end >= first && view.getUint32(end, true) !== END) end -= 1;
  if (end < first) throw new Error("this is no NumPy archive: it has no directory");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const found = [];
  for (let i = 0; i < count; i += 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error("the archive's directory is damaged");
    const nameLength = view.getUint16(at + 28, true);
    const entry = {
      method: view.getUint16(at + 10, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
      name: ascii(view, at + 46, nameLength),
    };
    if ([entry.packedSize, entry.size, entry.offset].includes(ELSEWHERE)) {
      throw new Error(`${entry.name} is larger than is read here`);
    }
    found.push(entry);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
}

async function inflated(packed, { method, name, size }) {
  if (method === STORED) return packed.slice().buffer;
  if (method !== DEFLATED) throw new Error(`${name} is packed by method ${method}`);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = await new Response(stream).arrayBuffer();
  if (bytes.byteLength !== size) throw new Error(`${name} unpacks to ${bytes.byteLength} bytes`);
  return bytes;
}

/** Reads one .npy: magic, version, header (a Python dict), data. */
function arrayOf(bytes) {
  const view = new DataView(bytes);
  if (bytes.byteLength < 12 || ascii(view, 1, 5) !== "NUMPY") {
    throw new Error("an entry is no NumPy array");
  }
  const long = view.getUint8(6) > 1;
  const headerAt = long ? 12 : 10;
  const headerLength = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const header = ascii(view, headerAt, headerLength);
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const fortran = /'fortran_order':\s*True/.test(header);
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",").map((part) => part.trim()).filter(Boolean).map(Number);
  const Reader = READERS[type];
  if (!Reader) throw new Error(`arrays of ${type} can't be read`);
  const count = shape.reduce((product, length) => product * length, 1);
  const start = headerAt + headerLength;
  if (bytes.byteLength !== start + count * Reader.BYTES_PER_ELEMENT) {
    throw new Error(`an array of shape (${shape}) has ${bytes.byteLength - start} bytes`);
  }
  const plain = new Reader(bytes.slice(start));
  const data = Reader === BigInt64Array ? Float64Array.from(plain, Number) : plain;
  return { shape, fortran, type, data };
}

const ascii = (view, start, length) =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + start, length));

let table = null;

/** @returns {Float32Array} 65536 numbers: what each pattern of a float16 is worth */
export function halves() {
  if (table) return table;
  table = Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return table;
}
