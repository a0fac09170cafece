"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useServerStatus } from "@/components/feed/server-status";
import { fetchJson } from "@/components/http/fetch-json";
import type { Review } from "@/core/shapes/shapes";
import { createNotifier } from "./notifier";
import { createNotices } from "./show-notification";

const MOST_ITEMS = 50;
/** The status changes often, and the list of items is read after each change. */
const REST_MS = 1_000;

/** Shows a notification for each new item, for a person who turned them on. */
export function Notifications() {
  const { push } = useRouter();
  const status = useServerStatus();
  const notifier = useRef<ReturnType<typeof createNotifier>>(null);
  useEffect(() => {
    const notices = createNotices((address) => {
      window.focus();
      push(address);
    });
    const made = createNotifier({
      ...notices,
      isSeen: () => document.visibilityState === "visible" && document.hasFocus(),
    });
    notifier.current = made;
    return () => {
      made.close();
      notices.close();
    };
  }, [push]);
  useEffect(() => {
    // Two items may change while their number stays, so every change of the status counts.
    if (!status) return;
    const ended = new AbortController();
    const read = () =>
      fetchJson<{ items: Review[] }>(`reviews?open=1&limit=${MOST_ITEMS}`, ended.signal).then(
        ({ items }) => notifier.current?.take(items),
        // While the server is away, nothing new waits.
        () => {},
      );
    const timer = setTimeout(() => void read(), REST_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [status]);
  return null;
}
