/**
 * Shadow Mode in Chromium with a fake webcam, beside a bare page that only runs the same model.
 *
 *   node benchmarks/shadow.mjs [--json] [--minutes 10] [--seconds 20] [--turns 3]
 *                              [--prefer '{"view": "ghost"}'] [--screen 390x844x3]
 *                              [--python .venv/bin/python]
 *                              [--url http://anna.localhost:8000/homework/1/shadow/
 *                               --email kate@… --password …]
 *
 * Without --url the program is started on a data folder of its own. All pages are measured in the
 * same run of the same browser, turn by turn, each alone in it; `ratio` is what counts: our page
 * with its drawing switched off, silhouettes included, against the bare one. --prefer is what the
 * client likes, as preferences.js keeps it; --screen the window's width and height and its pixel
 * ratio.
 */

import { parseArgs } from "node:util";

import { barePage } from "./shadow/bare.mjs";
import { Chromium } from "./shadow/chromium.mjs";
import { countedLine, shootFilm, startProgram } from "./shadow/program.mjs";

const OPEN_MS = 180_000;
/** Before a page is measured: what it chooses by measuring it has chosen by then, mostly. */
const SETTLE_MS = 6000;
/** A line on which hardly anything came for so long is at rest: what was done is still sent. */
const QUIET_MS = 2000;
const QUIET_BYTES = 10_000;
const SAMPLE_MS = 500;
const MB = 1e6;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const median = (values) => {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  return known.length ? known[known.length >> 1] : NaN;
};

/** Does what a client does, up to the first set, and notes when the first pose was there. */
const driver = (prefer) => `if (location.protocol.startsWith("http")) {
  localStorage.setItem("shadow-preferences", ${JSON.stringify(prefer)});
  const WAYS = {
    intro: "[data-part=card_action]",
    tutorial: "[data-action=skip-tutorial]",
    ready: "[data-part=toggle]",
  };
  window.bench = { firstPoseMs: null };
  const go = () => {
    const root = document.getElementById("shadow");
    if (!root) return;
    const { phase, fps } = root.dataset;
    if (fps && window.bench.firstPoseMs === null) window.bench.firstPoseMs = performance.now();
    const way = WAYS[phase] && document.querySelector(WAYS[phase]);
    if (way && !way.hidden && !way.disabled) way.click();
  };
  const timer = setInterval(() => {
    go();
    if (document.getElementById("shadow")?.dataset.phase === "set") clearInterval(timer);
  }, 20);
}`;

const STATE = "({...document.getElementById('shadow').dataset})";

async function logIn(chromium, url, email, password) {
  const page = await chromium.page();
  await page.send("Page.navigate", { url: new URL("/accounts/login/", url).href });
  await page.until("Boolean(document.querySelector('[name=login]'))", OPEN_MS);
  await page.evaluate(`(() => {
    document.querySelector("[name=login]").value = ${JSON.stringify(email)};
    document.querySelector("[name=password]").value = ${JSON.stringify(password)};
    document.querySelector("main button[type=submit]").click();
  })()`);
  await page.until("!location.pathname.startsWith('/accounts/login')", OPEN_MS);
  await page.close();
}

/** Open the page and go on until the first set runs and its frames are counted. */
async function openShadow(chromium, url) {
  const page = await chromium.page();
  if (screen) await page.send("Emulation.setDeviceMetricsOverride", screen);
  // A workout that was left half-way would ask whether to go on with it.
  await page.send("Storage.clearDataForOrigin",
    { origin: new URL(url).origin, storageTypes: "indexeddb,local_storage" });
  await page.send("Page.addScriptToEvaluateOnNewDocument", { source: driver(given.prefer) });
  await page.send("Page.navigate", { url });
  const phase = await page.until(
    "['set', 'error'].find((one) => document.getElementById('shadow')?.dataset.phase === one)",
    OPEN_MS);
  if (phase === "error") {
    throw new Error(`the page failed: ${(await page.evaluate(STATE)).error}`);
  }
  await page.until("document.getElementById('shadow').dataset.frames > 0", OPEN_MS);
  return page;
}

/** Leave without being asked whether one is sure. */
async function leave(page) {
  page.on("Page.javascriptDialogOpening", () => {
    page.send("Page.handleJavaScriptDialog", { accept: true }).catch(() => {});
  });
  await page.close();
}

/** How often a counter in the page goes up, a second, over some time. */
async function rate(page, counter, seconds, sample = async () => {}) {
  const read = async () => {
    const [count, atMs] = await page.evaluate(`[Number(${counter}), performance.now()]`);
    return { count, atMs };
  };
  const from = await read();
  for (let ms = 0; ms < 1000 * seconds; ms += SAMPLE_MS) {
    await pause(SAMPLE_MS);
    await sample();
  }
  const to = await read();
  return (1000 * (to.count - from.count)) / (to.atMs - from.atMs);
}

async function measureShadow(chromium, url, seconds) {
  const page = await openShadow(chromium, url);
  await pause(settleMs);
  const own = [];
  const fps = await rate(page, "document.getElementById('shadow').dataset.frames", seconds,
    async () => own.push(Number((await page.evaluate(STATE)).ownMs)));
  const { delegate } = await page.evaluate(STATE);
  await leave(page);
  return { fps, own_ms: median(own), delegate };
}

async function measureBare(chromium, url, delegate, seconds) {
  const page = await chromium.page();
  const [kind, model] = delegate.split(" ");
  const at = (path) => new URL(path, url).href;
  const html = barePage({
    tasksVision: at("/static/vendor/tasks-vision/vision_bundle.mjs"),
    wasm: at("/static/vendor/tasks-vision/wasm"),
    model: at(`/static/models/pose_landmarker_${model}.task`),
    delegate: kind,
  });
  // The program's service worker would ask the server for a page that is only here.
  await page.send("Network.setBypassServiceWorker", { bypass: true });
  await page.send("Fetch.enable", { patterns: [{ urlPattern: at("/bare/") }] });
  page.on("Fetch.requestPaused", ({ requestId }) => page.send("Fetch.fulfillRequest", {
    requestId,
    responseCode: 200,
    responseHeaders: [{ name: "Content-Type", value: "text/html" }],
    body: Buffer.from(html).toString("base64"),
  }));
  await page.send("Page.navigate", { url: at("/bare/") });
  await page.until("window.bare?.poses > 10 || window.bare?.error", OPEN_MS);
  await pause(settleMs);
  const fps = await rate(page, "window.bare.poses", seconds);
  const { poses, found, error } = await page.evaluate("window.bare");
  if (error || found < poses / 2) throw new Error(`the bare page failed: ${error ?? "nobody seen"}`);
  await page.close();
  return { fps, delegate };
}

/** From the address to the first pose, and what came over the line until the page was at rest. */
async function measureLoad(chromium, url, line, { cold }) {
  if (cold) {
    const page = await chromium.page();
    await page.send("Network.clearBrowserCache");
    await page.send("Storage.clearDataForOrigin",
      { origin: new URL(url).origin, storageTypes: "cache_storage,service_workers" });
    await page.close();
  }
  line.take();
  const page = await openShadow(chromium, url);
  const ms = await page.until("window.bench.firstPoseMs", OPEN_MS);
  let bytes = 0;
  let more;
  do {
    more = line.take();
    bytes += more;
    await pause(QUIET_MS);
  } while (more > QUIET_BYTES);
  await leave(page);
  return { ms, bytes };
}

/** What the page and its workers hold after everything unreachable is gone, MB, every minute. */
async function measureHeap(chromium, url, minutes) {
  if (minutes <= 0) return [];
  const page = await openShadow(chromium, url);
  const workers = new Map();
  page.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker") workers.set(sessionId, chromium.session(sessionId));
  });
  page.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
  await page.send("Target.setAutoAttach",
    { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  const heap = [];
  let fps = NaN;
  for (let left = 60 * minutes; left > 0; left -= 60) {
    fps = await rate(page, "document.getElementById('shadow').dataset.frames", Math.min(60, left));
    let bytes = 0;
    for (const session of [page, ...workers.values()]) {
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 }
        = await session.send("Runtime.getHeapUsage");
      bytes += usedSize + embedderHeapUsedSize + backingStorageSize;
    }
    heap.push(bytes / MB);
    note(`heap after minute ${heap.length}: ${(bytes / MB).toFixed(1)} MB, ${fps.toFixed(1)} poses/s`);
  }
  await leave(page);
  return heap;
}

const { values: given } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    minutes: { type: "string", default: "10" },
    seconds: { type: "string", default: "20" },
    turns: { type: "string", default: "3" },
    prefer: { type: "string", default: "{}" },
    screen: { type: "string" },
    python: { type: "string", default: new URL("../.venv/bin/python", import.meta.url).pathname },
    url: { type: "string" },
    email: { type: "string" },
    password: { type: "string" },
  },
});
const seconds = Number(given.seconds);
const minutes = Number(given.minutes);
const turns = Number(given.turns);
const settleMs = Math.min(SETTLE_MS, 1000 * seconds);
const screen = given.screen && screenOf(given.screen);

function screenOf(text) {
  const [width, height, deviceScaleFactor = 1] = text.split("x").map(Number);
  return { width, height, deviceScaleFactor, mobile: false };
}

/** Progress goes to the other stream: what is printed is the result. */
function note(text) {
  process.stderr.write(`${text}\n`);
}

async function measure(chromium, { url, email, password }, line) {
  const nullUrl = `${url}${url.includes("?") ? "&" : "?"}renderer=null`;
  await logIn(chromium, url, email, password);
  const cold = await measureLoad(chromium, url, line, { cold: true });
  const warm = await measureLoad(chromium, url, line, { cold: false });
  note(`first pose after ${(cold.ms / 1000).toFixed(1)} s cold, ${(warm.ms / 1000).toFixed(1)} s warm`);

  const full = [];
  const shadow = [];
  const bare = [];
  for (let turn = 0; turn < turns; turn += 1) {
    full.push(await measureShadow(chromium, url, seconds));
    note(`with drawing ${full.at(-1).fps.toFixed(1)} poses/s (${full.at(-1).delegate}), our own code ${
      full.at(-1).own_ms} ms a frame`);
    shadow.push(await measureShadow(chromium, nullUrl, seconds));
    bare.push(await measureBare(chromium, url, shadow.at(-1).delegate, seconds));
    note(`without drawing ${shadow.at(-1).fps.toFixed(1)}, bare ${
      bare.at(-1).fps.toFixed(1)} poses/s (${shadow.at(-1).delegate})`);
  }
  const heap = await measureHeap(chromium, url, minutes);
  // Which model suits may change from turn to turn; within one, both pages run the same.
  const pairs = shadow.map((page, turn) => ({ ours: page.fps, bare: bare[turn].fps }));
  pairs.sort((one, other) => one.ours / one.bare - other.ours / other.bare);
  const middle = pairs[(pairs.length - 1) >> 1];
  return {
    fps: median(full.map(({ fps }) => fps)),
    fps_null_renderer: middle.ours,
    bare_fps: middle.bare,
    ratio: middle.ours / middle.bare,
    ratios: pairs.map((pair) => pair.ours / pair.bare),
    own_ms_median: median(full.map(({ own_ms: ms }) => ms)),
    own_ms_median_null_renderer: median(shadow.map(({ own_ms: ms }) => ms)),
    delegate: {
      full: full.map((page) => page.delegate), null_renderer: shadow.map((page) => page.delegate),
    },
    heap_mb: heap,
    bytes: { cold: cold.bytes, warm: warm.bytes },
    load_ms: { cold: cold.ms, warm: warm.ms },
  };
}

function show(result) {
  const rows = [
    ["poses/s, with drawing", result.fps.toFixed(1)],
    ["poses/s, without drawing", result.fps_null_renderer.toFixed(1)],
    ["poses/s, bare page", result.bare_fps.toFixed(1)],
    ["ratio", result.ratio.toFixed(3)],
    ["our own code, ms a frame", result.own_ms_median.toFixed(2)],
    ["bytes, cold / warm", `${result.bytes.cold} / ${result.bytes.warm}`],
    ["first pose, ms, cold / warm",
      `${result.load_ms.cold.toFixed(0)} / ${result.load_ms.warm.toFixed(0)}`],
    ["heap by minute, MB", result.heap_mb.map((mb) => mb.toFixed(1)).join(" ")],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(30)} ${value}`);
}

const ends = [];
try {
  const place = given.url
    ? { ...await shootFilm(given.python), ...given }
    : await startProgram(given.python);
  ends.push(place.stop);
  const address = new URL(place.url);
  const line = await countedLine(Number(address.port));
  ends.push(line.close);
  address.port = line.port;
  const chromium = await Chromium.launch({ film: place.film });
  ends.push(() => chromium.close());
  const result = await measure(chromium, { ...place, url: address.href }, line);
  if (given.json) console.log(JSON.stringify(result));
  else show(result);
} finally {
  for (const end of ends.reverse()) await end();
}
