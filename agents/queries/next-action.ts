/** Says what a task would do next if it continued now, with the same `decide` as its worker, without doing it. */
import { decide } from "@/core/decide";
import type { Decision } from "@/core/decision";
import { evolve, fold } from "@/core/evolve";
import { type CallLimits, type Facts, TRIES } from "@/core/facts";
import type { TaskState } from "@/core/state";
import type { Store } from "@/db/store";

const INPUT_CHARS = 300;
/** Limit of bookkeeping decisions before the next step; there are never more than a few. */
const MOST_NOTES = 50;

export interface NextActionSources {
  loader: Store["loader"];
  limitsOf(model: string): CallLimits;
  now(): number;
}

/** Throws BrokenLogError when the log cannot be read. */
export function nextAction({ loader, limitsOf, now }: NextActionSources, taskId: number): string {
  const state = fold(loader.entries(taskId, loader.lengthOf(taskId)));
  const facts: Facts = {
    nowMs: now(),
    lease: 0,
    held: false,
    letters: loader.letters(taskId),
    relatives: loader.relatives(taskId),
    exhausted: null,
    turnsAllowed: Number.MAX_SAFE_INTEGER,
    limits: { ...TRIES, ...limitsOf(state.setup.model) },
  };
  let read = 0;
  for (let notes = 0; notes < MOST_NOTES; notes += 1) {
    const decision = decide(state, facts);
    if (decision.kind !== "note") return `${readText(read)}${sentenceOf(decision, state)}`;
    for (const entry of decision.entries) evolve(state, entry);
    const taken = new Set(decision.letters ?? []);
    read += taken.size;
    facts.letters = facts.letters.filter((letter) => !taken.has(letter.id));
  }
  return "It updates its log.";
}

function readText(letters: number): string {
  if (letters === 0) return "";
  return `It reads ${counted(letters, "message")} first. `;
}

function sentenceOf(decision: Exclude<Decision, { kind: "note" }>, state: TaskState): string {
  const { setup, turn, ending } = state;
  switch (decision.kind) {
    case "call_model":
      return `It asks ${setup.model} for turn ${turn + 1}, with ${counted(state.messages.length, "message")} and the tools of ${setup.agent}.`;
    case "compact":
      return `It asks ${setup.model} to summarise the oldest part of the conversation.`;
    case "run_tool":
      return `It runs ${decision.call.tool} with ${shown(decision.call.input)}.`;
    case "ask_approval":
      return `It asks a person to approve: ${decision.calls.map((call) => `${call.tool} ${shown(call.input)}`).join("; ")}.`;
    case "settle":
      return `It runs ${decision.calls.map((call) => `${call.tool} ${shown(call.input)}`).join("; ")}.`;
    case "check_claims":
      return `The host runs the commands of ${counted(ending?.claims.length ?? 0, "claim")} in a clean copy.`;
    case "start_finishing":
      return `It is passed to ${decision.starts.map((start) => start.agent).join(", ")}.`;
    case "merge_files":
      return "It merges the changes in its own folder into its parent's folder.";
    case "rest":
      return restText(decision, state);
    case "end":
      return `It ends as ${decision.status}${decision.reason ? ` (${decision.reason})` : ""}.`;
  }
}

function restText({ waits, parkedUntilMs }: Extract<Decision, { kind: "rest" }>, state: TaskState): string {
  if (state.ended) return "It has ended: nothing comes next unless you retry it.";
  if (waits)
    return `It waits for ${waits.kind === "answer" || waits.kind === "approval" ? `an ${waits.kind}` : waits.kind}.`;
  if (parkedUntilMs !== null) return `It waits until ${new Date(parkedUntilMs).toISOString()}.`;
  return "It waits.";
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function shown(input: unknown): string {
  const text = JSON.stringify(input ?? {});
  return text.length <= INPUT_CHARS ? text : `${text.slice(0, INPUT_CHARS)}…`;
}
