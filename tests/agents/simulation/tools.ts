/** World tools with and without approval, some repeatable after a crash, and the client that calls them. */
import { z } from "zod";
import { type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import type { ToolClient } from "@/agents/tools/server";
import type { ToolBody } from "@/core/rules/configuration";
import type { Sqlite } from "@/db/file/client";
import type { Store } from "@/db/store";
import type { Owner, SimulatedClock } from "./clock";
import type { Effects } from "./effects";
import type { Random } from "./random";
import type { Tally } from "./tally";

const input = z.object({ n: z.number() });
const never = (): Promise<ToolOutcome> => Promise.reject(new Error("The simulation calls its tools itself."));

const simulated = (name: string, level: WorldTool["level"], afterCrash: WorldTool["afterCrash"]) =>
  worldTool({ name, description: "Simulated.", input, level, afterCrash, run: never }) as WorldTool;

/** Two tools with policy "auto" and two with "ask", one of each repeatable; and a tool whose result never changes. */
export const SIMULATED_TOOLS: WorldTool[] = [
  simulated("read_file", "read", "repeat"),
  simulated("use_terminal", "write", "report_interrupted"),
  simulated("search_files", "read", "repeat"),
  simulated("write_file", "write", "report_interrupted"),
  worldTool({
    name: "list_directory",
    description: "Lists.",
    input: z.object({ path: z.string() }),
    level: "read",
    afterCrash: "repeat",
    run: never,
  }) as WorldTool,
];

const ASKED = new Set(["search_files", "write_file"]);
const ONCE = new Set(["use_terminal", "write_file"]);

/** Sets the policy "ask" in the database that every run starts with. */
export async function putPolicies({ configuration }: Pick<Store, "configuration">): Promise<void> {
  for (const entry of configuration.live()) {
    if (entry.kind !== "tool" || !ASKED.has(entry.name)) continue;
    const { kind, name, description, body } = entry;
    await configuration.put({ kind, name, description, body: { ...(body as ToolBody), policy: "ask" } }, "test", "");
  }
}

/** A fork has its original's calls, in its own tasks. */
export function runKey(taskUid: string, n: number): string {
  return `${taskUid} ${n}`;
}

export interface ToolWatch {
  random: Random;
  isCalm(): boolean;
  /** How often the tool has begun for each input of a task; equal calls of the task share it. */
  runs: Map<string, number>;
  /** A connection that sees only committed data. */
  sqlite: Sqlite;
}

interface CommittedCall {
  callId: string;
  marked: number;
  answered: number;
  approved: number;
}

interface SimulatedTools {
  watch: ToolWatch;
  clock: SimulatedClock;
  owner: Owner;
  effects: Effects;
  tally: Tally;
  committed: ReturnType<typeof committedStatement>;
}

export function simulatedTools(
  watch: ToolWatch,
  clock: SimulatedClock,
  owner: Owner,
  effects: Effects,
  tally: Tally,
): Omit<ToolClient, "settle"> {
  const tools = { watch, clock, owner, effects, tally, committed: committedStatement(watch.sqlite) };
  return {
    call(name, given, { signal, taskId }) {
      // A dead process starts nothing.
      if (owner.life === "dead") return new Promise(() => {});
      if (name !== "list_directory") checkPromises(tools, name, (given as { n: number }).n, taskId);
      return answerOf(tools, name, taskId, signal);
    },
    close: async () => {},
  };
}

function committedStatement(sqlite: Sqlite) {
  const event = (type: string) => `EXISTS (SELECT 1 FROM messages event WHERE event.task_id = call.task_id AND kind = 6
      AND body ->> '$.type' = '${type}' AND body ->> '$.call' = call.call_id`;
  return sqlite.prepare(`
    SELECT call_id AS callId, ${event("call_started")}) AS marked,
      ${event("approval_decided")} AND body ->> '$.approved' = 1) AS approved,
      EXISTS (SELECT 1 FROM messages answer WHERE answer.task_id = call.task_id AND answer.call_id = call.call_id
        AND kind = 4) AS answered
    FROM messages call WHERE kind = 3 AND body ->> '$.input.n' = ? AND task_id = (SELECT id FROM tasks WHERE uid = ?)`);
}

/** Checks what the log must contain before a tool starts. */
function checkPromises({ watch, tally, committed }: SimulatedTools, name: string, n: number, taskUid: string): void {
  const key = runKey(taskUid, n);
  const count = (watch.runs.get(key) ?? 0) + 1;
  watch.runs.set(key, count);
  const calls = committed.all(n, taskUid) as CommittedCall[];
  const named = `the call ${calls.map((call) => call.callId).join(" or ")} of ${name}`;
  if (calls.length === 0) tally.broken(`I1: ${name} ran before its reply was stored.`);
  if (calls.every((call) => call.answered === 1)) tally.broken(`I2: ${named} ran after its response.`);
  if (ASKED.has(name)) {
    const approved = calls.filter((call) => call.approved === 1).length;
    if (approved === 0) tally.broken(`${named} ran before it was approved.`);
    if (ONCE.has(name) && count > approved) tally.broken(`${named} ran ${count} times, approved ${approved} times.`);
    tally.hit("an approved call runs");
  }
  if (!ONCE.has(name)) {
    if (count > calls.length) tally.hit("a repeatable tool runs again");
    return;
  }
  if (count > calls.length) tally.broken(`I2: ${named}, which may run once, ran ${count} times.`);
  if (count > calls.filter((call) => call.marked === 1).length) tally.broken(`I2: ${named} ran without its mark.`);
}

/** Settles now, later or never, with success or failure, by the seed. */
function answerOf(
  { watch, clock, owner, effects, tally }: SimulatedTools,
  name: string,
  taskUid: string,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { random } = watch;
  const done = effects.begin("tool", taskUid, owner, signal);
  return new Promise((resolve, reject) => {
    const behaviour =
      watch.isCalm() || name === "list_directory"
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
}
