/** The state of the server: what works, what waits, and what the machine has left. */

import type { Providers } from "@/agents/providers/providers";
import type { ServerStatus } from "@/core/shapes/shapes";
import { usd } from "@/db/queries/shapes";
import type { Store } from "@/db/store";
import type { DailyCaps } from "@/lib/env";
import type { SandboxStatus } from "@/lib/sandbox/port";
import { type MachineLook, monitorStatus } from "./machine";
import { shownCaps } from "./spend-caps";

export interface StatusSources {
  store: Store;
  /** null: nothing is known of it. */
  machine(): Promise<MachineLook | null>;
  /** Whether commands of agents can be confined here. */
  terminal(): Promise<SandboxStatus>;
  now(): number;
  slots: number;
  providers: Providers;
  version: string;
  maxDbBytes: number | null;
  /** Caps of a day that the settings give. */
  dailyCaps: DailyCaps;
}

export async function getStatus(sources: StatusSources): Promise<ServerStatus> {
  const { store } = sources;
  const { reviews, status } = store.queries;
  // One after the other: the test of the terminal would be seen as load.
  const machine = await sources.machine();
  const terminal = await sources.terminal();
  const running = status.running();
  const halt = store.halts.current();
  const queued = status.queued();
  const caps = shownCaps(store, sources.dailyCaps);
  const database = { sizeBytes: sources.maxDbBytes ? status.sizeBytes() : 0, maxBytes: sources.maxDbBytes };
  return {
    slots: { used: running, max: sources.slots },
    queued,
    openReviews: reviews.countOpen(),
    defaultModel: sources.providers.defaultModel(),
    models: sources.providers.states(),
    terminal: { available: terminal.available, reason: terminal.available ? null : terminal.reason },
    version: sources.version,
    paused_everything: halt && { by: halt.by, since: new Date(halt.sinceMs).toISOString(), reason: halt.reason },
    monitor: machine && monitorStatus(machine, { running, queued, ...status.resting(), database }),
    today: todayOf(status.spentOn(sources.now()), caps.day_usd, sources.dailyCaps.all.tokens),
    caps,
  };
}

function todayOf(spent: DailySpend, capUsd: number | null, capTokens: number | null): ServerStatus["today"] {
  return {
    cost_usd: usd(spent.microUsd),
    tokens: spent.tokens,
    cap_usd: capUsd,
    cap_tokens: capTokens,
  };
}

type DailySpend = { tokens: number; microUsd: number };
