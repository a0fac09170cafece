/**
 * The part of a task's log that a page holds: consecutive messages without a gap. Live messages are appended while the
 * window includes the end of the log. Earlier and later pages are loaded as the user scrolls, and push the far end out.
 */
import type { Message } from "@/core/shapes/shapes";

export interface LogWindow {
  /** Ascending by `seq`, without repeats. */
  log: Message[];
  /** False until the requested part has been fetched. */
  logLoaded: boolean;
  hasEarlier: boolean;
  hasLater: boolean;
  /** The user is at the end of the log, so a full window drops its beginning. */
  isFollowing: boolean;
  /** `seq` of the newest known message of the task, held or not. */
  newestSeq: number;
  /** The last turn whose reply is committed. */
  repliedTurn: number;
}

/** The most messages that the window holds. */
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

/** A page of the log. `more`: further messages exist in the direction of reading. */
export type LogPage =
  /** The newest messages; `more`: there are earlier ones. */
  | { side: "latest"; messages: Message[]; more: boolean }
  | { side: "earlier"; messages: Message[]; more: boolean }
  | { side: "later"; messages: Message[]; more: boolean }
  | { side: "around"; messages: Message[]; hasEarlier: boolean; hasLater: boolean };

/** Returns an empty window for a jump to another part of the log, which is then read. */
export function seekIn(window: LogWindow, to: "latest" | "around"): LogWindow {
  const { newestSeq, repliedTurn } = window;
  return { ...EMPTY_WINDOW, newestSeq, repliedTurn, hasLater: to === "around" };
}

export function addPage(window: LogWindow, page: LogPage): LogWindow {
  const known = withNewest(window, page.messages);
  // The user has jumped to another part of the log, so adding the end would leave a gap.
  if (page.side === "latest" && window.hasLater) return known;
  const held = { ...known, log: mergeMessages(window.log, page.messages), logLoaded: true };
  const last = held.log.at(-1)?.seq ?? 0;
  switch (page.side) {
    case "latest":
      return { ...held, hasEarlier: page.more };
    case "earlier":
      return withoutEnd({ ...held, hasEarlier: page.more });
    case "later":
      // Messages that were committed during the read still have to be read.
      return withoutBeginning({ ...held, hasLater: page.more || last < held.newestSeq });
    case "around":
      return { ...held, hasEarlier: page.hasEarlier, hasLater: page.hasLater || last < held.newestSeq };
  }
}

/** Returns the window with newly committed messages, which follow all earlier ones. */
export function addLive(window: LogWindow, fresh: Message[]): LogWindow {
  if (fresh.length === 0) return window;
  const known = withNewest(window, fresh);
  if (window.hasLater) return known;
  const next = { ...known, log: mergeMessages(window.log, fresh) };
  if (next.log.length <= MOST_HELD || window.isFollowing) return withoutBeginning(next);
  // A user who reads further up keeps their place. The end is fetched again when they scroll down.
  return withoutEnd(next);
}

function withNewest(window: LogWindow, messages: Message[]): LogWindow {
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
