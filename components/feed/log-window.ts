/**
 * The part of a task's log that a page holds: one run of messages without a gap, however long the log is. What arrives live
 * goes on at its end as long as the end is in it; pages before and after come when somebody reads there, and push the far end out.
 */
import type { Message } from "@/core/shapes/shapes";

export interface LogWindow {
  /** Ascending by `seq`, without repeats. */
  log: Message[];
  /** False until the part that was asked for last was fetched. */
  logLoaded: boolean;
  hasEarlier: boolean;
  hasLater: boolean;
  /** Somebody looks at the end: what is pushed out is the beginning. */
  isFollowing: boolean;
  /** The newest message of the task that is known to exist, held or not. */
  newestSeq: number;
  /** The last turn whose reply is committed. */
  repliedTurn: number;
}

/** Messages that are held at most. */
export const MOST_HELD = 600;

export const EMPTY_WINDOW: LogWindow = {
  log: [],
  logLoaded: false,
  hasEarlier: false,
  hasLater: false,
  isFollowing: false,
  newestSeq: 0,
  repliedTurn: 0,
};

/** A page of the log, as it was read. `more`: there is more beyond it, on the side that it was read for. */
export type LogPage =
  /** The newest messages; `more`: there are earlier ones. */
  | { side: "latest"; messages: Message[]; more: boolean }
  | { side: "earlier"; messages: Message[]; more: boolean }
  | { side: "later"; messages: Message[]; more: boolean }
  | { side: "around"; messages: Message[]; hasEarlier: boolean; hasLater: boolean };

/** The window gives way to another one, which is being read: around a message, or at the end. */
export function seekIn(window: LogWindow, to: "latest" | "around"): LogWindow {
  const { newestSeq, repliedTurn } = window;
  return { ...EMPTY_WINDOW, newestSeq, repliedTurn, hasLater: to === "around" };
}

export function addPage(window: LogWindow, page: LogPage): LogWindow {
  const known = noted(window, page.messages);
  // Meanwhile somebody has gone to another part of the log, and the end would leave a gap.
  if (page.side === "latest" && window.hasLater) return known;
  const held = { ...known, log: mergeMessages(window.log, page.messages), logLoaded: true };
  const last = held.log.at(-1)?.seq ?? 0;
  switch (page.side) {
    case "latest":
      return { ...held, hasEarlier: page.more };
    case "earlier":
      return withoutEnd({ ...held, hasEarlier: page.more });
    case "later":
      // What was committed while the page was on its way is still to be read.
      return withoutBeginning({ ...held, hasLater: page.more || last < held.newestSeq });
    case "around":
      return { ...held, hasEarlier: page.hasEarlier, hasLater: page.hasLater || last < held.newestSeq };
  }
}

/** Committed messages of the task, which go on after all that came before. */
export function addLive(window: LogWindow, fresh: Message[]): LogWindow {
  if (fresh.length === 0) return window;
  const known = noted(window, fresh);
  if (window.hasLater) return known;
  const next = { ...known, log: mergeMessages(window.log, fresh) };
  if (next.log.length <= MOST_HELD || window.isFollowing) return withoutBeginning(next);
  // Whoever reads further up keeps what they read; the rest is fetched when they come there.
  return withoutEnd(next);
}

function noted(window: LogWindow, messages: Message[]): LogWindow {
  const replies = messages.flatMap(({ kind, turn }) => (kind === "agent_response" ? [turn] : []));
  const newestSeq = Math.max(window.newestSeq, messages.at(-1)?.seq ?? 0);
  return { ...window, newestSeq, repliedTurn: Math.max(window.repliedTurn, ...replies) };
}

function withoutEnd(window: LogWindow): LogWindow {
  if (window.log.length <= MOST_HELD) return window;
  return { ...window, log: window.log.slice(0, MOST_HELD), hasLater: true };
}

function withoutBeginning(window: LogWindow): LogWindow {
  if (window.log.length <= MOST_HELD) return window;
  return { ...window, log: window.log.slice(-MOST_HELD), hasEarlier: true };
}

function mergeMessages(held: Message[], more: Message[]): Message[] {
  if (more.length === 0) return held;
  const last = held[held.length - 1]?.seq ?? 0;
  if (more[0]!.seq > last) return [...held, ...more];
  const bySeq = new Map(held.map((one) => [one.seq, one]));
  for (const one of more) bySeq.set(one.seq, one);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
