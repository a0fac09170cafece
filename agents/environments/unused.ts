/** Counts the time in which nobody visits an environment only while a server could have served it. */
import type { EnvironmentSources } from "./sources";

/** Each step would write otherwise. */
const NOTE_MS = 10 * 60_000;
/** A longer time without a step is no time of this server: it was off, everything was paused, or the clock was set. */
const MOST_GAP_MS = 60 * 60_000;

/** Call it at each step while work is not paused. What passed since the last one counts, unless it is long. */
export async function countUnused({ store, now }: Pick<EnvironmentSources, "store" | "now">): Promise<void> {
  const nowMs = now();
  const countedToMs = store.environments.countedToMs();
  // Nothing is known of the time before an upgrade, or before the clock went back.
  const passedMs = countedToMs === null ? nowMs : nowMs - countedToMs;
  if (passedMs >= 0 && passedMs < NOTE_MS) return;
  await store.environments.countTo(nowMs, passedMs > MOST_GAP_MS ? passedMs : 0);
}
