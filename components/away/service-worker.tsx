"use client";

import { useEffect } from "react";

export const SERVICE_WORKER = "/service-worker.js";

/** Registers the service worker, where the browser has one: on https and on this machine. */
export function ServiceWorker() {
  useEffect(() => {
    const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    // Without it the browser shows its own page while the server is away; the next page tries again.
    container?.register(SERVICE_WORKER).catch(() => {});
  }, []);
  return null;
}
