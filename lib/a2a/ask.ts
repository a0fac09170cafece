/** Sends a message to an outside agent and follows its task: by a stream where it offers one, else by asking again. */
import { AgentCard, type Message, Role, type StreamResponse, type Task, taskStateToJSON } from "@a2a-js/sdk";
import { type Client, ClientFactory, JsonRpcTransportFactory } from "@a2a-js/sdk/client";
import { A2AError } from "@a2a-js/sdk/errors";
import { isUnsent, McpFailure, reasonOf } from "@/lib/mcp/config/errors";
import type { AddressGuard } from "@/lib/mcp/transport/address-guard";
import { authHeaders } from "@/lib/openapi/auth";
import { deadline } from "@/lib/time/deadline";
import { realTimers, sleep, type Timers } from "@/lib/time/timers";
import { answerOfMessage, answerOfTask } from "./answer";
import { chosenInterface } from "./facts";
import { type BoundedFetch, boundedFetch } from "./fetch";
import type { AgentAnswer, OutsideAgent } from "./types";

/** Of all answers to one call together. */
const MOST_BYTES = 4_000_000;
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 15_000;
/** Answers in a row that say nothing about the task. An agent that is away is asked until the wait is over. */
const MOST_FAILURES = 3;
/** Less than the host waits for an aborted call. */
const CANCEL_MS = 8_000;
/** Ids are shown to models, so they must not be sentences. */
const TASK_ID = /^[\x21-\x7e]{1,200}$/;

export interface Question {
  /** The same for each repetition of a call, so that the agent handles the message once. */
  messageId: string;
  skill: string;
  /** null: only waits for the task. */
  text: string | null;
  /** The agent's task that the message belongs to; null: a new one. */
  task: string | null;
}

export interface AskOptions {
  guard: AddressGuard;
  secretOf(name: string): Promise<string | undefined>;
  signal: AbortSignal;
  /** How long to wait for an end or a question. */
  waitMs: number;
  timers?: Timers | undefined;
  /** Called with the id of the agent's task as soon as it is known; resolves when it is stored. */
  onTask(task: string): Promise<void>;
  onProgress?(line: string): void;
}

interface Asking {
  agent: OutsideAgent;
  question: Question;
  options: AskOptions;
  client: Client;
  requests: BoundedFetch;
  /** Aborts with the call, and when the wait is over. */
  ended: AbortSignal;
  /** The agent's task, once it is known. */
  task: string | null;
  /** Whether the agent has said something about this message, or there is none to send. */
  isTaken: boolean;
  /** Why the last look at the task failed; null when it did not. */
  trouble: unknown;
  /** Its last known state. */
  last: AgentAnswer | null;
  /** Whether `last` is all that the task says; a status of a stream is not. */
  isWhole: boolean;
}

const SETTLED: ReadonlySet<string> = new Set([
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_AUTH_REQUIRED",
]);

/** Returns the answer, or the task as it is when the wait is over. Rejects with a McpFailure. */
export async function askAgent(agent: OutsideAgent, question: Question, options: AskOptions): Promise<AgentAnswer> {
  const { signal, waitMs, timers = realTimers } = options;
  const late = new AbortController();
  const cancel = timers.after(waitMs, () => late.abort());
  const requests = await requestsTo(agent, options);
  const client = await clientFor(agent, requests.fetch);
  const ended = AbortSignal.any([signal, late.signal]);
  const asking: Asking = {
    agent,
    question,
    options,
    client,
    requests,
    ended,
    task: question.task,
    isTaken: question.text === null,
    trouble: null,
    last: null,
    isWhole: false,
  };
  try {
    if (question.text !== null) {
      const answer = await send(asking);
      if (answer) return answer;
    }
    return await settled(asking);
  } catch (error) {
    if (signal.aborted) throw new McpFailure("cancelled", `The call to ${agent.name} was cancelled.`, true);
    const failure = late.signal.aborted ? tooLate(asking, waitMs) : error;
    if (failure === null && asking.last) return asking.last;
    throw withTask(asking, failure);
  } finally {
    cancel();
    // Ends a stream that the agent leaves open.
    late.abort();
  }
}

/** Asks the agent to stop a task. Resolves when it was told, also when it refuses; rejects when it could not be told in time. */
export async function cancelTask(
  agent: OutsideAgent,
  task: string,
  options: Pick<AskOptions, "guard" | "secretOf"> & { signal?: AbortSignal },
): Promise<void> {
  const requests = await requestsTo(agent, options);
  const client = await clientFor(agent, requests.fetch);
  const limit = deadline(options.signal ?? new AbortController().signal, CANCEL_MS);
  try {
    await client.cancelTask({ tenant: "", id: task, metadata: undefined }, { signal: limit.signal });
  } catch (error) {
    // The task has ended already, or the agent's tasks cannot be canceled.
    if (!(error instanceof A2AError)) throw error;
  } finally {
    limit.end();
  }
}

async function requestsTo({ name, auth }: OutsideAgent, { guard, secretOf }: Pick<AskOptions, "guard" | "secretOf">) {
  const headers = await authHeaders(`The agent ${name}`, auth, secretOf);
  return boundedFetch(guard, { mostBytes: MOST_BYTES, headers });
}

async function clientFor({ name, card }: OutsideAgent, fetchImpl: typeof fetch): Promise<Client> {
  const own = chosenInterface(card.body);
  if (!own) throw new McpFailure("invalid", `The card of ${name} names no address for messages.`);
  const transports = [new JsonRpcTransportFactory({ fetchImpl, legacyCompat: { enabled: true } })];
  // Without a configuration for push messages, so that nobody outside learns an address of ours.
  const factory = new ClientFactory({ transports, clientConfig: { polling: true } });
  return factory.createFromAgentCard(AgentCard.fromJSON({ ...card.body, supportedInterfaces: [own] }));
}

/** Sends the message. Returns the answer when it is whole; else the task is known afterwards. */
async function send(asking: Asking): Promise<AgentAnswer | null> {
  const { client, ended, agent } = asking;
  const params = { tenant: "", message: messageOf(asking), configuration: CONFIGURATION, metadata: undefined };
  // Leaving the loop would cancel a body that still arrives, and Node 20 then throws where nobody can catch it.
  const stop = new AbortController();
  let fault: unknown = null;
  try {
    // An agent without streams gives one event, its answer.
    for await (const event of client.sendMessageStream(params, { signal: AbortSignal.any([ended, stop.signal]) })) {
      if (stop.signal.aborted) continue;
      const answer = await seen(asking, event).catch((error: unknown) => {
        fault = error;
        stop.abort();
      });
      if (answer && isSettled(answer)) stop.abort();
    }
  } catch (error) {
    if (ended.aborted) throw error;
    // A stream that was cut, or that a limit ended: the task continues without it.
    // Without a word about this message, the task of an earlier one still has its old answer.
    if (!stop.signal.aborted && !asking.isTaken) throw failed(asking, error, true);
  }
  if (fault) throw fault;
  if (asking.requests.fault() !== null) throw failed(asking, null, true);
  if (!asking.isTaken) throw new McpFailure("refused", `${agent.name} answered with nothing.`, true);
  return asking.isWhole && asking.last && isSettled(asking.last) ? asking.last : null;
}

/** The SDK answers at once with the task, because we follow it ourselves. */
const CONFIGURATION = {
  acceptedOutputModes: ["text/plain", "text/markdown", "application/json"],
  taskPushNotificationConfig: undefined,
  returnImmediately: true,
};

function messageOf({ question: { messageId, text, skill, task } }: Asking): Message {
  const content = { $case: "text" as const, value: text ?? "" };
  return {
    messageId,
    contextId: "",
    taskId: task ?? "",
    role: Role.ROLE_USER,
    parts: [{ content, metadata: undefined, filename: "", mediaType: "text/plain" }],
    // The protocol has no field for the skill; agents that look for one look here.
    metadata: { skill },
    extensions: [],
    referenceTaskIds: [],
  };
}

/** Records an event of the stream. Returns what it says about the task, if anything. */
async function seen(asking: Asking, { payload }: StreamResponse): Promise<AgentAnswer | null> {
  if (!payload) return null;
  if (payload.$case === "message") {
    if (payload.value.taskId) await checkTask(asking, payload.value.taskId);
    else {
      asking.last = answerOfMessage(payload.value);
      asking.isWhole = true;
      asking.isTaken = true;
    }
    return asking.last;
  }
  if (payload.$case === "task") return noteTask(asking, payload.value);
  await checkTask(asking, payload.value.taskId);
  if (payload.$case !== "statusUpdate") return null;
  const { status } = payload.value;
  if (!status) return null;
  const state = taskStateToJSON(status.state);
  asking.options.onProgress?.(`${asking.agent.name}: ${wordOf(state)}`);
  asking.last = { state, task: asking.task, text: "" };
  asking.isWhole = false;
  return asking.last;
}

async function noteTask(asking: Asking, task: Task): Promise<AgentAnswer> {
  await checkTask(asking, task.id);
  asking.last = answerOfTask(task);
  asking.isWhole = true;
  return asking.last;
}

/** An answer about another task may be anybody's, so nothing of it is used. */
async function checkTask(asking: Asking, task: string): Promise<void> {
  const { agent, options } = asking;
  if (!TASK_ID.test(task))
    throw new McpFailure("refused", `${agent.name} answered without a usable id of its task.`, true);
  if (asking.task === null) {
    await options.onTask(task);
    asking.task = task;
  }
  if (task !== asking.task)
    throw new McpFailure(
      "refused",
      `${agent.name} answered about another task than the one that it was asked about.`,
      true,
    );
  asking.isTaken = true;
}

/** Asks for the task until it is settled, with growing waits. The whole task is read also after a stream. */
async function settled(asking: Asking): Promise<AgentAnswer> {
  const { client, ended, options } = asking;
  let waitMs = FIRST_WAIT_MS;
  let failures = 0;
  for (;;) {
    try {
      const id = asking.task ?? "";
      const task = await client.getTask({ tenant: "", id, historyLength: 0 }, { signal: ended });
      const answer = await noteTask(asking, task);
      if (isSettled(answer)) return answer;
      options.onProgress?.(`${asking.agent.name}: ${wordOf(answer.state ?? "")}`);
      failures = 0;
      asking.trouble = null;
    } catch (error) {
      const isCut = error instanceof McpFailure || asking.requests.fault() !== null;
      failures = asking.requests.isAway() ? 0 : failures + 1;
      if (ended.aborted || isCut || failures >= MOST_FAILURES) throw failed(asking, error, false);
      asking.trouble = error;
      options.onProgress?.(`${asking.agent.name}: no answer`);
    }
    await sleep(options.timers ?? realTimers, waitMs, ended);
    waitMs = Math.min(waitMs * 2, MOST_WAIT_MS);
  }
}

function isSettled({ state }: AgentAnswer): boolean {
  return state === null || SETTLED.has(state);
}

/** Returns null when the last known state can be the answer now that the wait is over, else what to say instead. */
function tooLate(asking: Asking, waitMs: number): Error | null {
  const { agent, isTaken, isWhole, last, trouble } = asking;
  // The end of a task without its result would read as an agent that said nothing.
  if (isTaken && last && (isWhole || !isSettled(last))) return null;
  if (trouble) return failed(asking, trouble, false);
  const seconds = Math.round(waitMs / 1_000);
  return new McpFailure("timeout", `${agent.name} did not answer within ${seconds} seconds.`, true);
}

/** Names the task that goes on at the agent without us, so that it is waited for and not given again. */
function withTask({ question, isTaken, task }: Asking, error: unknown): unknown {
  if (!(error instanceof McpFailure) || !isTaken || task === null) return error;
  const next = `Its task is ${task}: to wait on, call it again with this task and without a message.`;
  return new McpFailure(error.kind, `${error.message} ${next}`, question.text !== null);
}

function failed({ agent, requests }: Asking, error: unknown, mayHaveRun: boolean): Error {
  if (error instanceof McpFailure) return error;
  const fault = requests.fault();
  if (fault) return new McpFailure("misbehaved", `${agent.name} was cut off: ${fault}.`, mayHaveRun);
  const isSent = !isUnsent(error);
  const sentence = `${agent.name} did not answer as it should: ${reasonOf(error)}.`;
  return new McpFailure("unavailable", sentence, mayHaveRun && isSent);
}

/** Returns the state as a word: `working`. */
export function wordOf(state: string): string {
  return state
    .replace(/^TASK_STATE_/, "")
    .toLowerCase()
    .replaceAll("_", " ");
}
