/** Specifications of the pure core: given these entries of a log, when these facts hold, then the task decides this. */
import { expect } from "vitest";
import { decide } from "@/core/decide";
import type { Decision } from "@/core/decision";
import { fold } from "@/core/evolve";
import type { Facts, Relative } from "@/core/facts";
import { NO_CAPS } from "@/core/log/amounts";
import type { Assignment, CallMode, Ended, Entry, LimitRule, Setup, TaskEvent } from "@/core/log/entries";
import type { Attachment } from "@/core/log/model";

type Expected = { kind: Decision["kind"] } & Record<string, unknown>;

export function given(...entries: (Entry | Entry[])[]) {
  const log = entries.flat();
  return {
    when: (facts: Partial<Facts> = {}) => ({
      /** The decision has this kind and at least these fields. */
      decides(expected: Expected): void {
        expect(decide(fold(log), factsOf(facts))).toMatchObject(expected);
      },
    }),
    /** The state that the log folds to, which evolve has made. */
    state: () => fold(log),
  };
}

export function factsOf(facts: Partial<Facts> = {}): Facts {
  return {
    nowMs: 1_000,
    lease: 1,
    held: false,
    letters: [],
    relatives: new Map(),
    exhausted: null,
    turnsAllowed: 0,
    ...facts,
    limits: {
      maxStrikes: 3,
      maxEndless: 2,
      maxBadAnswers: 2,
      maxEndings: 3,
      maxTimeouts: 10,
      maxModelTries: 10,
      contextTokens: 200_000,
      maxOutputTokens: 8_000,
      outputTokens: 8_000,
      compactTokens: 1_000_000,
      ...facts.limits,
    },
  };
}

/** The first two entries of a task; defaults are those of a plain root without finishing agents. */
export function task(setup: Partial<Setup> = {}, assignment: Partial<Assignment> = {}): Entry[] {
  return [
    {
      kind: "system",
      turn: 0,
      content: {
        agent: "worker",
        agentVersion: 1,
        model: "anthropic/test",
        tools: ["read_file", "use_terminal"],
        documents: [],
        runbook: null,
        rights: ["read", "write"],
        finishing: { evaluate: "never", summarize: "never", document: "never" },
        maxTurns: null,
        timeoutMs: 60_000,
        ...setup,
      },
    },
    {
      kind: "instruction",
      turn: 0,
      content: {
        instruction: "Do it.",
        title: "Do it",
        role: "work",
        purpose: null,
        depth: 0,
        chosen: false,
        dependsOn: [],
        grant: NO_CAPS,
        workspace: "shared",
        criteria: null,
        material: null,
        stepping: "automatic",
        ...assignment,
      },
    },
  ];
}

export interface GivenCall {
  id: string;
  tool: string;
  input?: unknown;
  mode?: CallMode;
  problem?: string;
  /** A person must approve it. */
  ask?: true;
  resumes?: true;
}

/** A reply with its calls, stored as the runtime stores it. */
export function reply(turn: number, ...calls: GivenCall[]): Entry[] {
  const usage = { inputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 10 };
  const valid = calls.some((call) => call.mode !== "invalid");
  const parts = [
    { type: "text" as const, text: `Turn ${turn}` },
    ...calls.map(({ id }) => ({ type: "call" as const, id })),
  ];
  return [
    { kind: "agent_response", turn, content: { parts, stopReason: "stop", valid }, usage, microUsd: 5 },
    ...calls.map(({ id, tool, input = {}, mode = "control", problem, ask, resumes }): Entry => {
      const content = {
        input,
        mode,
        ...(problem && { problem }),
        ...(ask && { ask, level: "write" as const }),
        ...(resumes && { resumes }),
      };
      return { kind: "tool_call", turn, content, tool, callId: id };
    }),
  ];
}

export function response(
  turn: number,
  callId: string,
  tool: string,
  more: { text?: string; isError?: true; early?: true; limit?: true | LimitRule; attachments?: Attachment[] } = {},
): Entry {
  return { kind: "tool_response", turn, content: { text: "ok", isError: false, ...more }, tool, callId };
}

export function event(turn: number, content: TaskEvent): Entry {
  return { kind: "event", turn, content };
}

export function started(turn: number, call: string, ...tasks: string[]): Entry {
  const subtasks = tasks.map((task) => ({
    task,
    call,
    title: `The ${task}`,
    agent: "worker",
    role: "work" as const,
    purpose: null,
  }));
  return event(turn, { type: "subtasks_started", subtasks });
}

export function finishing(turn: number, call: string, ...purposes: ("evaluate" | "summarize" | "document")[]): Entry {
  const subtasks = purposes.map((purpose) => ({
    task: purpose,
    call,
    title: purpose,
    agent: purpose,
    role: "finishing" as const,
    purpose,
  }));
  return event(turn, { type: "subtasks_started", subtasks });
}

export const endTask = (id = "end"): GivenCall => ({
  id,
  tool: "end_task",
  input: { status: "success", result: "Done." },
});

export function ending(turn: number, more: Partial<Extract<TaskEvent, { type: "ending" }>> = {}): Entry {
  return event(turn, { type: "ending", call: "end", status: "success", claims: [], result: "Done.", ...more });
}

const ENDED: Ended = {
  status: "succeeded",
  reason: null,
  detail: null,
  result: "Done.",
  summary: "Done.",
  verdict: null,
};

export function ended(turn: number, more: Partial<Ended> = {}): Entry {
  return event(turn, { type: "ended", ...ENDED, ...more });
}

/** The states of other tasks: null runs, else how it ended. */
export function relatives(states: Record<string, Partial<Ended> | null>): Map<string, Relative> {
  const entries = Object.entries(states).map(([task, end]): [string, Relative] => {
    if (!end) return [task, { task, status: "running", result: null }];
    const { status, reason, summary, verdict, result } = { ...ENDED, ...end };
    return [
      task,
      { task, status, result: { task, title: `The ${task}`, status, reason, summary, verdict, text: result } },
    ];
  });
  return new Map(entries);
}
