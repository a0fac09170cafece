/**
 * The governor of one process: reads the limits every ten seconds, and says before each claim what the last readings
 * allow. The worker that leads stores events, tells people and pauses everything; the others follow the stored state and
 * watch their own memory. The rules are core/rules/governor.ts.
 */
import type { ProviderParks } from "@/agents/providers/parks";
import type { ProviderSigns } from "@/agents/providers/signs";
import type { Claiming, LimitName } from "@/core/log/limits";
import {
  claimingOf,
  evolveGovernor,
  foldGovernor,
  type GovernorEvent,
  type GovernorSettings,
  type GovernorState,
  govern,
  type Readings,
} from "@/core/rules/governor";
import { limitSentence } from "@/core/words/spending/limits";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import type { Timers } from "@/lib/time/timers";

const POLL_MS = 10_000;
const FORGET_EVERY_MS = 3_600_000;
const KEPT_MS = 30 * 86_400_000;
/** Readings are for people to look at: stored when they changed by this share, and once a minute. */
const NEWS_SHARE = 0.03;
const STORE_MS = 60_000;

export interface GovernorOptions {
  store: Pick<Store, "governor" | "halts" | "log">;
  read(settings: GovernorSettings): Readings;
  /** Returns the setting that sets a limit; null: none does. */
  settingOf(limit: LimitName): string | null;
  signs: Pick<ProviderSigns, "quotas">;
  parks: Pick<ProviderParks, "closeProvider">;
  /** Whether this worker leads. */
  leads(): boolean;
  timers: Timers;
  now(): number;
  report(message: string, error?: unknown): void;
}

export interface Governor {
  /** What the last readings allow. */
  claiming(): Claiming;
  /** Reads and decides, after a running check; resolves when what it decided is stored. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

interface GovernorContext {
  options: GovernorOptions;
  claiming: Claiming;
  /** Of this process's own memory, while it does not lead. */
  own: GovernorState;
  running: Promise<void> | null;
  stored: { atMs: number; readings: Readings } | null;
  forgotAtMs: number;
}

/** Begins with what is stored: a process that starts at a limit starts no task. */
export function startGovernor(options: GovernorOptions): Governor {
  const { store, now, timers, report } = options;
  const { governor } = store;
  const { claiming } = claimingOf(foldGovernor(governor.recent(now())), governor.settings());
  const context: GovernorContext = { options, claiming, own: {}, running: null, stored: null, forgotAtMs: 0 };
  const check = () => {
    const before = context.running ?? Promise.resolve();
    const running = before
      .then(() => poll(context))
      .catch((error) => report("The limits could not be checked or stored; they are checked again.", error))
      .finally(() => {
        if (context.running === running) context.running = null;
      });
    context.running = running;
    return running;
  };
  // While a check cannot be stored, the next one would only wait behind it.
  const end = timers.every(POLL_MS, () => void (context.running ?? check()));
  return {
    claiming: () => context.claiming,
    check,
    async stop() {
      end();
      await context.running;
    },
  };
}

async function poll(context: GovernorContext): Promise<void> {
  const { store, read, leads, now } = context.options;
  const { governor } = store;
  const settings = governor.settings();
  const nowMs = now();
  const readings = read(settings);
  const lastId = governor.lastId();
  const known = foldGovernor(governor.recent(nowMs));
  parkProviders(context.options, settings, nowMs);
  if (!leads()) {
    const isPaused = store.halts.current() !== null;
    const { own_memory } = readings;
    const events = govern(context.own, own_memory ? { own_memory } : {}, settings, { nowMs, isPaused });
    context.own = events.filter(({ kind }) => kind !== "stop").reduce(evolveGovernor, context.own);
    return decide(context, strictest(claimingOf(known, settings).claiming, claimingOf(context.own, settings).claiming));
  }
  context.own = {};
  const isPaused = store.halts.current() !== null;
  const events = govern(known, readings, settings, { nowMs, isPaused });
  // Done before the events are stored, because a limit must also hold on a full disk.
  decide(context, claimingOf(events.reduce(evolveGovernor, known), settings).claiming);
  const isStored =
    events.length === 0 || (await governor.append(events.map(stored(context.options, settings)), lastId));
  // Another worker led a moment ago and was faster, so its events are not reported or counted twice.
  if (!isStored) return poll(context);
  await keepReadings(context, nowMs, readings, events.length > 0);
}

function stored({ settingOf }: GovernorOptions, settings: GovernorSettings) {
  return (event: GovernorEvent) => ({
    uid: newId(),
    event,
    sentence: limitSentence(event, settings, settingOf(event.name)),
  });
}

function decide(context: GovernorContext, claiming: Claiming): void {
  const isLooser = rank(claiming) < rank(context.claiming);
  context.claiming = claiming;
  // Tasks that were held start now, not at the next poll.
  if (isLooser) context.options.store.log.poke();
}

function strictest(a: Claiming, b: Claiming): Claiming {
  return rank(a) > rank(b) ? a : b;
}

function rank(claiming: Claiming): number {
  return ["all", "one", "none"].indexOf(claiming);
}

/** A used-up quota holds only the tasks of its provider: it is parked, as after a refusal, but before the call. */
function parkProviders({ signs, parks }: GovernorOptions, { limits }: GovernorSettings, nowMs: number): void {
  const { max, action } = limits.quota;
  if (max === null || action === "alert") return;
  for (const { provider, usedPercent, resetAtMs, of } of signs.quotas()) {
    // A quota that returns before the next check is not worth a park.
    if (usedPercent < max || resetAtMs === null || resetAtMs <= nowMs + POLL_MS) continue;
    parks.closeProvider(provider, resetAtMs, `The quota of ${of} at ${provider} is used up.`, nowMs);
  }
}

async function keepReadings(
  context: GovernorContext,
  nowMs: number,
  readings: Readings,
  isNews: boolean,
): Promise<void> {
  const { governor } = context.options.store;
  const { stored } = context;
  const isOld = stored === null || nowMs - stored.atMs >= STORE_MS || nowMs < stored.atMs;
  if (isNews || isOld || haveChanged(stored.readings, readings)) {
    await governor.setLastReadings({ atMs: nowMs, readings });
    context.stored = { atMs: nowMs, readings };
  }
  if (Math.abs(nowMs - context.forgotAtMs) < FORGET_EVERY_MS) return;
  context.forgotAtMs = nowMs;
  await governor.forgetBefore(nowMs - KEPT_MS);
}

function haveChanged(before: Readings, now: Readings): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]) as Set<keyof Readings>;
  return [...names].some((name) => {
    const [a, b] = [before[name], now[name]];
    if (!a || !b || a.max !== b.max || a.of !== b.of) return true;
    return Math.abs(a.used - b.used) > NEWS_SHARE * (b.max ?? 100);
  });
}
