"use client";

import { useSyncExternalStore } from "react";
import { NoticeBar } from "@/components/feed/notice-bar";
import { type KeptClick, keptClicks, onKeptClicks } from "./kept-clicks";

const NONE: readonly KeptClick[] = [];

/** Shows the actions that wait for the server, with a way to take them back. */
export function KeptClicksNotice() {
  const waiting = useSyncExternalStore(onKeptClicks, keptClicks, () => NONE);
  if (waiting.length === 0) return null;
  return (
    <NoticeBar icon="retry" role="status">
      <ul className="flex flex-col gap-1">
        {waiting.map(({ id, words, takeBack }) => (
          <li key={id} data-kept-click>
            <b>{words}</b> waits for the server.{" "}
            <button type="button" className="link" onClick={takeBack}>
              Take back
            </button>
          </li>
        ))}
      </ul>
    </NoticeBar>
  );
}
