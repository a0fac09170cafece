"use client";

import { useSyncExternalStore } from "react";

/** The person's choice is kept in this browser, because the permission is too. */
const KEY = "banyan.notify";
const listeners = new Set<() => void>();

/**
 * `unsupported`: the browser has no notifications for pages. `blocked`: the browser refuses, until the person changes
 * its settings. `offered`: nothing chosen yet. `off`: the person said no.
 */
export type NotifyState = "unsupported" | "blocked" | "offered" | "off" | "on";

function notifyState(): NotifyState {
  if (typeof Notification === "undefined" || !window.isSecureContext) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const choice = read();
  if (choice === "on" && Notification.permission === "granted") return "on";
  return choice === "off" ? "off" : "offered";
}

/** Asks the browser for its permission. Call it only after a click, because browsers block pages that ask by themselves. */
export async function turnOn(): Promise<NotifyState> {
  if ((await Notification.requestPermission()) === "granted") keep("on");
  for (const listener of listeners) listener();
  return notifyState();
}

export function turnOff(): void {
  keep("off");
}

/** Returns the state in this browser; "unsupported" on the server. */
export function useNotifyState(): NotifyState {
  return useSyncExternalStore(subscribe, notifyState, () => "unsupported");
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(choice: "on" | "off"): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Without storage the choice cannot be kept, so nothing is shown.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", listener);
  };
}
