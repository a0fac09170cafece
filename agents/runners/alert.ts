/** The alert about runners: what a person should do something about. */
import type { RunnersState } from "@/core/runners/shapes";
import type { MachineAlert } from "@/core/shapes/health";
import { duration, plural } from "@/core/words/figures";

/** Tasks may wait this long for a free slot before people are told. */
const WAITS_MS = 30 * 60_000;

export function runnersAlert(state: RunnersState, nowMs: number): MachineAlert | null {
  const alert = (sentence: string, remedy: string): MachineAlert => {
    return { what: "runners", percent: null, sentence, remedy };
  };
  if (!state.is_set_up) return null;
  const inUse = state.pools.some(({ trees }) => trees > 0);
  if (state.problem !== null && inUse)
    return alert(state.problem, "Trees of pools wait meanwhile. Look at the nodes of NATS, and at docs/runners.md.");
  // Whoever drained it knows of it, and needs no other remedy.
  const silent = state.runners.filter(({ state, drained }) => state === "silent" && drained === null);
  const [first] = silent;
  if (first) {
    const names = silent.map(({ name }) => name).join(", ");
    const sentence = `${plural(silent.length, "runner")} ${silent.length === 1 ? "is" : "are"} silent: ${names}.`;
    return alert(
      sentence,
      "Its trees go on at other runners of its pool. Start it again, or `npx banyan runner drain NAME` if it does not return.",
    );
  }
  const waiting = state.pools.find(
    ({ ready, held_since }) => ready > 0 && held_since !== null && nowMs - Date.parse(held_since) > WAITS_MS,
  );
  if (!waiting?.held_since) return null;
  const { name, ready } = waiting;
  return alert(
    `${plural(ready, "task")} of the pool ${name} ${ready === 1 ? "waits" : "wait"} for a free slot for ${duration(nowMs - Date.parse(waiting.held_since))}.`,
    "Start another runner of the pool, or give its runners more slots.",
  );
}
