/** Adds or changes a web API: reads its document, and stores the chosen operations as tools. */
import { z } from "zod";
import { type Actor, type ImportedServer, UserError } from "@/agents/application";
import { text } from "@/agents/operations/parse";
import { readingOf, toolsOf } from "@/agents/servers/apis";
import type { ServerOfTask } from "@/agents/servers/context";
import { approved } from "@/agents/servers/validate";
import { configIn, hazardsOfAdded } from "@/agents/tools/outside/added-config";
import { isServer, nameOfServerTool } from "@/agents/tools/outside/server-tools";
import { operationKey } from "@/core/rules/api-operation";
import type { ServerTool } from "@/core/rules/configuration";
import type { ApiRequest } from "@/core/shapes/tools";
import type { ListedTool } from "@/lib/mcp/config/types";
import type { ApiServer } from "@/lib/openapi/types";
import { authOf, checkName } from "./auth";
import {
  checkVersion,
  missingOf,
  rulesEnded,
  type SavedServer,
  type ServerCommandSources,
  setSecret,
} from "./stored-server";

/** Providers take at most 128 tools in a request. */
const MOST_OPERATIONS = 100;

type Old = ServerOfTask & { version: number; config: ApiServer };

/** A web API; see `ApiRequest`. */
export const apiFields = z.strictObject({
  name: text,
  url: text.optional(),
  text: text.optional(),
  base_url: text,
  operations: z.array(text).max(2_000).optional(),
  auth: z.enum(["none", "bearer", "basic", "header"], "must be none, bearer, basic or header").optional(),
  header: text.optional(),
  secret: text.optional(),
});

/** Its secret goes to the vault. */
export async function saveApi(
  sources: ServerCommandSources,
  request: ApiRequest,
  actor: Actor,
  { version }: { version?: number | null | undefined },
): Promise<SavedServer> {
  const { store, configuration, vault } = sources;
  const { name, secret } = request;
  const old = apiNamed(configuration, name);
  if (old && version === null)
    throw new UserError("conflict", `There is an API ${name} already: change it on its page, or choose another name.`);
  if (old) checkVersion(name, version ?? undefined, old.version);
  const url = baseUrl(request.base_url);
  const auth = authOf(request, old?.config.auth ?? null);
  const { title, document, operations, tools, problems } = await chosen(sources, request, old);
  const config: ApiServer = { kind: "openapi", name, url, auth, ...(document && { document }), title, operations };
  // Reading the document takes a while. Nobody else's secret is replaced, and the old one stays with its address.
  if (apiNamed(configuration, name)?.version !== old?.version) throw changedMeanwhile(name);
  if (secret !== undefined && auth.kind !== "none") await setSecret(vault, auth.secret, secret, actor);
  const policies = new Map(old?.server.tools.map((tool) => [tool.name, tool.policy]));
  const kept = tools.map((tool) => ({ ...tool, ...(policies.get(tool.name) && { policy: policies.get(tool.name) }) }));
  const body: ServerOfTask = {
    name,
    title: name,
    description: `The web API ${title}: ${operations.length === 1 ? "1 operation" : `${operations.length} operations`}, added by a person.`,
    level: "network",
    source: "mcp",
    optional: true,
    policy: old?.policy ?? "inherit",
    availability: { available: true, since: "" },
    server: { config, tools: kept, scope: "tree", workspace: "none" },
  };
  const rules = old ? await rulesEnded(sources, name, old.server.tools, actor) : "";
  const entry = { kind: "tool", name, description: body.description, body } as const;
  const said = { by: actor.name, why: old ? "Changed." : "Added.", ifVersion: old?.version ?? null };
  if ((await store.configuration.save(entry, said)) === "changed") throw changedMeanwhile(name);
  await store.toolStates.quarantine(name, null);
  const names = kept.map((tool) => nameOfServerTool(name, tool.name));
  const server: ImportedServer = {
    name,
    tools: names,
    hazards: hazardsOfAdded({ config, tools: [] }),
    problem: null,
    sign_in: null,
  };
  const missing = auth.kind === "none" ? [] : missingOf([auth.secret], vault);
  const count = names.length === 1 ? "1 operation" : `${names.length} operations`;
  const sentence = `${name} is ${old ? "changed" : "added"}; agents can use ${count} of it.${rules}`;
  return { sentence, server, problems: [...problems, ...missing] };
}

function changedMeanwhile(name: string): UserError {
  return new UserError(
    "conflict",
    `${name} was changed or added while its document was read: look at it, then repeat.`,
  );
}

/** Returns the API of that name, or null for a free name. Throws UserError when the name is of something else. */
function apiNamed(configuration: ServerCommandSources["configuration"], name: string): Old | null {
  checkName(name);
  const found = configuration.tools().find((tool) => tool.name === name);
  if (!found) return null;
  const config = isServer(found) ? configIn(found.server) : null;
  if (!isServer(found) || config?.kind !== "openapi")
    throw new UserError("conflict", `${name} is the name of another tool: choose another name.`);
  return { ...found, config };
}

function baseUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UserError("invalid", "The base URL is not an address: it begins with https:// or http://.");
  if (url.username || url.password)
    throw new UserError("invalid", "The base URL contains a user name or a password: use basic authentication.");
  url.hash = "";
  return url.href.replace(/\/$/, "");
}

interface Chosen extends Pick<ApiServer, "title" | "operations"> {
  document?: string | undefined;
  tools: ServerTool[];
  problems: string[];
}

/** Returns the chosen operations as tools: from the document that was given, else from the known one. */
async function chosen(sources: ServerCommandSources, request: ApiRequest, old: Old | null): Promise<Chosen> {
  const source = request.text === undefined ? { url: request.url ?? old?.config.document } : { text: request.text };
  if (source.text === undefined && source.url === undefined && old) return fromBefore(request, old);
  const described = await (await sources.servers()).readApi(source);
  const wanted = [...new Set(request.operations ?? old?.config.operations ?? readingOf(described))];
  const known = new Set(described.operations.map(({ key }) => key));
  checkChoice(request.operations ?? [], known, wanted.length);
  const { tools, problems } = toolsOf(described, wanted);
  const { title, version } = described;
  return {
    title: `${title} ${version}`.trim(),
    document: source.url,
    operations: wanted.filter((key) => known.has(key)),
    ...approvedTools(request.name, tools),
    problems,
  };
}

/** Returns fewer operations of a document that was a file. */
function fromBefore({ name, operations }: ApiRequest, old: Old): Chosen {
  const wanted = [...new Set(operations ?? old.config.operations)];
  checkChoice(wanted, new Set(old.config.operations), wanted.length);
  const tools = old.server.tools.filter(({ operation }) => operation && wanted.includes(operationKey(operation)));
  return { title: old.config.title, operations: wanted, ...someOf(name, tools), problems: [] };
}

function checkChoice(wanted: readonly string[], known: ReadonlySet<string>, count: number): void {
  const unknown = wanted.find((key) => !known.has(key));
  if (unknown !== undefined)
    throw new UserError("invalid", `The document has no usable operation ${unknown.slice(0, 200)}.`);
  if (count > MOST_OPERATIONS)
    throw new UserError(
      "invalid",
      `${count} operations are chosen; agents can use at most ${MOST_OPERATIONS} of an API.`,
    );
}

function approvedTools(name: string, tools: readonly ListedTool[]): { tools: ServerTool[] } {
  return someOf(name, tools.map(approved));
}

function someOf(name: string, tools: ServerTool[]): { tools: ServerTool[] } {
  if (tools.length === 0) throw new UserError("invalid", `No operation of ${name} is chosen: choose at least one.`);
  return { tools };
}
