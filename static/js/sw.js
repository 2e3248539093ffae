/**
 * The service worker: an assigned workout that was opened once runs without network.
 *
 * Scripts, styles, models: from the cache, in the version the server named when it made this worker.
 * Pages: from the network, and from the cache where there is none. The trainer's films and poses:
 * from the cache, in parts where a player asks for parts. Pages and films are of one person: they
 * lie in a cache of that person, which goes when they log out or somebody else logs in. Everything
 * else, the API above all, passes by untouched.
 *
 * The server puts `const BUILD = {version, shell, heavy, offline, logout, userHeader, buildHeader}`
 * before this file.
 */

/* global BUILD */

const STATIC = `static-${BUILD.version}`;
const PRIVATE = "private-";
/** Whose private cache may be read. */
const PEOPLE = "people";
const CURRENT = "/current";
const HASHES = "/hashes";
const KEPT = "/kept";
/** A network that does not answer by then is as good as none, where there is a copy. */
const PATIENCE_MS = 6000;

const PAGES = [
  /^\/$/, /^\/homework\/\d+\/$/, /^\/homework\/\d+\/shadow\/$/, /^\/results\/[0-9a-f-]+\/$/,
];
const FILES = { ...BUILD.shell, ...BUILD.heavy };

/** The page on show was made by a newer server than this worker: its scripts are newer as well. */
let outdated = false;

// --- Whose device it is at present -----------------------------------------------------------

async function currentUser() {
  const found = await (await caches.open(PEOPLE)).match(CURRENT);
  return found ? found.text() : "";
}

async function privateCache() {
  const user = await currentUser();
  return user ? caches.open(PRIVATE + user) : null;
}

async function forget(keep) {
  const names = await caches.keys();
  await Promise.all(names
    .filter((name) => name.startsWith(PRIVATE) && name !== keep)
    .map((name) => caches.delete(name)));
}

async function logOut() {
  await caches.delete(PEOPLE);
  await forget(null);
}

/** Nobody logged in leaves things as they are: a login that ran out is no farewell. */
async function heedUser(user) {
  if (!user || user === await currentUser()) return;
  await forget(PRIVATE + user);
  await (await caches.open(PEOPLE)).put(CURRENT, new Response(user));
}

// --- Scripts, styles, models -----------------------------------------------------------------

async function install() {
  const cache = await caches.open(STATIC);
  const older = await Promise.all((await caches.keys())
    .filter((name) => name.startsWith("static-") && name !== STATIC)
    .map(async (name) => {
      const old = await caches.open(name);
      const hashes = await old.match(HASHES);
      return { old, hashes: hashes ? await hashes.json() : {} };
    }));
  const unchanged = async (url) => {
    for (const { old, hashes } of older) {
      if (hashes[url] === FILES[url]) {
        const found = await old.match(url);
        if (found) return found;
      }
    }
    return null;
  };
  await Promise.all(Object.keys(FILES).map(async (url) => {
    if (await cache.match(url)) return;
    const found = await unchanged(url);
    if (found) await cache.put(url, found);
    else if (url in BUILD.shell) await fetchInto(cache, url);
  }));
  await fetchInto(cache, BUILD.offline);
  await cache.put(HASHES, new Response(JSON.stringify(FILES)));
}

async function fetchInto(cache, url) {
  const response = await fetch(url, { cache: "no-cache", credentials: "same-origin" });
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  await cache.put(url, response);
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names
    .filter((name) => name.startsWith("static-") && name !== STATIC)
    .map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function staticFile(event, path) {
  const cache = await caches.open(STATIC);
  const kept = await cache.match(path);
  if (kept && !outdated) return part(event.request, kept);
  try {
    const response = await fetch(event.request, outdated ? { cache: "no-cache" } : {});
    if (!outdated && response.status === 200) {
      const copy = response.clone();
      event.waitUntil(cache.put(path, copy).catch(() => {}));
    }
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

// --- Pages -------------------------------------------------------------------------------------

const isPage = (path) => PAGES.some((pattern) => pattern.test(path));

async function keptPage(path) {
  return (await privateCache())?.match(path);
}

async function heedPage(path, response) {
  if (response.type !== "basic") return;
  const build = response.headers.get(BUILD.buildHeader);
  if (build) {
    outdated = build !== BUILD.version;
    if (outdated) self.registration.update().catch(() => {});
  }
  const user = response.headers.get(BUILD.userHeader);
  await heedUser(user);
  if (!isPage(path)) return;
  const cache = await privateCache();
  if (response.status === 200 && user && !response.redirected) await cache.put(path, response);
  else if ([403, 404, 410].includes(response.status)) await cache?.delete(path);
}

/** Answers by the network, unless that takes so long that a copy is better. */
function patiently(answer, copy) {
  return new Promise((resolve, reject) => {
    answer.then(resolve, reject);
    setTimeout(async () => {
      const kept = await copy();
      if (kept) resolve(kept);
    }, PATIENCE_MS);
  });
}

async function page(event, path) {
  const answer = fetch(event.request).then(async (response) => {
    await heedPage(path, response.clone());
    return response;
  });
  event.waitUntil(answer.catch(() => {}));
  try {
    const response = await patiently(answer, () => keptPage(path));
    // The server is being restarted behind its proxy.
    if ([502, 503, 504].includes(response.status)) return await keptPage(path) ?? response;
    return response;
  } catch {
    return await keptPage(path)
      ?? await (await caches.open(STATIC)).match(BUILD.offline)
      ?? Response.error();
  }
}

// --- Films and poses -------------------------------------------------------------------------

/** The address names the run that made the file: it always means the same bytes. */
const isMedia = (url) => url.pathname.startsWith("/media/clips/") && url.searchParams.has("run");

/** Answer with the part that was asked for, as a server would. */
async function part(request, whole) {
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  if (!range || (!range[1] && !range[2])) return whole;
  const blob = await whole.blob();
  const { size } = blob;
  const start = range[1] ? Number(range[1]) : Math.max(0, size - Number(range[2]));
  const stop = range[1] && range[2] ? Math.min(size, Number(range[2]) + 1) : size;
  const headers = new Headers(whole.headers);
  if (start >= size || start >= stop) {
    headers.set("Content-Range", `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${start}-${stop - 1}/${size}`);
  headers.set("Content-Length", String(stop - start));
  return new Response(blob.slice(start, stop, blob.type), { status: 206, headers });
}

async function media(event) {
  const { request } = event;
  const cache = await privateCache();
  const kept = await cache?.match(request.url);
  if (kept) return part(request, kept);
  const response = await fetch(request);
  // A whole file that the workout has asked for, such as a body for the view in 3D.
  if (cache && response.status === 200) {
    const copy = response.clone();
    event.waitUntil(cache.put(request.url, copy).catch(() => {}));
  }
  return response;
}

// --- What an opened workout asks to keep -----------------------------------------------------

/**
 * @param {{pages: string[], user: string, media: string[], more: string[], heavy: string[]}} wanted
 *   `pages`: the workout's own, then those that lead to it; `media` is fetched; of `more`, what
 *   the workout loads by itself is not thrown away
 * @returns {Promise<boolean>} whether all of it is kept
 */
async function keep({ pages, user, media: addresses, more, heavy }) {
  await heedUser(user);
  const cache = await privateCache();
  if (!cache) return false;
  await cache.put(`${KEPT}${pages[0]}`, new Response(JSON.stringify([...addresses, ...more])));
  await tidy(cache);
  const statics = await caches.open(STATIC);
  const jobs = [
    ...pages.map((path) => async () => {
      if (await cache.match(path)) return;
      const response = await fetch(path, { credentials: "same-origin" });
      await heedPage(path, response);
    }),
    ...heavy.filter((url) => url in BUILD.heavy).map((url) => async () => {
      if (!await statics.match(url)) await fetchInto(statics, url);
    }),
    ...addresses.map((url) => async () => {
      if (await cache.match(url)) return;
      const response = await fetch(url, { credentials: "same-origin" });
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
      await cache.put(url, response);
    }),
  ];
  let all = true;
  // One after the other: the workout itself may be loading.
  for (const job of jobs) await job().catch(() => { all = false; });
  return all && Boolean(await cache.match(pages[0]));
}

/** Films that no kept workout plays any more are deleted. */
async function tidy(cache) {
  const requests = await cache.keys();
  const lists = requests.filter(({ url }) => new URL(url).pathname.startsWith(KEPT));
  const wanted = new Set();
  for (const list of lists) {
    const response = await cache.match(list);
    for (const url of await response.json()) wanted.add(new URL(url, self.location.href).href);
  }
  await Promise.all(requests
    .filter(({ url }) => isMedia(new URL(url)) && !wanted.has(url))
    .map((request) => cache.delete(request)));
}

// --- What the browser asks --------------------------------------------------------------------

self.addEventListener("install", (event) => {
  event.waitUntil(install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

self.addEventListener("message", (event) => {
  if (event.data.kind !== "keep") return;
  event.waitUntil(keep(event.data)
    .catch(() => false)
    .then((kept) => event.ports[0]?.postMessage({ kept })));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === BUILD.logout) event.waitUntil(logOut());
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (!/^\/(studio|api|media)\//.test(url.pathname)) event.respondWith(page(event, url.pathname));
  } else if (url.pathname in FILES) {
    event.respondWith(staticFile(event, url.pathname));
  } else if (isMedia(url)) {
    event.respondWith(media(event));
  }
});
