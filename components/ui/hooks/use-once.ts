"use client";

import { useRef } from "react";

/**
 * Returns `send`, which gives a request its idempotency key. A request that had no answer gets the same key when it is
 * sent again unchanged, so that it does its work once.
 */
export function useOnce() {
  const last = useRef({ request: "", key: "" });
  return async function send<Answer>(request: object, ask: (key: string) => Promise<Answer>): Promise<Answer> {
    const text = JSON.stringify(request);
    if (last.current.request !== text) last.current = { request: text, key: newKey() };
    const answer = await ask(last.current.key);
    last.current = { request: "", key: "" };
    return answer;
  };
}

/** Not `crypto.randomUUID`: it exists only on secure origins, and plain HTTP in a local network is not secure. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
