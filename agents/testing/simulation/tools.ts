/** Two tools on the world, one that may run again after a crash and one that may not, and the client that calls them. */
import { z } from "zod";
import type { ToolClient } from "@/agents/tools/server";
import { type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/tool";
import type { Sqlite } from "@/db/client";
import type { Owner, SimulatedClock } from "./clock";
import type { Effects } from "./effects";
import type { Random } from "./random";
import type { Tally } from "./tally";

const input = z.object({ n: z.number() });
const never = (): Promise<ToolOutcome> => Promise.reject(new Error("The simulation calls its tools itself."));

export const SIMULATED_TOOLS = [
  worldTool({ name: "read_file", description: "Reads.", input, level: "read", afterCrash: "repeat", run: never }),
  worldTool({
    name: "use_terminal",
    description: "Runs.",
    input,
    level: "write",
    afterCrash: "report_interrupted",
    run: never,
  }),
] as WorldTool[];

export interface ToolWatch {
  random: Random;
  isCalm(): boolean;
  /** How often each call's tool has begun. */
  runs: Map<number, number>;
  /** A connection that sees only what was committed. */
  sqlite: Sqlite;
}

export function simulatedTools(
  watch: ToolWatch,
  clock: SimulatedClock,
  owner: Owner,
  effects: Effects,
  tally: Tally,
): Omit<ToolClient, "settle"> {
  const committedCall = watch.sqlite.prepare(`
    SELECT call_id AS callId, task_id AS taskId FROM messages WHERE kind = 3 AND body ->> '$.input.n' = ?`);
  const startedMark = watch.sqlite.prepare(`
    SELECT 1 FROM messages WHERE task_id = ? AND kind = 6 AND body ->> '$.type' = 'call_started' AND body ->> '$.call' = ?`);

  function checkPromises(name: string, n: number): unknown {
    const count = (watch.runs.get(n) ?? 0) + 1;
    watch.runs.set(n, count);
    const call = committedCall.get(n) as { callId: string; taskId: number } | undefined;
    if (!call) return tally.broken(`I1: ${name} ran before its reply was stored.`);
    if (count > 1) tally.hit("a repeatable tool runs again");
    if (name !== "use_terminal") return null;
    if (count > 1) tally.broken(`I2: the call ${call.callId} of a tool that may run once ran ${count} times.`);
    return startedMark.get(call.taskId, call.callId) ?? tally.broken(`I2: ${call.callId} ran without its mark.`);
  }

  return {
    call(name, given, { signal, taskId }) {
      // A process that died a moment ago begins nothing any more.
      if (owner.life === "dead") return new Promise(() => {});
      const { random } = watch;
      checkPromises(name, (given as { n: number }).n);
      const done = effects.begin("tool", taskId, owner, signal);
      return new Promise((resolve, reject) => {
        const behaviour = watch.isCalm()
          ? "answers"
          : random.weighted({ answers: 80, fails: 8, hangs: 4, stubborn: 8 });
        const settle = (run: () => void) => {
          done();
          run();
        };
        if (behaviour !== "stubborn")
          signal.addEventListener("abort", () => settle(() => reject(signal.reason)), { once: true });
        if (behaviour === "hangs") {
          tally.hit("tool hangs");
          return;
        }
        const delayMs = random.chance(0.3) ? 0 : random.between(1, 6_000);
        tally.hit(`tool ${behaviour}`);
        const answer = () => settle(() => resolve({ content: `done ${name}`, isError: behaviour === "fails" }));
        if (delayMs === 0) queueMicrotask(() => owner.life === "alive" && answer());
        else clock.after(delayMs, owner, answer);
      });
    },
    close: async () => {},
  };
}
