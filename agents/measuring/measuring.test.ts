import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { JUDGED } from "@/agents/gates/judge";
import { ModelError, type ModelReply, type ModelRequest, type RespondOptions } from "@/core/log/model";
import { type Counts, createCounts } from "@/core/metrics/counts";
import type { Log } from "@/db/log/log";
import type { AppendResult, TaskRecord } from "@/db/records/records";
import type { Timers } from "@/lib/time/timers";
import { countGates } from "./gates";
import { countedModels } from "./models";
import { countedLog } from "./records";
import { startWritingCounts } from "./write";

const usage = { inputTokens: 100, outputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0 };
const REPLY: ModelReply = { parts: [], calls: [], usage, stopReason: "stop" };
const REQUEST: ModelRequest = { model: "openai/gpt", system: "", tools: [], messages: [], maxOutputTokens: 1 };

/** Returns what was counted, as `name [labels] events sum`. */
const shown = (counts: Counts) =>
  counts.take().map(({ name, labels, events, sum }) => `${name.replace("banyan_", "")} ${labels} ${events} ${sum}`);

function calling(respond: (options: RespondOptions) => Promise<ModelReply>, model = REQUEST.model) {
  const counts = createCounts();
  let clock = 0;
  const port = { respond: (_: ModelRequest, options: RespondOptions) => respond(options) };
  const counted = countedModels(port, { counts, now: () => (clock += 2_000), costOf: () => 1_500_000 });
  const call = (signal = new AbortController().signal) =>
    counted.respond({ ...REQUEST, model }, { signal, onDraft: () => {} }).catch((error: unknown) => error);
  return { counts, call };
}

test("an answered call counts with its time, tokens and cost", async () => {
  const { counts, call } = calling(async () => REPLY);
  await call();
  expect(shown(counts)).toEqual([
    'model_call_duration_seconds ["openai","gpt","ok"] 1 2',
    'model_tokens_total ["openai","gpt","in"] 1 100',
    'model_tokens_total ["openai","gpt","out"] 1 10',
    'model_cost_dollars_total ["openai","gpt"] 1 1.5',
  ]);
});

test("a failed call counts by its kind, and the caller gets the same error", async () => {
  const error = new ModelError("quota", "No quota.");
  const { counts, call } = calling(() => Promise.reject(error));
  expect(await call()).toBe(error);
  expect(shown(counts)).toEqual([
    'model_call_duration_seconds ["openai","gpt","failed"] 1 2',
    'model_errors_total ["openai","quota"] 1 1',
  ]);
});

test("a silent model is at fault; a stop, and a program in the place of a model, say nothing about a model", async () => {
  const cut = (reason: Error) => {
    const controller = new AbortController();
    const made = calling(({ signal }) => Promise.reject(signal.reason));
    controller.abort(reason);
    return { ...made, done: made.call(controller.signal) };
  };
  const silent = cut(new DOMException("The call took too long.", "TimeoutError"));
  await silent.done;
  expect(shown(silent.counts)).toContain('model_errors_total ["openai","timeout"] 1 1');
  const stopped = cut(new Error("Stopped."));
  await stopped.done;
  expect(shown(stopped.counts)).toEqual(['model_call_duration_seconds ["openai","gpt","cut"] 1 2']);
  const program = calling(async () => REPLY, "goal");
  await program.call();
  expect(shown(program.counts)).toEqual([]);
});

/** A record of a round that ends, with what a log can count. */
const RECORD = {
  entries: [
    {
      kind: "event",
      turn: 1,
      content: { type: "claims_checked", call: "c", marks: [{ mark: "shown" }, { mark: "failed" }] },
    },
  ],
  toolUses: [{ tool: "read_file", isError: true, durationMs: 250 }],
  interventions: [{ rule: "silent_tool", action: "stop", evidence: "" }],
  leaseEnd: { status: "succeeded", reason: null, detail: null },
  row: { model: "iteration" },
} as unknown as TaskRecord;

function appended(result: Partial<AppendResult>, record: TaskRecord): Promise<string[]> {
  const counts = createCounts();
  const log = { append: async () => result } as unknown as Log;
  return countedLog(log, counts)
    .append(record)
    .then(() => shown(counts));
}

test("a record that is written counts its tools, claims, interventions and end; a refused one counts nothing", async () => {
  expect(await appended({ ok: true }, RECORD)).toEqual([
    'tool_call_duration_seconds ["read_file","failed"] 1 0.25',
    'interventions_total ["silent_tool","stop"] 1 1',
    'claims_checked_total ["shown"] 1 1',
    'claims_checked_total ["failed"] 1 1',
    'tasks_ended_total ["succeeded"] 1 1',
    'goal_rounds_ended_total ["succeeded"] 1 1',
  ]);
  expect(await appended({ ok: false }, RECORD)).toEqual([]);
  const resting = { ...RECORD, entries: [], toolUses: [], interventions: [], leaseEnd: { status: "ready" } as const };
  expect(await appended({ ok: true }, resting)).toEqual([]);
});

test("gates count with their time until the end, without those that are off", () => {
  const counts = createCounts();
  const end = countGates(counts);
  const report = {
    gates: [
      { gate: "types", outcome: "passed", seconds: 12 },
      { gate: "bench", outcome: "off", seconds: 0 },
    ],
  };
  JUDGED.publish(report);
  end();
  JUDGED.publish(report);
  expect(shown(counts)).toEqual(['gate_duration_seconds ["types","passed"] 1 12']);
});

test("counts are stored once: what could not be stored is stored with the next ones, and the rest at the end", async () => {
  const counts = createCounts();
  const stored: number[] = [];
  const reports: string[] = [];
  let tick = () => {};
  let isFull = true;
  const timers: Timers = {
    after: () => () => {},
    every(_, run) {
      tick = run;
      return () => {};
    },
  };
  const stop = startWritingCounts({
    counts,
    async add(counted) {
      if (isFull) throw new Error("The disk is full.");
      stored.push(...counted.map(({ sum }) => sum));
    },
    timers,
    report: (message) => void reports.push(message),
  });
  const count = () => counts.add("banyan_tasks_ended_total", { status: "failed" });
  const pass = async () => {
    tick();
    await pause();
  };
  await pass();
  count();
  await pass();
  await pass();
  expect([stored, reports.length]).toEqual([[], 1]);
  isFull = false;
  count();
  await pass();
  expect(stored).toEqual([2]);
  count();
  await stop();
  await pass();
  expect(stored).toEqual([2, 1]);
});
