/**
 * The service worker of Banyan's pages. It shows notifications, because browsers on Android show none from a page itself, and
 * it stands in for the server while that is away. It stores nothing: no page, no answer, nothing of anybody
 * (docs/decisions/055-server-away.md).
 */

const POLL_MS = 1_000;
/** Browsers end a worker whose request takes longer than five minutes. */
const MOST_PATIENCE_MS = 4 * 60_000;

// A new version has nothing to wait for.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  // The request of a page does not wait until the worker has started.
  const early = self.registration.navigationPreload?.enable();
  event.waitUntil(Promise.all([early, self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(openPage(event));
  else if (isClickedLink(request) || isPartOfPages(request)) event.respondWith(patiently(request));
});

/** When the server was first found away. */
let awaySinceMs = null;

async function openPage(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    awaySinceMs = null;
    return answer;
  } catch {
    awaySinceMs ??= Date.now();
    return awayPage(awaySinceMs);
  }
}

/** Next.js asks for the data of a page when a person follows a link in it, and before, when it only expects that. */
function isClickedLink({ headers }) {
  return (
    headers.get("rsc") === "1" && !headers.has("next-router-prefetch") && !headers.has("next-router-segment-prefetch")
  );
}

/** The code of a dialog that a person opens, the same for everybody. */
const isPartOfPages = ({ url }) => new URL(url).pathname.startsWith("/_next/static/");

/** Keeps the page that is open, and the click, until the server is back. */
async function patiently(request) {
  const untilMs = Date.now() + MOST_PATIENCE_MS;
  for (;;) {
    try {
      const answer = await fetch(request.clone());
      awaySinceMs = null;
      return answer;
    } catch (error) {
      if (request.signal.aborted || Date.now() > untilMs) throw error;
      awaySinceMs ??= Date.now();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** A page that is the same for everybody, and goes on to its address by itself. */
function awayPage(sinceMs) {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The server is away · Banyan</title>
<style nonce="${nonce}">
:root { color-scheme: light dark }
body { font: 15px/24px system-ui, sans-serif; max-width: 34rem; margin: 20vh auto 0; padding: 0 24px }
h1 { font-size: 20px; line-height: 28px; margin: 0 0 4px }
p { margin: 0 }
</style>
</head>
<body>
<main>
<h1>The server is away since <time id="since"></time></h1>
<p role="status">Banyan looks again each second and opens this page by itself. Committed work is safe.</p>
</main>
<script nonce="${nonce}">
const at = new Date(${Number(sinceMs)});
const since = document.getElementById("since");
since.dateTime = at.toISOString();
since.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
async function look() {
  const answer = await fetch("/health", { cache: "no-store" }).catch(() => null);
  if (answer) location.reload();
  else setTimeout(look, ${POLL_MS});
}
setTimeout(look, ${POLL_MS});
</script>
</body>
</html>`;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(html, {
    status: 503,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
    },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.address));
});

/** Shows the address in an open page of Banyan, or else in a new one. */
async function open(address) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ url }) => new URL(url).pathname !== "/signin");
  if (!page) {
    await self.clients.openWindow(address);
    return;
  }
  page.postMessage({ open: address });
  await page.focus();
}
