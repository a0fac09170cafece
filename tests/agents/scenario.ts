/** Shared by scenarios: scripts by task, conditions to wait for, gates that hold a reply back, and views of a log. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { Queries } from "@/agents/application";
import type { ToolBody } from "@/core/rules/configuration";
import { ownerCalled } from "@/core/rules/roles";
import type { Message, Task, Tree } from "@/core/shapes/shapes";
import type { Submission } from "@/core/shapes/submission";
import { endTask, passed } from "./replies";
import type { ProviderScript, Reply, ScriptedRequest } from "./services/script";
import { UnscriptedRequest } from "./services/script";
import { startTrial, type Trial, type TrialOptions } from "./trial";

export type TaskReplies = Reply | Reply[] | ProviderScript;

/**
 * A script by the first line of each task's instruction: one reply for every turn, a list with one a turn, or a function.
 * Finishing agents pass and note unless the script names them as `@agent`.
 */
export function taskScript(tasks: Record<string, TaskReplies>): ProviderScript {
  return (request) => {
    const title = request.instruction.split("\n", 1)[0] ?? "";
    const replies = tasks[`@${request.agent}`] ?? tasks[title] ?? finishing(request) ?? tasks["*"];
    if (replies === undefined) throw new UnscriptedRequest(`The script has no task “${title}” (${request.agent}).`);
    if (typeof replies === "function") return replies(request);
    const reply = Array.isArray(replies) ? replies[request.turn] : replies;
    if (!reply) throw new UnscriptedRequest(`“${title}” has no turn ${request.turn}.`);
    return reply;
  };
}

function finishing(request: ScriptedRequest): Reply | undefined {
  if (request.agent === "task_evaluator") return passed();
  if (request.agent === "documentation_agent" || request.agent === "summary_agent") return endTask("noted");
  return undefined;
}

/** The contents of all files in a folder, by their paths in it. */
export function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.map((file) => join(file.parentPath, file.name));
  return Object.fromEntries(
    named.sort().map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")] as const),
  );
}

/** Waits for a condition; rejects with the name of the condition. */
export async function until<T>(
  check: () => T | Promise<T>,
  what: string,
  timeoutMs = 120_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value) return value as NonNullable<Exclude<T, false>>;
    if (Date.now() > deadline) throw new Error(`This did not happen: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Gate {
  opened: Promise<void>;
  open(): void;
}

/** Returns a gate: `opened` stays pending until somebody opens it. */
export function gate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Collects what a kill after each write would leave of a server: whether it is on, its configuration, and a secret's value. */
export function statesOf({ runtime }: Trial, server: string, secret: string): [boolean, unknown, string | null][] {
  const { store, security } = runtime;
  const states: [boolean, unknown, string | null][] = [];
  const look = () => {
    const live = store.configuration.live().find(({ kind, name }) => kind === "tool" && name === server);
    const body = live?.body as ToolBody | undefined;
    states.push([body?.availability.available === true, body?.server?.config, security.vault.get(secret)]);
  };
  const { save } = store.configuration;
  store.configuration.save = (...given) => save(...given).finally(look);
  const { set } = security.vault;
  security.vault.set = (...given) => set(...given).finally(look);
  return states;
}

/** The task with that title; throws when there is none. */
export function titled(tree: Tree, title: string): Task {
  const found = tree.tasks.find((task) => task.title === title);
  if (!found) throw new Error(`No task “${title}” among ${tree.tasks.map((task) => task.title).join(", ")}.`);
  return found;
}

/** Returns the tree once the task with that title satisfies the condition. */
export async function whenTask(
  trial: Trial,
  treeId: string,
  title: string,
  condition: (task: Task) => boolean,
): Promise<Task> {
  const found = await until(async () => {
    const tree = await trial.runtime.application.queries.getTree(treeId);
    return tree.tasks.find((task) => task.title === title && condition(task));
  }, `“${title}” comes to the awaited state`);
  return trial.runtime.application.queries.getTask(found.id);
}

export async function logOf(from: Trial | Queries, taskId: string): Promise<Message[]> {
  const queries = "runtime" in from ? from.runtime.application.queries : from;
  const all: Message[] = [];
  for (let after: string | undefined; ; ) {
    const page = await queries.listMessages({ taskId }, { limit: 1_000, ...(after && { after }) });
    all.push(...page.items);
    if (!page.next) return all;
    after = page.next;
  }
}

/** The types of a log's events, in order. */
export function eventsOf(log: Message[]): string[] {
  return log.filter((message) => message.kind === "event").map((message) => String(message.content.type));
}

/** The texts of a log's tool responses, in order. */
export function responsesOf(log: Message[]): string[] {
  return log.filter((message) => message.kind === "tool_response").map((message) => String(message.content.text));
}

/** Returns the calls without exactly one response, except those of unended tasks. */
export async function unansweredCalls(from: Trial | Queries, tree: Tree): Promise<string[]> {
  const wrong: string[] = [];
  for (const task of tree.tasks) {
    const counts = new Map<string, number>();
    for (const message of await logOf(from, task.id)) {
      const key = `${task.title} ${message.turn} ${message.tool_call_id}`;
      if (message.kind === "tool_call") counts.set(key, counts.get(key) ?? 0);
      if (message.kind === "tool_response") counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, count] of counts) if (count !== 1) wrong.push(`${key}: ${count} responses`);
  }
  return wrong;
}

/** Returns the last result of a call that the provider got, or undefined. */
export function resultsIn(request: ScriptedRequest | undefined): string[] {
  return (request?.lastToolResults ?? []).map((result) => result.content);
}

/** The requests that the provider got for a task, by the first line of its instruction. */
export function requestsOf(trial: Trial, title: string): ScriptedRequest[] {
  const all = trial.provider?.requests ?? [];
  return all.filter((request) => request.instruction.split("\n", 1)[0] === title);
}

/** Trials of one test file: each is closed after the test that started it. */
export function trialsOfThisFile() {
  const open: Trial[] = [];
  afterEach(async () => {
    for (const trial of open.splice(0).reverse()) await trial.close();
  });
  return async (script: Parameters<typeof taskScript>[0] | null, options: TrialOptions = {}): Promise<Trial> => {
    const trial = await startTrial({ ...(script && { script: taskScript(script) }), ...options });
    open.push(trial);
    return trial;
  };
}

/** Submits a task “root” to a worker and waits for the tree's end. */
export async function runRoot(trial: Trial, more: Partial<Submission> = {}): Promise<Tree> {
  return trial.ended((await trial.submit({ task: "root", agent: "worker", ...more })).id);
}

/** A subtask for a worker whose title is its instruction. */
export function sub(instruction: string, more: Record<string, unknown> = {}) {
  return { instruction, agent: "worker", title: instruction, ...more };
}

/** Returns the texts of all user messages of a request. */
export function toldIn(request: ScriptedRequest | undefined): string {
  return (request?.messages ?? []).map((message) => (message.role === "user" ? message.text : "")).join("\n");
}

export const tester = ownerCalled("tester");
