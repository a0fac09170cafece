import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { ModelMessage, ModelReply } from "@/core/log/model";
import type { Value, ValueMap } from "@/core/programs/json";
import { replyTo } from "./model";
import type { Check } from "./progress";
import { runbookNamed } from "./select";

/** Answers a tool call with text or a value that becomes JSON text; a thrown error is the tool's error. */
export type FakeTool = (input: ValueMap) => Value;

export interface Drive {
  tools: Record<string, FakeTool>;
  /** Texts of runbooks by name, for the subtasks. */
  runbooks?: Record<string, string>;
}

export interface Driven {
  status: string;
  result: string;
  checks: Check[];
  messages: ModelMessage[];
  system: string;
  /** Names of the tools called, in order; tools of one turn are joined with "+". */
  turns: string[];
  subtasks: Driven[];
  instruction: string;
}

export function seededRunbook(name: string): string {
  return readFileSync(new URL(`../../../seeds/runbooks/${name}.md`, import.meta.url), "utf8");
}

export function systemPrompt(runbook: string): string {
  const name = /^name: (.*)$/m.exec(runbook)?.[1] ?? "";
  return `Agent: worker\nTask: t_1\n\n<runbook name="${name}">\n${runbook}\n</runbook>\n\nMore text.`;
}

/** Runs a task and its subtasks to the end as the runtime would, in memory. */
export function drive(runbook: string, instruction: string, world: Drive): Driven {
  const system = systemPrompt(runbook);
  const messages: ModelMessage[] = [{ role: "user", content: instruction }];
  const driven: Driven = { status: "", result: "", checks: [], messages, system, turns: [], subtasks: [], instruction };
  for (let turn = 0; turn < 50; turn++) {
    const reply = replyTo({ system, messages });
    messages.push({ role: "assistant", parts: reply.parts, calls: reply.calls });
    driven.turns.push(reply.calls.map(({ name }) => name).join("+"));
    const end = reply.calls.find(({ name }) => name === "end_task");
    if (end) {
      const { status, result } = end.input as { status: string; result: string };
      return Object.assign(driven, { status, result, checks: checksOf(reply) });
    }
    if (reply.calls.length === 0) throw new Error("The runbook waits, but no message will come.");
    for (const call of reply.calls) messages.push(answer(call.id, call.name, call.input as ValueMap, world, driven));
  }
  throw new Error("The runbook did not end within 50 turns.");
}

/**
 * At every point where the model is asked, the same question must get the same reply, because a restart relies on that.
 */
export function expectSameAtEveryPrefix(driven: Driven): void {
  for (const [at, message] of driven.messages.entries()) {
    if (message.role !== "assistant") continue;
    const { parts, calls } = replyTo({
      system: driven.system,
      messages: structuredClone(driven.messages.slice(0, at)),
    });
    expect({ parts, calls }).toEqual({ parts: message.parts, calls: message.calls });
  }
  for (const subtask of driven.subtasks) expectSameAtEveryPrefix(subtask);
}

export function checksOf(reply: ModelReply): Check[] {
  const part = reply.parts[0];
  return ((part?.type === "text" && part.provider?.runbook?.checks) || []) as Check[];
}

function answer(callId: string, toolName: string, input: ValueMap, world: Drive, driven: Driven): ModelMessage {
  const message = { role: "tool" as const, callId, toolName };
  try {
    const tool = world.tools[toolName];
    const override = tool?.(input);
    if (toolName === "start_subtask" && override === undefined)
      return { ...message, ...runSubtask(input, world, driven) };
    if (override === undefined) throw new Error(`There is no tool ${toolName}.`);
    return { ...message, content: typeof override === "string" ? override : JSON.stringify(override), isError: false };
  } catch (error) {
    return { ...message, content: (error as Error).message, isError: true };
  }
}

/** Without a summary agent, the parent reads the first 4,000 characters of the result. */
function runSubtask(input: ValueMap, world: Drive, driven: Driven): { content: string; isError: boolean } {
  const instruction = String(input.instruction);
  const runbook = world.runbooks?.[runbookNamed(instruction)?.name ?? ""];
  if (runbook === undefined) throw new Error("There is no such runbook.");
  const subtask = drive(runbook, instruction, world);
  driven.subtasks.push(subtask);
  const result = {
    task: `t_${driven.subtasks.length}`,
    title: input.title ?? "",
    status: subtask.status === "success" ? "succeeded" : "failed",
    summary: subtask.result.slice(0, 4_000),
    verdict: null,
  };
  return { content: JSON.stringify(result), isError: false };
}
