/** Ends a look that nobody wants any more: it may take minutes, and people pause, change and end links meanwhile. */
import type { StoredLink } from "@/db/forges/stored";
import type { Store } from "@/db/store";
import type { Timers } from "@/lib/time/timers";

/** Gates and git may take minutes without a request, so the link is read by the clock too. */
const READ_MS = 1_000;

interface WantedOptions {
  store: { forges: Pick<Store["forges"], "link"> };
  halts: { current(): unknown };
  leads(): boolean;
  timers: Timers;
}

export interface Wanted {
  /** Aborted when the look is not wanted any more. */
  signal: AbortSignal;
  /** Returns whether the link still is as the look has read it, and nothing is paused. */
  isStill(): boolean;
  /** Throws the signal's reason unless it is. Call it before whatever people see. */
  requireWanted(): void;
  end(): void;
}

/** `signal`: the server's own. */
export function wantedWhile(
  { store, halts, leads, timers }: WantedOptions,
  link: StoredLink,
  signal: AbortSignal,
): Wanted {
  const ended = new AbortController();
  const own = AbortSignal.any([signal, ended.signal]);
  const asRead = settingsOf(link);
  const isStill = () => {
    const now = store.forges.link(link.project);
    const isSame = now !== null && now.pausedAtMs === null && settingsOf(now) === asRead;
    if (!isSame || halts.current() || !leads()) ended.abort(new Error("The link was paused, changed or ended."));
    return !own.aborted;
  };
  return {
    signal: own,
    isStill,
    requireWanted() {
      isStill();
      own.throwIfAborted();
    },
    end: timers.every(READ_MS, () => void isStill()),
  };
}

/** Returns what people set of a link, as a text. */
function settingsOf({
  id,
  kind,
  host,
  apiUrl,
  path,
  jira,
  cloneUrl,
  label,
  rules,
  mostOpen,
  maker,
}: StoredLink): string {
  return JSON.stringify([id, kind, host, apiUrl, path, jira, cloneUrl, label, rules, mostOpen, maker]);
}

/** Returns the client that asks `requireWanted` before each request. */
export function askedWhile<Port extends object>(port: Port | null, requireWanted: () => void): Port | null {
  if (port === null) return null;
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...given: unknown[]) => {
        requireWanted();
        return Reflect.apply(method, target, given);
      };
    },
  });
}
