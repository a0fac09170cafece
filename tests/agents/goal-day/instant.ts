/** Goals whose agents answer at once, so that only their rounds are measured. Each round brings the goal a little further. */
import { z } from "zod";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import type { Checked } from "@/core/goals/facts/checked";
import { goalModel } from "@/core/goals/pursue";
import { iterationModel } from "@/core/goals/rounds/round";
import type { ModelPort, ModelReply, ModelRequest, RespondOptions } from "@/core/log/model";

export interface GoalWatch {
  /** The program of the goal is asked. */
  onAsked?(): void;
  /** The program has answered, with this id of its first call. */
  onAnswered?(callId: string): void;
}

/** The executor's file in a round: the report of a test run in which one more test passes. */
export type ReportOf = (round: number) => string;

export function instantGoalModel(watch: GoalWatch, reportOf: ReportOf): ModelPort {
  return {
    async respond(request, options) {
      if (request.model === "iteration") return iterationModel.respond(request, options);
      if (request.model !== "goal") return agentReply(request, reportOf);
      return goalAsked(watch, request, options);
    },
  };
}

async function goalAsked(watch: GoalWatch, request: ModelRequest, options: RespondOptions): Promise<ModelReply> {
  watch.onAsked?.();
  const reply = await goalModel.respond(request, options);
  watch.onAnswered?.(reply.calls[0]?.id ?? "");
  return reply;
}

function agentReply(request: ModelRequest, reportOf: ReportOf): ModelReply {
  const agent = /^Agent: (\S+)$/m.exec(request.system)?.[1] ?? "";
  const [first] = request.messages;
  const instruction = first?.role === "user" ? first.content : "";
  const turn = request.messages.filter(({ role }) => role === "assistant").length;
  const round = Number(/round (\d+)/i.exec(instruction)?.[1] ?? 0);
  if (agent === "coder" && turn === 0)
    return reply("write_file", { path: "report.txt", content: reportOf(round) }, turn);
  return reply("end_task", { status: "success", result: resultOf(agent, round) }, turn);
}

function resultOf(agent: string, round: number): string {
  const about = `The next test fails because of an edge case in part ${round}, which this round mends. `;
  if (agent === "goal_planner")
    return JSON.stringify({ plan: about, steps: [{ title: `Mend part ${round}`, instruction: about.repeat(4) }] });
  // Each strategy has its own words, or it would count as tried before.
  const word = (at: number) => (round * 7_919 + at * 104_729 + 1_000_000).toString(26).replace(/\d/g, "z");
  if (agent === "goal_strategist")
    return JSON.stringify({ strategy: Array.from({ length: 20 }, (_, at) => word(at)).join(" ") });
  return about;
}

function reply(name: string, input: object, turn: number): ModelReply {
  const id = `call_${turn}`;
  return {
    parts: [{ type: "call", id }],
    calls: [{ id, name, input }],
    // The executor uses the most tokens, so that no rounds become lean.
    usage: {
      inputTokens: name === "write_file" ? 1_000 : 100,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 10,
    },
    stopReason: "tool_calls",
  };
}

/**
 * A check and an executor's tool without files and commands. They only read, so no snapshot is taken. `passedAfter`
 * returns how many tests pass after a round; rounds with equal numbers have equal files.
 */
export function instantGoalTools(
  tests: number,
  passedAfter: (round: number) => number = (round) => round,
): WorldTool[] {
  let rounds = 0;
  const write = worldTool({
    name: "write_file",
    description: "Writes.",
    level: "read",
    afterCrash: "repeat",
    input: z.object({ path: z.string(), content: z.string() }),
    run: async () => {
      rounds += 1;
      return { content: "Written." };
    },
  }) as WorldTool;
  const check = worldTool({
    name: "check_goal",
    description: "Checks.",
    level: "read",
    afterCrash: "repeat",
    input: z.looseObject({ validation_command: z.string(), start: z.string().optional() }),
    run: async ({ validation_command, start }) => ({
      content: JSON.stringify(checkedAfter({ rounds, passed: passedAfter(rounds), tests }, validation_command, start)),
    }),
  }) as WorldTool;
  // There are no files: a check reports on the files that the round is said to have.
  const restore = worldTool({
    name: "restore_files",
    description: "Puts back.",
    level: "read",
    afterCrash: "repeat",
    input: z.object({ snapshot: z.string() }),
    run: async () => ({ content: "Put back." }),
  }) as WorldTool;
  return [write, check, restore];
}

interface Found {
  rounds: number;
  passed: number;
  tests: number;
}

function checkedAfter({ rounds, passed, tests }: Found, command: string, start: string | undefined): Checked {
  // Have the length of real names, because the size of the log is measured.
  const commit = String(passed).padStart(40, "0");
  const evidence = `exit status 1, ${passed} of ${tests} tests passed`;
  return {
    start: start ?? commit,
    commit,
    files: commit.slice(20),
    at_ms: 1_800_000_000_000 + rounds * 1_000,
    checks: [{ command, weight: 1, share: passed / tests, met: false, evidence }],
    valid: false,
    tests,
    signature: `part ${passed} works`,
    changed: 1,
    put_back: [],
    doubts: [],
    why: `${"AssertionError: expected true, got false\n".repeat(8)}${evidence}`,
    changes: `src/part-${passed}.js +3 −1`,
    passes_as_changed: false,
  };
}
