/** Adds or changes a web API: reads its document, and stores the chosen operations as tools. */
import { z } from "zod";
import { type Actor, atField, wrongField } from "@/agents/application";
import { text } from "@/agents/operations/parse";
import { readingOf, toolsOf } from "@/agents/servers/apis";
import { approved } from "@/agents/servers/validate";
import { operationKey } from "@/core/rules/api-operation";
import type { ServerTool } from "@/core/rules/configuration";
import type { ApiRequest } from "@/core/shapes/servers/outside";
import type { ListedTool } from "@/lib/mcp/config/types";
import type { ApiServer } from "@/lib/openapi/types";
import { authOf } from "./auth";
import { describedFields, type Old, saveDescribed } from "./save-described";
import type { SavedServer, ServerCommandSources } from "./stored-server";

/** Providers take at most 128 tools in a request. */
const MOST_OPERATIONS = 100;
const WORDS = { what: "an API", part: "operation" };

/** A web API; see `ApiRequest`. */
export const apiFields = z.strictObject({
  ...describedFields,
  text: text.optional(),
  base_url: text,
  operations: z.array(text).max(2_000).optional(),
});

/** Its secret goes to the vault. */
export async function saveApi(
  sources: ServerCommandSources,
  request: ApiRequest,
  actor: Actor,
  { version }: { version?: number | null | undefined },
): Promise<SavedServer> {
  return saveDescribed(sources, request, actor, {
    kind: "openapi",
    words: WORDS,
    version,
    async read(old) {
      const url = baseUrl(request.base_url);
      const auth = authOf(request, old?.config.auth ?? null);
      const { title, document, operations, tools, problems } = await chosen(sources, request, old);
      const { name } = request;
      const config: ApiServer = { kind: "openapi", name, url, auth, ...(document && { document }), title, operations };
      return { config, title: `web API ${title}`, tools, problems };
    },
  });
}

function baseUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw wrongField("base_url", "The base URL is not an address: it begins with https:// or http://.");
  if (url.username || url.password)
    throw wrongField("base_url", "The base URL contains a user name or a password: use basic authentication.");
  url.hash = "";
  return url.href.replace(/\/$/, "");
}

interface Chosen extends Pick<ApiServer, "title" | "operations"> {
  document?: string | undefined;
  tools: ServerTool[];
  problems: string[];
}

/** Returns the chosen operations as tools: from the document that was given, else from the known one. */
async function chosen(sources: ServerCommandSources, request: ApiRequest, old: Old<ApiServer> | null): Promise<Chosen> {
  const source = request.text === undefined ? { url: request.url ?? old?.config.document } : { text: request.text };
  if (source.text === undefined && source.url === undefined && old) return fromBefore(request, old);
  const described = await atField("url", async () => (await sources.servers()).readApi(source));
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
function fromBefore({ name, operations }: ApiRequest, old: Old<ApiServer>): Chosen {
  const wanted = [...new Set(operations ?? old.config.operations)];
  checkChoice(wanted, new Set(old.config.operations), wanted.length);
  const tools = old.server.tools.filter(({ operation }) => operation && wanted.includes(operationKey(operation)));
  return { title: old.config.title, operations: wanted, ...someOf(name, tools), problems: [] };
}

function checkChoice(wanted: readonly string[], known: ReadonlySet<string>, count: number): void {
  const unknown = wanted.find((key) => !known.has(key));
  if (unknown !== undefined)
    throw wrongField("operations", `The document has no usable operation ${unknown.slice(0, 200)}.`);
  if (count > MOST_OPERATIONS)
    throw wrongField(
      "operations",
      `${count} operations are chosen; agents can use at most ${MOST_OPERATIONS} of an API.`,
    );
}

function approvedTools(name: string, tools: readonly ListedTool[]): { tools: ServerTool[] } {
  return someOf(name, tools.map(approved));
}

function someOf(name: string, tools: ServerTool[]): { tools: ServerTool[] } {
  if (tools.length === 0) throw wrongField("operations", `No operation of ${name} is chosen: choose at least one.`);
  return { tools };
}
