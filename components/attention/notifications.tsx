"use client";

import { useEffect, useRef } from "react";
import { useServerStatus } from "@/components/feed/server-status";
import { useGo } from "@/components/going/use-go";
import { fetchJson } from "@/components/http/fetch-json";
import { goWithin } from "@/components/trees/go-within";
import { atMostEvery } from "./at-most-every";
import { keptInTab } from "./kept-in-tab";
import { createNotifier } from "./notifier";
import { createNotices } from "./show-notification";

/** The newest items that are read. Of more at once than these, the others show no notification. */
const MOST_ITEMS = 50;
/** The status changes often, and the list of items is read after a change, at most once in this time. */
const REST_MS = 1_000;

/** Shows a notification for each new item, for a person who turned them on. */
export function Notifications() {
  const { push } = useGo();
  const status = useServerStatus();
  const notifier = useRef<ReturnType<typeof createNotifier>>(null);
  useEffect(() => {
    const notices = createNotices((address) => {
      window.focus();
      // The open page keeps its state when only the search of its address changes.
      if (new URL(address, window.location.href).pathname === window.location.pathname) goWithin(address);
      else push(address);
    });
    const made = createNotifier({
      ...notices,
      kept: keptInTab,
      isSeen: () => document.visibilityState === "visible" && document.hasFocus(),
    });
    notifier.current = made;
    return () => {
      made.close();
      notices.close();
    };
  }, [push]);
  const readSoon = useRef<() => void>(null);
  useEffect(() => {
    const ended = new AbortController();
    const read = () =>
      fetchJson(`reviews?open=1&newest=1&limit=${MOST_ITEMS}`, ended.signal).then(
        ({ items, next }) => notifier.current?.take(items, next === null),
        // While the server is away, nothing new waits.
        () => {},
      );
    const { wake, stop } = atMostEvery(REST_MS, read);
    readSoon.current = wake;
    return () => {
      stop();
      ended.abort();
    };
  }, []);
  useEffect(() => {
    // Two items may change while their number stays, so every change of the status counts.
    if (status) readSoon.current?.();
  }, [status]);
  return null;
}
