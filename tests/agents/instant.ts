/**
 * A model in this process that answers at once, so that only the runtime is measured. A task's instruction is JSON that
 * says how it splits into subtasks, or how many tool turns it takes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Runtime } from "@/agents/boot/runtime-parts";
import { worldTool } from "@/agents/tools/contract/tool";
import type { FinishingPolicy } from "@/core/log/entries";
import type { ModelPort, ModelReply, ModelRequest, ToolCallRequest } from "@/core/log/model";
import type { AgentBody } from "@/core/rules/configuration";
import { taskIdIn } from "./task-id";

export const INSTANT_MODEL = "ollama/instant";
export const INSTANT_AGENT = "instant";

/** `[10, 10]`: ten subtasks with ten subtasks each; a leaf takes `turns` turns with one tool call each, then it ends. */
export interface Plan {
  turns: number;
  spread?: number[];
  /** Makes tasks different. */
  label?: string;
}

export interface InstantOptions {
  /** Characters of the reply's text, and of the tool's response: two of these per turn. */
  payloadChars?: number;
  /** How long the model takes to answer. */
  delayMs?: number;
  /** Called as each request arrives, before the delay. */
  onRequest?(plan: Plan, turn: number, taskUid: string): void;
  /** The model never answers from this turn on. */
  silentFromTurn?: number;
  /** Only leaves are silent, from their first turn on. */
  silentLeaves?: boolean;
}

const PAYLOAD_CHARS = 1_000;

export function instantModel(options: InstantOptions = {}): ModelPort {
  const text = prose(options.payloadChars ?? PAYLOAD_CHARS);
  return {
    async respond(request, { signal }) {
      const plan = planOf(request);
      if (!plan) return judgement(request);
      const turn = request.messages.filter((message) => message.role === "assistant").length + 1;
      options.onRequest?.(plan, turn, taskIdIn(request));
      if (options.silentLeaves && !plan.spread?.length) await aborted(signal);
      if (turn >= (options.silentFromTurn ?? Number.POSITIVE_INFINITY)) await aborted(signal);
      if (options.delayMs) await sleep(options.delayMs, undefined, { signal });
      return replyTo(plan, turn, text(turn));
    },
  };
}

function replyTo(plan: Plan, turn: number, text: string): ModelReply {
  const [width, ...deeper] = plan.spread ?? [];
  if (width !== undefined && turn === 1) {
    const subtasks = Array.from({ length: width }, (_, index) => {
      const label = `${plan.label ?? "root"}.${index + 1}`;
      const instruction = JSON.stringify({ turns: plan.turns, spread: deeper, label } satisfies Plan);
      return { name: "start_subtask", input: { instruction, agent: INSTANT_AGENT, title: label } };
    });
    return reply(turn, "", subtasks);
  }
  if (width === undefined && turn <= plan.turns) return reply(turn, text, [{ name: "probe", input: { turn } }]);
  return reply(turn, "", [{ name: "end_task", input: { status: "success", result: "Done." } }]);
}

/** Instructions of finishing agents are not plans; these agents always pass. */
function judgement(request: ModelRequest): ModelReply {
  const result = '{"outcome":"pass","reasons":["It holds."]}';
  return reply(request.messages.length, "", [{ name: "end_task", input: { status: "success", result } }]);
}

function reply(turn: number, text: string, calls: Omit<ToolCallRequest, "id">[]): ModelReply {
  const withIds = calls.map((call, index) => ({ ...call, id: `call_${turn}_${index}` }));
  const marks = withIds.map(({ id }) => ({ type: "call" as const, id }));
  return {
    parts: text ? [{ type: "text", text }, ...marks] : marks,
    calls: withIds,
    // Few enough that the conversation is never compacted.
    usage: { inputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 10 },
    stopReason: "tool_calls",
  };
}

function planOf(request: ModelRequest): Plan | null {
  const first = request.messages[0];
  if (first?.role !== "user" || !first.content.startsWith('{"turns"')) return null;
  return JSON.parse(first.content) as Plan;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Answers with as much text as the model writes. The call is repeatable after a crash. */
export function probeTool(payloadChars = PAYLOAD_CHARS) {
  const text = prose(payloadChars);
  return worldTool({
    name: "probe",
    description: "Answers at once with a text.",
    input: z.object({ turn: z.number().int() }),
    level: "read",
    afterCrash: "repeat",
    run: async ({ turn }) => ({ content: text(turn + 1) }),
  });
}

const NEVER: FinishingPolicy = { evaluate: "never", summarize: "never", document: "never" };

export async function addInstantAgent(runtime: Runtime, finishing: FinishingPolicy = NEVER): Promise<void> {
  const description = "Does what the plan in its instruction says.";
  const body: AgentBody = {
    name: INSTANT_AGENT,
    description,
    instruction: "Follow the plan.",
    tools: ["probe"],
    documents: [],
    model: "inherit",
    webSearch: false,
    finishing,
    limits: {},
  };
  await runtime.store.configuration.put({ kind: "agent", name: INSTANT_AGENT, description, body }, "trial", "measured");
}

const WORDS =
  "task tree result file folder reads writes found three lines in the module under test which calls parse with an empty list and fails before it returns the second value so that callers see nothing".split(
    " ",
  );

/** Text of words, of the given length in characters; a few variants made once, so that writing it costs nothing later. */
function prose(chars: number): (variant: number) => string {
  const variants = Array.from({ length: 16 }, (_, variant) => {
    let text = "";
    for (let index = variant; text.length < chars; index += 1 + (index % (variant + 2))) {
      text += `${WORDS[index % WORDS.length]}${(31 * index + 101 * variant) % 997} `;
    }
    return text.slice(0, chars);
  });
  return (variant) => variants[variant % variants.length] ?? "";
}
