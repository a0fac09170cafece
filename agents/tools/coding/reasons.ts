/** Why an agent's work did not come to its end, as a code that stays the same and as a sentence. */
import type { ModelTrouble, SpokenProtocol } from "@/agents/tools/contract/models";
import type { ExecutorFault } from "@/core/log/call-faults";
import type { RequestLack } from "@/core/rules/request-lack";
import { lackRemedy, lackSentence } from "@/core/words/spending/request-lack";
import type { Fault, Told } from "@/lib/acp/converse";
import type { Executor } from "./executors";
import { unfitSentence } from "./prepare";

export interface End {
  executor: Executor;
  told: Told;
  /** What the gateway saw of the last request. */
  trouble: ModelTrouble | null;
  /** The protocol of its request, where the task's model has another. */
  spoken: SpokenProtocol | null;
  /** The task's model. */
  model: string;
  /** What the last request lacked, when the grant did not cover it. */
  lack: RequestLack | null;
  /** The task that pays. */
  taskId: string;
  /** A request of the agent had no answer when it ended. */
  isWaiting: boolean;
  /** Why the host ended the call; null when it did not. */
  endedBy: "time" | "silence" | null;
}

/** `problem` is null for a stop reason that says all. */
export interface Became {
  reason: ExecutorFault;
  problem: string | null;
}

/** Returns null when the agent has done its work. */
export function reasonOf({
  executor,
  told,
  trouble,
  spoken,
  model,
  lack,
  taskId,
  isWaiting,
  endedBy,
}: End): Became | null {
  const { fault, stopReason } = told;
  if (endedBy !== null) return endedByHost(executor, endedBy, isWaiting);
  // The gateway sees more than the agent says: some agents end their turn well after an error of the provider.
  if (lack !== null) return lacking(lack, taskId, `${executor.title} could not finish. ${LEFT}`);
  if (trouble === "protocol") return unfit(executor, spoken, model);
  if (trouble !== null) return TROUBLES[trouble];
  if (fault) return { reason: reasonOfFault(fault, told.isPrompted), problem: sentenceOf(fault, executor) };
  if (stopReason === "end_turn") return null;
  return { reason: STOPS.find((stop) => stop === stopReason) ?? "agent_error", problem: null };
}

const STOPS = ["max_tokens", "max_turn_requests", "refusal", "cancelled"] as const;

const LEFT = "What it changed is in the workspace.";

/** Why the grant does not let an agent go on. `so` says what follows from that. */
export function lacking(lack: RequestLack, taskId: string, so: string): Became {
  const problem = `${lackSentence(lack)} So ${so} ${lackRemedy(lack, taskId)}`;
  return { reason: lack.isTooSmall ? "grant_too_small" : "grant_spent", problem };
}

function endedByHost({ title }: Executor, endedBy: "time" | "silence", isWaiting: boolean): Became {
  const waited = "it waited for its model's provider, which did not answer";
  if (endedBy === "time") {
    const what = isWaiting ? `: ${waited}` : "";
    return { reason: "timeout", problem: `${title} was ended when its time was over${what}. ${LEFT}` };
  }
  const why = isWaiting ? waited : "it neither wrote anything nor used the processor";
  return { reason: "silent", problem: `${title} was ended, because ${why}. ${LEFT}` };
}

/** The agent and the model do not fit. It is known before the next start. */
function unfit({ name, title }: Executor, spoken: SpokenProtocol | null, model: string): Became {
  const providers = spoken?.providers ?? [];
  const fix = `If it speaks others too, write \`${name}:PROVIDER=\` before its program in BANYAN_CODING_AGENTS, with the provider whose protocol it shall speak.`;
  const form = spoken === null ? "" : ` Its request came in the form of ${spoken.form}.`;
  return { reason: "not_usable", problem: `${unfitSentence(title, providers, model)}${form} ${fix}` };
}

const TROUBLES: Readonly<Record<Exclude<ModelTrouble, "protocol">, Became>> = {
  spent: {
    reason: "grant_spent",
    problem: `The task's grant did not suffice for the agent's next request, so the agent could not finish. ${LEFT}`,
  },
  key: {
    reason: "not_signed_in",
    problem: `The provider of the task's model does not accept Banyan's key, so a person must correct it on the page Models. ${LEFT}`,
  },
  limit: {
    reason: "rate_limited",
    problem: `A limit of the provider or of the day was reached, and the agent gave up; go on with its session later. ${LEFT}`,
  },
  paused: {
    reason: "paused",
    problem: `The task was paused, and the agent gave up; go on with its session. ${LEFT}`,
  },
  silent: {
    reason: "silent",
    problem: `The provider of the task's model did not answer in time, and the agent gave up; go on with its session later. ${LEFT}`,
  },
  provider: {
    reason: "provider_error",
    problem: `The provider of the task's model failed, and the agent gave up; go on with its session later. ${LEFT}`,
  },
};

function reasonOfFault(fault: Fault, isPrompted: boolean): ExecutorFault {
  switch (fault.code) {
    case "not_signed_in":
      return "not_signed_in";
    case "budget":
      return "grant_spent";
    case "error":
      return fault.status === undefined ? "agent_error" : reasonOfStatus(fault.status);
    case "slow_start":
      return "not_started";
    case "ended":
      return isPrompted ? "agent_ended" : "not_started";
    case "version":
    case "nonsense":
      return "protocol";
    case "lost_session":
      return "agent_error";
  }
}

function reasonOfStatus(status: number): ExecutorFault {
  if (status === 402) return "grant_spent";
  if (status === 401 || status === 403) return "not_signed_in";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "provider_error" : "agent_error";
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
    case "lost_session":
      return `${title} does not know its session any more; leave out \`session\`.`;
    case "budget":
      return `${title} says that its budget is spent: that is what the task's grant had left when it began. ${LEFT}`;
    case "ended": {
      const how = fault.exitStatus === null ? "" : ` with exit status ${fault.exitStatus}`;
      const said = fault.said === "" ? "" : ` It said last: ${fault.said}`;
      return fault.problem ?? `${title} ended${how} before its work was done.${said}`;
    }
    case "nonsense":
      return `${title} was ended, because ${fault.why}; check that “${name}” is a program that speaks the Agent Client Protocol, or install it again: ${install}`;
  }
}
