/** Trees and logs as resources, and runbooks as prompts, as far as the caller may see them. */
import {
  type GetPromptResult,
  type ListPromptsResult,
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
} from "@modelcontextprotocol/server";
import type { GuardedApplication } from "@/agents/guard/guard";

const PAGE = 50;
const LOG_PAGE = 200;
const JSON_TYPE = "application/json";

export const RESOURCE_TEMPLATES = [
  {
    uriTemplate: "banyan://trees/{id}",
    name: "tree",
    description: "A tree with its tasks, and its goal with the rounds.",
    mimeType: JSON_TYPE,
  },
  {
    uriTemplate: "banyan://tasks/{id}/log{?after}",
    name: "log",
    description: "The messages of a task in order. While `next` is not null, read on with it as `after`.",
    mimeType: JSON_TYPE,
  },
];

/** Lists the trees, newest first, each with the log of its first task. */
export async function listResources(app: GuardedApplication, after?: string): Promise<ListResourcesResult> {
  if (!app.may("listTrees")) return { resources: [] };
  const { items, next } = await app.queries.listTrees({ limit: PAGE, ...(after !== undefined && { after }) });
  const resources = items.flatMap(({ id, root_task_id, title }) => [
    { uri: `banyan://trees/${id}`, name: `tree ${id}`, title, mimeType: JSON_TYPE },
    { uri: `banyan://tasks/${root_task_id}/log`, name: `log ${root_task_id}`, title, mimeType: JSON_TYPE },
  ]);
  return { resources, ...(next !== null && { nextCursor: next }) };
}

export async function readResource(app: GuardedApplication, uri: string): Promise<ReadResourceResult> {
  const text = JSON.stringify(await contentOf(app, uri), null, 2);
  return { contents: [{ uri, mimeType: JSON_TYPE, text }] };
}

async function contentOf(app: GuardedApplication, uri: string): Promise<unknown> {
  const address = URL.canParse(uri) ? new URL(uri) : null;
  const [id = "", part] = address?.pathname.slice(1).split("/") ?? [];
  if (address?.protocol === "banyan:" && address.hostname === "trees" && part === undefined) {
    const tree = await app.queries.getTree(id);
    return { ...tree, goal: await app.queries.getGoal(tree.id) };
  }
  if (address?.protocol === "banyan:" && address.hostname === "tasks" && part === "log") {
    const after = address.searchParams.get("after");
    return app.queries.listMessages({ taskId: id }, { limit: LOG_PAGE, ...(after !== null && { after }) });
  }
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    "There is no such resource: use banyan://trees/ID or banyan://tasks/ID/log.",
  );
}

const TASK_ARGUMENT = { name: "task", description: "What the runbook is run for, in your words.", required: false };

export async function listPrompts(app: GuardedApplication): Promise<ListPromptsResult> {
  if (!app.may("listRunbooks")) return { prompts: [] };
  const runbooks = (await app.queries.listRunbooks()).filter(({ inner }) => !inner);
  return { prompts: runbooks.map(({ name, description }) => ({ name, description, arguments: [TASK_ARGUMENT] })) };
}

/** Returns the request to run the runbook, with its steps. */
export async function getPrompt(
  app: GuardedApplication,
  name: string,
  given: Record<string, string> = {},
): Promise<GetPromptResult> {
  const { fields } = await app.queries.getEntry("runbook", name);
  const call = { task: given.task || fields.description, runbook: name };
  const text = `Run the runbook ${name} with Banyan: call run_task with ${JSON.stringify(call)}, and tell me its result. These are its steps:\n\n${fields.text}`;
  return { description: fields.description, messages: [{ role: "user", content: { type: "text", text } }] };
}
