/**
 * The service worker of Banyan's pages. It only shows notifications: browsers on Android show none from a page itself. It
 * reads and stores no requests.
 */

// A new version has nothing to wait for.
self.addEventListener("install", () => self.skipWaiting());

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
