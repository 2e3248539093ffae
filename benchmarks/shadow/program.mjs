/** The program on a data folder of its own, with homework to do; and a line to it that counts. */

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const READY = "Press Ctrl-C to stop.";
const START_MS = 300_000;

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Run a Python module to its end; gives what it printed. */
function run(python, module, argument, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-m", module, argument],
      { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (text) => { said += text; });
    child.on("error", reject);
    child.on("exit", (status) => (status === 0
      ? resolve(said) : reject(new Error(`${module} ended with status ${status}`))));
  });
}

/** Start the program and wait until it answers. */
function up(python, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-m", "perscoach.up", "--no-demo"],
      { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    const timer = setTimeout(() => {
      child.kill("SIGTERM");
      reject(new Error(`the program did not start:\n${said}`));
    }, START_MS);
    child.stdout.on("data", (text) => {
      said += text;
      if (!said.includes(READY)) return;
      clearTimeout(timer);
      resolve(child);
    });
    child.on("error", reject);
    child.on("exit", () => {
      clearTimeout(timer);
      reject(new Error(`the program ended:\n${said}`));
    });
  });
}

/**
 * @param {string} python
 * @returns {Promise<{url: string, email: string, password: string, film: string,
 *   stop: () => Promise<void>}>}
 */
export async function startProgram(python) {
  const folder = await mkdtemp(join(tmpdir(), "shadow-bench-"));
  const port = await freePort();
  const env = { ...process.env, VAR_DIR: join(folder, "var"), PORT: String(port), DEMO: "0" };
  env.MODELS_DIR ??= join(ROOT, "var", "models");
  const child = await up(python, env);
  const stop = async () => {
    const gone = new Promise((resolve) => { child.on("exit", resolve); });
    child.kill("SIGTERM");
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const film = join(folder, "client.mjpeg");
    const said = await run(python, "benchmarks.shadow.homework", film, env);
    const { host, path, ...login } = JSON.parse(said.trim().split("\n").at(-1));
    return { url: `http://${host}:${port}${path}`, film, stop, ...login };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A film of the client alone, for a program that runs elsewhere. */
export async function shootFilm(python) {
  const folder = await mkdtemp(join(tmpdir(), "shadow-bench-"));
  const film = join(folder, "client.mjpeg");
  await run(python, "benchmarks.shadow.film", film, process.env);
  return { film, stop: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * A line to a server on this machine that counts what comes back: pages, workers, service workers
 * and videos alike, headers included.
 * @param {number} port of the server
 * @returns {Promise<{port: number, take: () => number, close: () => void}>} take: bytes since the
 *   last time it was asked
 */
export async function countedLine(port) {
  let bytes = 0;
  const open = new Set();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    far.on("data", (data) => { bytes += data.length; });
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => { near.destroy(); far.destroy(); });
      socket.on("close", () => open.delete(socket));
    }
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    port: server.address().port,
    take() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
