/** Outside agents among the added servers: the skills of their cards as tools, and the messages to them. */
import { UserError } from "@/agents/application";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { configIn } from "@/agents/tools/outside/added-config";
import { quoted } from "@/agents/tools/outside/outside-content";
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";
import { TaskStopped } from "@/core/log/task-stopped";
import { askAgent, cancelTask, wordOf } from "@/lib/a2a/ask";
import { cardAddress, readCard } from "@/lib/a2a/card";
import type { AgentAnswer, OutsideAgent, PinnedCard } from "@/lib/a2a/types";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { McpResult } from "@/lib/mcp/config/types";
import { newId } from "@/lib/new-id";
import { apiOf, type ServerOfTask, type ServersContext } from "./context";
import type { Described } from "./described";
import { skillsAsTools } from "./skills";

/** A wait ends before the call's own time does, so that the answer can name the task. */
const WAIT_SHARE = 0.9;

/** Returns the card at an address as a person would pin it. Throws UserError. */
export async function readCardAt(
  address: string,
  { guard }: Pick<ServersContext["api"], "guard">,
  kind: "invalid" | "conflict" = "invalid",
) {
  try {
    const url = cardAddress(address);
    return { url, card: await readCard(url, { guard, signal: new AbortController().signal }) };
  } catch (error) {
    throw error instanceof McpFailure ? new UserError(kind, error.message) : error;
  }
}

/** Returns the chosen skills, and the configuration with the card as it is now. Throws UserError. */
export async function describeAgent(context: Pick<ServersContext, "api">, body: ServerOfTask): Promise<Described> {
  const before = configIn(body.server) as OutsideAgent;
  const { card } = await readCardAt(before.url, context.api, "conflict");
  const config = { ...before, card };
  return { ...skillsAsTools(config), config };
}

/** Sends a message to an outside agent, and returns what it answers. Rejects with a McpFailure. */
export async function callAgent(
  context: ServersContext,
  { server, tool }: Pick<OfferedServerTool, "server" | "tool">,
  args: { message?: string; task?: string },
  by: ToolContext,
): Promise<McpResult> {
  const { name } = server;
  const config = { ...(configIn(server.server) as OutsideAgent), name };
  const { message = null, task = null } = args;
  if (tool.skill === undefined || context.approvedHash(name, tool.name) !== tool.hash)
    throw new McpFailure(
      "changed",
      `The skill ${tool.name} of the agent ${name} is no longer the one that was approved, so nothing was sent; request_tools gives you the present one.`,
    );
  if (message === null && task === null) throw new McpFailure("invalid", "Give a message, or a task to wait for.");
  if (task !== null && !context.outsideCalls.isOf(by.treeId, name, task))
    throw new McpFailure("invalid", `${name} has no task of that id for this tree; leave task out to begin one.`);
  await checkCard(context, config, by);
  if (!context.isLive(server))
    throw new McpFailure(
      "changed",
      `A person has replaced or removed the agent ${name} while its card was read, so nothing was sent to it.`,
    );
  const uid = by.callId ?? newId();
  const begun = await context.outsideCalls.begin({ uid, tree: by.treeId, agent: name }, config.callsPerMinute);
  if (begun.kind === "limited")
    throw new McpFailure(
      "invalid",
      `${name} gets at most ${config.callsPerMinute} calls a minute from all trees together; call it again in ${Math.ceil(begun.againInMs / 1_000)} seconds, and do other work until then.`,
    );
  // The agent has the message already when its task is known: only the answer is missing.
  const isSent = begun.kind === "known" && begun.task !== null;
  // The message may wake a task that had ended.
  if (task !== null && message !== null)
    await context.outsideCalls.setOpen({ tree: by.treeId, agent: name, task }, config.url);
  const question = {
    messageId: uid,
    skill: tool.skill,
    text: isSent ? null : message,
    task: begun.kind === "known" ? (begun.task ?? task) : task,
  };
  const own = { ...context, api: apiOf(context, server) };
  return resultOf(config, tool.skill, await ask(own, config, question, by));
}

async function ask(
  { api, outsideCalls }: ServersContext,
  agent: OutsideAgent,
  question: Parameters<typeof askAgent>[1],
  { treeId: tree, signal, timeoutMs, onProgress }: ToolContext,
): Promise<AgentAnswer> {
  let task = question.task;
  const close = (task: string) => outsideCalls.setOpen({ tree, agent: agent.name, task }, null);
  try {
    const answer = await askAgent(agent, question, {
      ...api,
      signal,
      waitMs: Math.floor(timeoutMs * WAIT_SHARE),
      ...(onProgress && { onProgress }),
      async onTask(id) {
        task = id;
        await outsideCalls.told(question.messageId, id, agent.url);
      },
    });
    if (answer.task !== null && ENDED.has(answer.state ?? "")) await close(answer.task);
    return answer;
  } catch (error) {
    // After a crash or a pause the call continues with the same task, so only a stop ends the task.
    const open = task;
    if (open !== null && signal.aborted && signal.reason instanceof TaskStopped)
      await cancelTask(agent, open, api).then(
        () => close(open),
        // It is tried again when the task has ended.
        () => {},
      );
    throw error;
  }
}

/** The card is read before each message, so that a change stops the next one. */
async function checkCard({ api, holdBack }: ServersContext, { name, url, card }: OutsideAgent, by: ToolContext) {
  const now: PinnedCard = await readCard(url, { guard: api.guard, signal: by.signal });
  if (now.hash === card.hash) return;
  const what = now.signedBy === card.signedBy ? "its card has changed" : "its card is signed by another key";
  holdBack(name, `${what}. A person has to look at it.`);
  throw new McpFailure(
    "changed",
    `Nothing was sent to ${name}: ${what} since a person accepted it. It is held back until a person accepts the change.`,
  );
}

const ENDED_BADLY: ReadonlySet<string> = new Set([
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
  "TASK_STATE_AUTH_REQUIRED",
]);

/** What ends a task at the agent. A task that waits for an answer or an authorization goes on there. */
const ENDED: ReadonlySet<string> = new Set([
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
]);

function resultOf({ name }: OutsideAgent, skill: string, { state, task, text }: AgentAnswer): McpResult {
  const header = [`Agent: ${name}, skill ${skill}`];
  if (state !== null) header.push(`State: ${wordOf(state)}`, `Task: ${task}`, nextStep(state));
  const said = text === "" ? "The agent said nothing." : quoted([], text).trim();
  const shown = [...header.filter(Boolean), said].join("\n");
  return { text: shown, isError: state !== null && ENDED_BADLY.has(state), isCut: false };
}

function nextStep(state: string): string {
  if (state === "TASK_STATE_INPUT_REQUIRED")
    return "It waits for an answer: call it again with this task and your answer as the message.";
  if (state === "TASK_STATE_AUTH_REQUIRED")
    return "It waits for an authorization that only a person can give it; say so in your result.";
  if (state === "TASK_STATE_COMPLETED" || ENDED_BADLY.has(state)) return "";
  return "It still works: call it again with this task and without a message to wait on. The end of your task cancels it.";
}
