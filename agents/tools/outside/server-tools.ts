/** Tools of added servers, as a task's pinned versions of the configuration offer them. */
import { createHash } from "node:crypto";
import { type CallEffect, kind } from "@/agents/tools/contract/tool";
import type { ToolSpec } from "@/core/log/model";
import type { ServerVersion } from "@/core/log/versions";
import { type ApiOperation, baseOfOperation, isReading } from "@/core/rules/api-operation";
import type { ServerBody, ServerTool, ToolBody } from "@/core/rules/configuration";
import type { CallKind } from "@/core/rules/policy";
import { canonicalJson } from "@/lib/mcp/config/schema";
import { requestOf } from "@/lib/openapi/request";
import type { ApiServer } from "@/lib/openapi/types";
import { type AddedConfig, configIn, hostOfOperation, isAgent, isApi, onlyHostOf, otherHostsOf } from "./added-config";

export interface OfferedServerTool {
  /** `<server>__<tool>`, as agents call it. */
  name: string;
  server: ToolBody & { server: ServerBody };
  version: number;
  tool: ServerTool;
  spec: ToolSpec;
}

const SEPARATOR = "__";
/** The longest tool name that providers accept. */
const MOST_NAME_CHARACTERS = 64;
/** Characters of the mark that tells two names apart. */
const FEWEST_MARK = 8;
const MOST_DESCRIPTION_CHARACTERS = 4_000;
/** As for web_fetch: a longer path counts as sending data. */
const LONGEST_PLAIN_PATH = 200;

/**
 * Returns the names by which agents call a server's tools, in the order of the tools. Providers take fewer characters and
 * shorter names than servers do: where several tools would have one name, the first has it, and the name of each other
 * ends with a mark made of its own name.
 */
export function namesOfServerTools(server: string, tools: readonly { name: string }[]): string[] {
  const plain = tools.map((tool) => plainName(`${server}${SEPARATOR}${tool.name}`).slice(0, MOST_NAME_CHARACTERS));
  const taken = new Set(plain);
  const given = new Set<string>();
  return plain.map((name, index) => {
    const own = given.has(name) ? markedName(name, tools[index]?.name ?? "", taken) : name;
    taken.add(own);
    given.add(own);
    return own;
  });
}

/** `taken`: names of other tools, one of which may look like a mark. */
function markedName(name: string, tool: string, taken: ReadonlySet<string>): string {
  const mark = createHash("sha256").update(tool).digest("hex");
  for (let characters = FEWEST_MARK; ; characters += 1) {
    const ending = `_${mark.slice(0, characters)}`;
    const marked = `${name.slice(0, MOST_NAME_CHARACTERS - ending.length)}${ending}`;
    if (!taken.has(marked) || characters >= MOST_NAME_CHARACTERS) return marked;
  }
}

/** Letters lose their marks: “é” becomes “e”. */
function plainName(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^A-Za-z0-9_-]/gu, "_");
}

/** Returns the server's own tool that agents call by this name. */
export function toolOfServerNamed(
  { name: server, server: body }: Pick<ToolBody, "name" | "server">,
  name: string,
): ServerTool | undefined {
  if (!body || serverOfName(name) !== server) return undefined;
  return body.tools[namesOfServerTools(server, body.tools).indexOf(name)];
}

/**
 * Whether no tool of this server can have the name of another server's tool. Otherwise the tool `c` of `a__b` would be
 * called as the tool `b__c` of `a`, and by the policy of `a`.
 */
export function isDistinctServerName(name: string): boolean {
  return !name.includes(SEPARATOR) && !name.endsWith("_");
}

/** Returns the server's name, from the name of a server or of one of its tools. */
export function serverOfName(name: string): string {
  const at = name.indexOf(SEPARATOR);
  return at > 0 ? name.slice(0, at) : name;
}

/** Names of pages beside those of the tools, which no server can have. */
export const NO_NAMES: readonly string[] = ["capabilities"];

export function isServer(tool: ToolBody): tool is ToolBody & { server: ServerBody } {
  return tool.source === "mcp" && tool.server !== undefined;
}

/** Whether both are the same server under one name: their secrets go to the same place. */
export function isSameServer(one: ServerBody, other: ServerBody): boolean {
  return canonicalJson(one.config) === canonicalJson(other.config);
}

/** Returns the server's tools under the names by which agents call them. */
export function offeredOf(server: ToolBody & { server: ServerBody }, version: number): OfferedServerTool[] {
  const { tools } = server.server;
  return namesOfServerTools(server.name, tools).flatMap((name, index) => {
    const tool = tools[index];
    if (!tool) return [];
    const description = tool.description.slice(0, MOST_DESCRIPTION_CHARACTERS);
    return [{ name, server, version, tool, spec: { name, description, inputSchema: tool.inputSchema } }];
  });
}

/** Returns what a call of the server touches. A server that reaches hosts may send its input to them. */
export function effectOfServer({ level, server }: ToolBody & { server: ServerBody }): CallEffect {
  const hosts = [...new Set([...hostsOf(configIn(server)), ...otherHostsOf(server)])];
  const also = server.workspace === "write" ? ({ alsoNeeds: "write" } as const) : {};
  return hosts.length > 0
    ? { level: level === "host" ? level : "network", hosts, sends: true, ...also }
    : { level, ...also };
}

/**
 * Returns what one call touches. Calls of an API differ: those that only read, and send nothing, are like a page. So is
 * a wait for a task of an outside agent.
 */
export function effectOfCall({ server, tool }: Pick<OfferedServerTool, "server" | "tool">, input: unknown): CallEffect {
  const config = configIn(server.server);
  // To wait for a task tells the agent only an id that it gave.
  if (tool.skill !== undefined)
    return { ...effectOfServer(server), sends: (input as { message?: unknown } | null)?.message !== undefined };
  if (config.kind !== "openapi" || !tool.operation) return effectOfServer(server);
  const hosts = [hostOfOperation(config, tool.operation)];
  if (!isReading(tool.operation)) return { level: "network", alsoNeeds: "write", hosts, sends: true };
  return { level: "network", hosts, sends: carriesData(config, tool.operation, input) };
}

/** A query, a header, a body or a long path can carry data out. */
function carriesData({ url }: ApiServer, operation: ApiOperation, input: unknown): boolean {
  try {
    const made = requestOf(url, operation, (input ?? {}) as Record<string, unknown>);
    const hasHeader = operation.parameters.some(
      ({ name, in: place }) => place === "header" && name.toLowerCase() in made.headers,
    );
    // Some APIs read with a body, also of a GET, such as a search.
    const hasQuery = made.url.search !== new URL(baseOfOperation(url, operation)).search;
    return hasHeader || hasQuery || made.body !== undefined || made.url.pathname.length > LONGEST_PLAIN_PATH;
  } catch {
    // The call is refused when it runs.
    return true;
  }
}

/** Returns the kinds of calls of a server, or of one of its tools. */
export function kindsOfAdded(server: ToolBody & { server: ServerBody }, tool?: ServerTool): CallKind[] {
  if (isAgent(server.server))
    return [
      kind("messages", { level: "network", hosts: true, sends: true }),
      kind("waits for a task", { level: "network", hosts: true }),
    ];
  if (!isApi(server.server)) {
    const { level, alsoNeeds = null, hosts = [], sends = false } = effectOfServer(server);
    return [{ what: "all calls", level, also_needs: alsoNeeds, hosts: hosts.length > 0, sends }];
  }
  const operations = (tool ? [tool] : server.server.tools).flatMap((tool) => tool.operation ?? []);
  const reads = operations.filter(isReading);
  const kinds: CallKind[] = [];
  if (reads.length > 0) kinds.push(kind("requests that read", { level: "network", hosts: true }));
  if (reads.some(({ parameters, body }) => parameters.length > 0 || body !== undefined))
    kinds.push(kind("requests that read and carry data", { level: "network", hosts: true, sends: true }));
  if (reads.length < operations.length || operations.length === 0)
    kinds.push(kind("requests that change", { level: "network", alsoNeeds: "write", hosts: true, sends: true }));
  return kinds;
}

function hostsOf(config: AddedConfig): string[] {
  if (config.kind === "stdio") return config.hosts ?? [];
  if (config.kind !== "http") return [onlyHostOf(config) ?? "unknown host"];
  if (typeof config.url !== "string") return ["unknown host"];
  return URL.canParse(config.url) ? [new URL(config.url).host] : ["unknown host"];
}

/** Returns the server and its own tool for a name that agents call, or null when no added server has it. */
export function serverToolNamed(tools: readonly ToolBody[], name: string) {
  for (const server of tools) {
    if (!isServer(server)) continue;
    const tool = toolOfServerNamed(server, name);
    if (tool) return { server, tool };
  }
  return null;
}

/** Returns the offered tools that `names` list, by their own name or by their server's. */
export function namedIn(names: readonly string[], offered: readonly OfferedServerTool[]): OfferedServerTool[] {
  return names.flatMap((name) => offered.filter((tool) => tool.name === name || tool.server.name === name));
}

export function serversNamedIn(
  names: readonly string[],
  live: readonly (ToolBody & { version: number })[],
): ServerVersion[] {
  const wanted = new Set(names.map(serverOfName));
  return live.flatMap((tool) =>
    isServer(tool) && wanted.has(tool.name) ? [{ name: tool.name, version: tool.version }] : [],
  );
}
