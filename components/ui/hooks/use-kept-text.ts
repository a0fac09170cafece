"use client";

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { typedEarly } from "./typed-early";

const PREFIX = "banyan.typed.";
/** Older texts are deleted, because their task has most likely ended long ago. */
const KEPT_MS = 30 * 24 * 3_600_000;

interface Kept {
  text: string;
  atMs: number;
}

/**
 * Returns text that the browser keeps until it is sent, so that it survives a reload or a restart of the server.
 * `field` is the textarea, if the user can type in it before hydration.
 */
export function useKeptText(id: string, field?: RefObject<HTMLTextAreaElement | null>) {
  const [text, setText] = useState("");
  const [isRestored, setRestored] = useState(false);
  useLayoutEffect(() => {
    forgetOld();
    const kept = read(PREFIX + id)?.text ?? "";
    const typed = typedEarly(field?.current);
    const both = [kept, typed].filter(Boolean).join("\n");
    if (!both) return;
    if (typed) keep(PREFIX + id, both);
    setText(both);
    setRestored(kept !== "");
  }, [id, field]);

  const change = useCallback(
    (next: string) => {
      setText(next);
      setRestored(false);
      keep(PREFIX + id, next);
    },
    [id],
  );
  const latest = useRef(text);
  useLayoutEffect(() => {
    latest.current = text;
  });
  /** Empties the field; when something was sent, only if the person has not gone on writing. */
  const clear = useCallback(
    (sent?: string) => {
      if (sent === undefined || latest.current === sent) change("");
    },
    [change],
  );
  return { text, change, clear, isRestored };
}

/** Deletes kept texts that were sent by other code than their field's. */
export function forgetKeptText(...ids: string[]): void {
  for (const id of ids) keep(PREFIX + id, "");
}

function read(key: string): Kept | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    const { text, atMs } = (kept ?? {}) as Partial<Kept>;
    return typeof text === "string" && typeof atMs === "number" ? { text, atMs } : null;
  } catch {
    return null;
  }
}

function keep(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ text, atMs: Date.now() } satisfies Kept));
  } catch {
    // Storage is off or full. The field still holds the text.
  }
}

function forgetOld(): void {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? "");
    for (const key of keys) {
      if (key.startsWith(PREFIX) && Date.now() - (read(key)?.atMs ?? 0) > KEPT_MS) localStorage.removeItem(key);
    }
  } catch {
    // Without storage there are no old texts.
  }
}
