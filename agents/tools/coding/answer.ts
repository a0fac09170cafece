/** What the calling agent reads of a coding agent's work, and what people see of it meanwhile. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { ModelUse } from "@/agents/tools/contract/models";
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { ExecutorCall } from "@/core/log/entries";
import type { Fault, Told } from "@/lib/acp/converse";
import { cut, type Seen, type ToolCall } from "@/lib/acp/work";
import type { Executor } from "./executors";
import type { Refusal } from "./permissions";

/** A request of the agent that was not allowed. */
export interface Refused extends Refusal {
  title: string;
}

export interface Ended {
  executor: Executor;
  /** The version of its program's package. */
  version: string | null;
  told: Told;
  refused: readonly Refused[];
  models: ModelUse;
  /** The task's grant was spent while the agent worked. */
  isSpent: boolean;
  /** The earlier session could not be found, so the agent began anew. */
  isForgotten: boolean;
}

const SHOWN_CALLS = 100;
const OUTPUT_CHARACTERS = 1_000;
const DIFF_CHARACTERS = 4_000;
/** Longer differences are not worked out: that takes time that grows with their square. */
const MOST_EDITS = 2_000;

/** Returns what becomes of the call. */
export function answerOf(ended: Ended): { content: string; isError: boolean } {
  const { executor, version, told, refused, models, isSpent, isForgotten } = ended;
  const { work, fault, session, agent } = told;
  const problem = isSpent ? SPENT : fault ? sentenceOf(fault, executor) : null;
  const left = work.calls.length - SHOWN_CALLS + work.moreCalls;
  const answer = {
    agent: executor.name,
    version: agent?.version ?? version,
    session,
    ...(isForgotten && { note: "The earlier session could not be loaded, so the agent began a new one." }),
    stop_reason: fault ? null : told.stopReason,
    ...(problem !== null && { problem }),
    message: work.message,
    tool_calls: work.calls.slice(-SHOWN_CALLS).map(shownCall),
    ...(left > 0 && { earlier_tool_calls: left }),
    ...(work.plan.length > 0 && { plan: work.plan }),
    ...(refused.length > 0 && { refused: refused.map(refusedSentence) }),
    usage: {
      requests: models.requests,
      tokens_in: models.tokensIn,
      tokens_out: models.tokensOut,
      cost_usd: models.microUsd / 1_000_000,
    },
  };
  return { content: JSON.stringify(answer), isError: problem !== null || told.stopReason !== "end_turn" };
}

const SPENT =
  "The task's grant did not suffice for the agent's next request, so the agent could not finish. What it changed is in the workspace.";

function refusedSentence({ title, why, by }: Refused): string {
  const what = title === "" ? "A call" : JSON.stringify(cut(title, 300));
  return `${what} was refused by ${by}: ${why}.`;
}

function shownCall({ title, kind, status, files, diffs, output }: ToolCall) {
  return {
    title,
    kind,
    status,
    ...(files.length > 0 && { files }),
    ...(diffs.length > 0 && { diff: cut(diffs.map(patchOf).join("\n"), DIFF_CHARACTERS) }),
    ...(output !== "" && { output: cut(output, OUTPUT_CHARACTERS) }),
  };
}

/** Returns an ended call for the task's log; the host redacts it. */
export function executorCall({ title, kind, status, files, input, diffs, output }: ToolCall): ExecutorCall {
  return {
    ...{ title, kind, status, files },
    ...(input !== "" && { input: cut(input, OUTPUT_CHARACTERS) }),
    ...(diffs.length > 0 && { diff: cut(diffs.map(patchOf).join("\n"), DIFF_CHARACTERS) }),
    ...(output !== "" && { output: cut(output, OUTPUT_CHARACTERS) }),
  };
}

function patchOf({ path, before, after }: ToolCall["diffs"][number]): string {
  const patch = createTwoFilesPatch(path, path, before, after, undefined, undefined, {
    context: 2,
    headerOptions: FILE_HEADERS_ONLY,
    maxEditLength: MOST_EDITS,
  });
  return patch ?? `${path}: the difference is too large to be shown.`;
}

export function sentenceOf(fault: Fault, { title, name, install }: Executor): string {
  switch (fault.code) {
    case "not_signed_in":
      return `${title} wants to be signed in, although it gets its models from Banyan; check that the installed version takes an address and a key from its environment.`;
    case "error":
      return `${title} reported an error: ${fault.said}`;
    case "version":
      return `${title} speaks version ${fault.version} of the Agent Client Protocol, and Banyan speaks version 1; install a version of it that speaks this one.`;
    case "slow_start":
      return `${title} did not open a session in time; check that it starts on this machine, and try again.`;
    case "ended": {
      const how = fault.exitStatus === null ? "" : ` with exit status ${fault.exitStatus}`;
      const said = fault.said === "" ? "" : ` It said last: ${fault.said}`;
      return fault.problem ?? `${title} ended${how} before its work was done.${said}`;
    }
    case "nonsense":
      return `${title} was ended, because ${fault.why}; check that “${name}” is a program that speaks the Agent Client Protocol, or install it again: ${install}`;
  }
}

/** Passes on what people may watch. */
export function show({ onProgress, onOutput }: ToolContext, seen: Seen): void {
  switch (seen.type) {
    case "text":
      onOutput?.(seen.text, "stdout");
      return;
    case "plan": {
      const done = seen.plan.filter(({ status }) => status === "completed").length;
      const now = seen.plan.find(({ status }) => status === "in_progress");
      onProgress?.(`Plan: ${done} of ${seen.plan.length} done.${now ? ` Now: ${now.text}` : ""}`);
      return;
    }
    case "call": {
      const { title, kind, status, diffs } = seen.call;
      onProgress?.(`${title === "" ? kind : title} (${status})`);
      if (!seen.isEnd) return;
      const patch = diffs.map(patchOf).join("\n");
      onOutput?.(`\n[${status}] ${title === "" ? kind : title}\n${cut(patch, DIFF_CHARACTERS)}\n`, "stdout");
    }
  }
}
