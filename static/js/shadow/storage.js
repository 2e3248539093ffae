/**
 * Where the outbox keeps what is not yet acknowledged: IndexedDB, and memory for what it can't take.
 *
 * A store is a name, a key is an array of strings and numbers, a value is anything that can be
 * cloned. A write is a list of operations of which all or none happen.
 *
 * @typedef {(string|number)[]} Key
 * @typedef {object} Operation
 * @property {string} store
 * @property {Key} [key] of the entry to put, or to delete where there is no value
 * @property {unknown} [value]
 * @property {Key} [under] delete every entry whose key begins so
 */

export const STORES = Object.freeze([
  "sessions", "rows", "chunks", "recordings", "parts", "deliveries",
]);
const VERSION = 1;

/** There is no room: the device's storage is full, or the browser grants no more. */
export class StorageFull extends Error {
  constructor(options) {
    super("the storage is full", options);
    this.name = "StorageFull";
  }
}

/** @returns {number} order of keys as IndexedDB has it: numbers before strings, short before long */
export function compareKeys(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    if (a[i] === b[i]) continue;
    if (typeof a[i] !== typeof b[i]) return typeof a[i] === "number" ? -1 : 1;
    return a[i] < b[i] ? -1 : 1;
  }
  return a.length - b.length;
}

const beginsWith = (key, prefix) => prefix.every((part, i) => key[i] === part);

/** Keeps entries for as long as the page lives. */
export class MemoryStorage {
  /** @type {Map<string, Map<string, {key: Key, value: unknown}>>} */
  #stores = new Map(STORES.map((name) => [name, new Map()]));

  /** @param {Operation[]} operations */
  async write(operations) {
    this.apply(operations);
  }

  /** @param {Operation[]} operations */
  apply(operations) {
    for (const { store, key, value, under } of operations) {
      const entries = this.#stores.get(store);
      if (under) {
        for (const [name, entry] of entries) if (beginsWith(entry.key, under)) entries.delete(name);
      } else if (value === undefined) {
        entries.delete(JSON.stringify(key));
      } else {
        entries.set(JSON.stringify(key), { key, value: structuredClone(value) });
      }
    }
  }

  async read(store, key) {
    return structuredClone(this.#stores.get(store).get(JSON.stringify(key))?.value);
  }

  /** @returns {Promise<{key: Key, value: unknown}[]>} in the order of their keys */
  async list(store, under = []) {
    return [...this.#stores.get(store).values()]
      .filter(({ key }) => beginsWith(key, under))
      .sort((a, b) => compareKeys(a.key, b.key))
      .map((entry) => structuredClone(entry));
  }

  close() {}
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Entries of one IndexedDB database. */
export class DeviceStorage {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    // A newer page wants to change the layout, or its user's data are cleared: let go.
    database.onversionchange = () => database.close();
  }

  /**
   * @param {string} name of the database
   * @returns {Promise<DeviceStorage>}
   * @throws {Error} where this browser, or this window of it, keeps nothing
   */
  static async open(name) {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    return new DeviceStorage(await done(request));
  }

  /**
   * The operations are handed over before this returns: a page that is going away may call it.
   * @param {Operation[]} operations
   * @throws {StorageFull}
   */
  async write(operations) {
    const names = [...new Set(operations.map(({ store }) => store))];
    const transaction = this.#database.transaction(names, "readwrite");
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error?.name === "QuotaExceededError"
        ? new StorageFull({ cause: transaction.error })
        : transaction.error ?? new Error("the write was aborted"));
    });
    for (const { store, key, value, under } of operations) {
      const entries = transaction.objectStore(store);
      // An array sorts after every number and string: the end of everything that begins so.
      if (under) entries.delete(IDBKeyRange.bound(under, [...under, []]));
      else if (value === undefined) entries.delete(key);
      else entries.put(value, key);
    }
    transaction.commit?.();
    await finished;
  }

  async read(store, key) {
    return done(this.#database.transaction(store).objectStore(store).get(key));
  }

  async list(store, under = []) {
    const entries = this.#database.transaction(store).objectStore(store);
    const range = IDBKeyRange.bound(under, [...under, []]);
    const [keys, values] = await Promise.all([
      done(entries.getAllKeys(range)), done(entries.getAll(range)),
    ]);
    return keys.map((key, i) => ({ key, value: values[i] }));
  }

  close() {
    this.#database.close();
  }
}

/**
 * The device's storage, with memory over it for whatever the device does not take: the workout goes
 * on and is sent while the page lives.
 */
export class LayeredStorage {
  #device;
  #memory = new MemoryStorage();
  /** @type {Map<string, Set<string>>} keys that are in memory, or deleted, over the device's */
  #over = new Map(STORES.map((name) => [name, new Set()]));
  #onfull;
  #failed = false;

  /**
   * @param {{write: Function, read: Function, list: Function, close: Function}|null} device
   * @param {() => Promise<boolean>} onfull makes room; whether it could
   */
  constructor(device, onfull = async () => false) {
    this.#device = device;
    this.#onfull = onfull;
  }

  /** Whether all that was written would outlive the page. */
  get lasting() { return this.#device !== null && !this.#failed; }

  /**
   * @param {Operation[]} operations
   * @param {{optional?: boolean}} options an optional write is given up where there is no room
   * @throws {StorageFull} an optional write only
   */
  async write(operations, { optional = false } = {}) {
    if (!this.#device) {
      this.#memory.apply(operations);
      return;
    }
    try {
      await this.#writeToDevice(operations);
    } catch (error) {
      const room = error instanceof StorageFull && !optional
        && await this.#onfull().catch(() => false);
      if (room && await this.#again(operations)) return;
      if (optional) throw error instanceof StorageFull ? error : new StorageFull({ cause: error });
      await this.#keepOver(operations);
    }
  }

  async read(store, key) {
    if (!this.#device || this.#over.get(store).has(JSON.stringify(key))) {
      return this.#memory.read(store, key);
    }
    return this.#device.read(store, key);
  }

  async list(store, under = []) {
    const over = this.#over.get(store);
    const above = await this.#memory.list(store, under);
    if (!this.#device) return above;
    let below = [];
    try {
      below = await this.#device.list(store, under);
    } catch (error) {
      if (!this.#failed) throw error;
    }
    return [...above, ...below.filter(({ key }) => !over.has(JSON.stringify(key)))]
      .sort((a, b) => compareKeys(a.key, b.key));
  }

  close() {
    this.#device?.close();
  }

  async #writeToDevice(operations) {
    await this.#device.write(operations);
    for (const { store, key, under } of operations) {
      const over = this.#over.get(store);
      if (over.size === 0) continue;
      const keys = under
        ? [...over].filter((name) => beginsWith(JSON.parse(name), under))
        : [JSON.stringify(key)];
      for (const name of keys) {
        over.delete(name);
        this.#memory.apply([{ store, key: JSON.parse(name) }]);
      }
    }
  }

  async #again(operations) {
    try {
      await this.#writeToDevice(operations);
      return true;
    } catch {
      return false;
    }
  }

  async #keepOver(operations) {
    this.#failed = true;
    for (const { store, key, under } of operations) {
      if (!under) {
        this.#over.get(store).add(JSON.stringify(key));
        continue;
      }
      for (const entry of await this.list(store, under).catch(() => [])) {
        this.#over.get(store).add(JSON.stringify(entry.key));
      }
    }
    this.#memory.apply(operations);
  }
}

/**
 * Open the storage of one person on this device.
 * @param {string} name of the database
 * @param {() => Promise<boolean>} onfull makes room; whether it could
 * @returns {Promise<LayeredStorage>}
 */
export async function openStorage(name, onfull) {
  try {
    return new LayeredStorage(await DeviceStorage.open(name), onfull);
  } catch (error) {
    // A private window, a blocked or a broken database.
    console.warn("nothing can be kept on this device", error);
    return new LayeredStorage(null, onfull);
  }
}
