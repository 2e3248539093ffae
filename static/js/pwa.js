/**
 * The client's pages as an app: registers the service worker, sends what an earlier visit left in
 * the outbox, and has an opened workout kept for when there is no network.
 *
 * <html data-offline> tells "kept" once the workout on this page would start without network.
 */

import { Outbox } from "./shadow/outbox.js";

const PRIVATE = "private-";
const user = document.querySelector('meta[name="user-key"]')?.content ?? "";
const shadow = document.getElementById("shadow-config");

/** Pages and films of somebody who is not here any more. */
async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names
    .filter((name) => name.startsWith(PRIVATE) && name !== PRIVATE + user)
    .map((name) => caches.delete(name)));
}

/** What this workout needs, beside the scripts that every page has. */
async function needs({ items, urls }) {
  const { decodesAlpha } = await import("./shadow/stage/alpha_support.js");
  const film = await decodesAlpha() ? "video" : "stacked";
  const wasm = `${urls.wasm}/vision_wasm_module_internal`;
  return {
    media: items.flatMap((item) => [item[film] ?? item.video, item.poses, item.poster])
      .filter(Boolean),
    more: items.flatMap(({ video, stacked, mesh }) => [video, stacked, mesh]).filter(Boolean),
    // Where the larger model is the better one here, it is kept when it is loaded.
    heavy: [urls.tasks_vision, `${wasm}.js`, `${wasm}.wasm`, urls.models.pose_lite],
  };
}

async function keep(registration) {
  const config = JSON.parse(shadow.textContent);
  const wanted = await needs(config);
  const pages = [window.location.pathname, config.urls.done, "/"];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    document.documentElement.dataset.offline = data.kept ? "kept" : "failed";
    port1.close();
  };
  registration.active.postMessage(
    { kind: "keep", user, pages, ...wanted }, [port2]);
}

async function connect() {
  if (!("serviceWorker" in navigator)) return;
  // Somebody who is logged out keeps what they have: it goes with a farewell or with the next one.
  if (user) await forgetOthers();
  await navigator.serviceWorker.register("/sw.js");
  const registration = await navigator.serviceWorker.ready;
  if (shadow && user) await keep(registration);
}

connect().catch((error) => console.warn("not available offline", error));

// On a workout's own page its logbook sends.
if (user && !shadow) {
  const send = () => {
    const outbox = new Outbox({ user, sessions: "/api/sessions/" });
    outbox.open();
    // A page that is only kept for "back" must not be the one that sends.
    window.addEventListener("pagehide", () => outbox.stop(), { once: true });
  };
  send();
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) send(); });
}
