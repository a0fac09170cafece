/** Makes the texts about a coding agent's work: the answer for the calling agent, and the progress for people. */
import type { ModelUse } from "@/agents/tools/contract/models";
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { GrantedSpend } from "@/core/log/amounts";
import type { ExecutorFault } from "@/core/log/call-faults";
import type { ExecutorCall } from "@/core/log/executor";
import type { RequestLack } from "@/core/rules/request-lack";
import { cut, type Seen, type ToolCall } from "@/lib/acp/work";
import type { Driven } from "./drive";
import type { Executor } from "./executors";
import type { Patches } from "./patches";
import type { Refusal } from "./permissions";
import { type Became, type End, lacking, reasonOf, sentenceOf } from "./reasons";

/** A request of the agent that was not allowed. */
export interface Refused extends Refusal {
  title: string;
}

export interface Ended extends Driven, Omit<End, "told"> {
  refused: readonly Refused[];
  patches: Patches;
  /** What its programs used. */
  use: ModelUse;
  /** The earlier session could not be found, so the agent began anew. */
  isForgotten: boolean;
  /** The call goes on after a question or a restart, before which the agent had used something too. */
  isResumed: boolean;
  /** How many agents' calls share the answer. */
  sharers: number;
}

/** What becomes of one piece of work. `reason` is null when the agent has done it. */
export type Answer = { agent: string; reason: ExecutorFault | null } & Record<string, unknown>;

const SHOWN_CALLS = 100;
const OUTPUT_CHARACTERS = 1_000;

export function answerOf(ended: Ended): Answer {
  const { executor, told, way, starts, refused, use, sharers } = ended;
  const { work, session, agent, stopReason } = told;
  const became: Became | null = reasonOf(ended);
  const shown = Math.floor(SHOWN_CALLS / sharers);
  const left = work.calls.length - shown + work.moreCalls;
  const notes = notesOf(ended);
  return {
    agent: executor.name,
    reason: became?.reason ?? null,
    version: agent?.version ?? way.executable.version,
    way: way.name,
    session,
    ...(notes !== "" && { note: notes }),
    ...(starts > 1 && { starts }),
    stop_reason: told.fault ? null : stopReason,
    ...(became?.problem && { problem: became.problem }),
    ...(ended.lack && { grant: grantFields(ended.lack) }),
    message: work.message,
    tool_calls: work.calls.slice(-shown).map((call) => shownCall(call, ended.patches)),
    ...(left > 0 && { earlier_tool_calls: left }),
    ...(work.plan.length > 0 && { plan: work.plan }),
    ...(refused.length > 0 && { refused: refused.map(refusedSentence) }),
    usage: {
      requests: use.requests,
      tokens_in: use.tokensIn,
      tokens_out: use.tokensOut,
      cost_usd: use.microUsd / 1_000_000,
    },
  };
}

/** Returns the answer for an agent that was not started, because the grant does not cover even its first request. */
export function unaffordable({ name, title }: Executor, version: string | null, lack: RequestLack, taskId: string) {
  const { reason, problem } = lacking(lack, taskId, `${title} was not started.`);
  return { agent: name, reason, version, stop_reason: null, problem, grant: grantFields(lack) } satisfies Answer;
}

/** Both amounts, the smallest grant, what to add, and the grant that is enough then, for programs. */
function grantFields({ model, needs, left, minimum, add, enough }: RequestLack) {
  const usd = (microUsd: number | null) => (microUsd === null ? null : microUsd / 1_000_000);
  const fields = ({ tokens, microUsd }: GrantedSpend) => ({ tokens, cost_usd: usd(microUsd) });
  const grants = { minimum: fields(minimum), enough: fields(enough) };
  return { model, needs: fields(needs), left: fields(left), add: fields(add), ...grants };
}

function notesOf({ executor, way, missed, isForgotten, isResumed }: Ended): string {
  const whys = missed.map(({ fault }) => sentenceOf(fault, executor));
  const isSecond = way.name === "stream-json";
  return [
    ...whys,
    isSecond && whys.length === 0 ? `No program that speaks the Agent Client Protocol for it is installed.` : "",
    isSecond ? `So Banyan talked with ${executor.title} itself, by stream-json.` : "",
    isForgotten ? "The earlier session could not be loaded, so the agent began a new one." : "",
    isResumed ? "`usage` counts from where the call continued; the task has paid for what came before, too." : "",
  ]
    .filter(Boolean)
    .join(" ");
}

function refusedSentence({ title, why, by }: Refused): string {
  const what = title === "" ? "A call" : JSON.stringify(cut(title, 300));
  return `${what} was refused by ${by}: ${why}.`;
}

function shownCall(call: ToolCall, patches: Patches) {
  const { title, kind, status, files, output } = call;
  const diff = patches.of(call);
  return {
    title,
    kind,
    status,
    ...(files.length > 0 && { files }),
    ...(diff !== "" && { diff }),
    ...(output !== "" && { output: cut(output, OUTPUT_CHARACTERS) }),
  };
}

/** Returns an ended call for the task's log; the host redacts it. */
export function executorCall(call: ToolCall, patches: Patches): ExecutorCall {
  const { title, kind, status, files, input, output } = call;
  const diff = patches.of(call);
  return {
    title,
    kind,
    status,
    files,
    ...(input !== "" && { input: cut(input, OUTPUT_CHARACTERS) }),
    ...(diff !== "" && { diff }),
    ...(output !== "" && { output: cut(output, OUTPUT_CHARACTERS) }),
  };
}

/** Passes on what people may watch. */
export function show(
  { onProgress, onOutput }: Pick<ToolContext, "onProgress" | "onOutput">,
  seen: Seen,
  patches: Patches,
): void {
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
      const { title, kind, status } = seen.call;
      onProgress?.(`${title === "" ? kind : title} (${status})`);
      if (!seen.isEnd) return;
      onOutput?.(`\n[${status}] ${title === "" ? kind : title}\n${patches.of(seen.call)}\n`, "stdout");
    }
  }
}
