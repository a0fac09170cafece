import { z } from "zod";
import { quoted } from "./errors";
import { parseJsonWithComments } from "./json-with-comments";
import { type AddedServer, isNameOf, isSameStart, otherSettings } from "./same-server";
import { type SecretSink, secretSplitter } from "./secret-values";
import type { HttpServer, ServerConfig, ServerPlacement, StdioServer } from "./types";

const MOST_FILE_CHARACTERS = 1024 * 1024;
const MOST_SERVERS = 100;
const MOST_FOLDERS = 50;
const MOST_NAME_CHARACTERS = 40;

/** An entry with its values, which may be secrets. */
export interface EntryInFile {
  /** The keys that lead to it in the file. */
  path: string[];
  entry: Entry;
  /** Names of secrets whose value in the file was only a placeholder. */
  placeholders: string[];
}

export interface ImportedServers {
  servers: ServerConfig[];
  /** By the server's name. */
  placements: Record<string, ServerPlacement>;
  /** Each server's entry as the file has it, by the server's name. */
  entries: Record<string, EntryInFile>;
  /** Values for the vault, by the names in the configurations. */
  secrets: Record<string, string>;
  /** Secrets whose value is not in the file (`${env:TOKEN}`, `${input:token}`), so a person has to enter it. */
  missing: string[];
  /** One sentence for each entry that cannot be used; good entries are imported anyway. */
  problems: string[];
  /** One sentence for each entry of a server that is already added. */
  already: string[];
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const text = z
  .string()
  .max(32_768)
  .refine((value) => !value.includes("\0"), "must not contain NUL");
const entry = z.object({
  type: z.string().optional(),
  disabled: z.boolean().optional(),
  transport: z.string().optional(),
  command: text.min(1).optional(),
  args: z.array(scalar.pipe(text)).max(200).default([]),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of a variable"), scalar.pipe(text))
    .default({}),
  cwd: text.optional(),
  /** Written by a person only; no other program has this key. */
  hosts: z
    .array(z.string().regex(/^(\*\.)?[a-z0-9.-]+(:\d{1,5})?$/i, "must be hosts, as host, host:port or *.host"))
    .max(50)
    .optional(),
  folders: z
    .record(
      z.string().regex(/^\/[^\0]*$/, "must be full paths, with read or write for each"),
      z.enum(["read", "write"], "must be read or write"),
    )
    .refine((given) => Object.keys(given).length <= MOST_FOLDERS, `must be at most ${MOST_FOLDERS} folders`)
    .optional(),
  scope: z.enum(["tree", "shared"], "must be tree or shared").default("tree"),
  workspace: z.enum(["none", "read", "write"], "must be none, read or write").default("none"),
  keeps: z.boolean("must be true or false").optional(),
  url: text.optional(),
  serverUrl: text.optional(),
  httpUrl: text.optional(),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be the name of a header"), scalar.pipe(text))
    .default({}),
  oauth: z
    .object({ clientId: z.string().optional(), clientSecret: z.string().optional(), scope: z.string().optional() })
    .optional(),
});
export type Entry = z.output<typeof entry>;

/**
 * Reads a file of MCP servers from Claude Desktop, Claude Code, Cursor or VS Code: `mcpServers`, `servers`, or the map
 * itself. `takenNames` are the names of existing tools, and `added` the servers among them: an entry with the command
 * and the arguments, or the address, of one of them is that server. Never throws, and never reads the environment.
 */
export function importServers(
  fileText: string,
  takenNames: readonly string[] = [],
  added: readonly AddedServer[] = [],
): ImportedServers {
  const empty = { servers: [], placements: {}, entries: {}, secrets: {}, missing: [], problems: [], already: [] };
  const result: ImportedServers = empty;
  const found = serverMap(fileText);
  if (typeof found === "string") return { ...result, problems: [found] };
  const { map, path } = found;
  const names = new Set(takenNames);
  const entries = Object.entries(map);
  if (entries.length > MOST_SERVERS)
    result.problems.push(`The file has ${entries.length} servers; only the first ${MOST_SERVERS} were read.`);
  for (const [givenName, given] of entries.slice(0, MOST_SERVERS)) {
    const sink: SecretSink = { values: {}, missing: [], placeholders: [] };
    try {
      const known = addedAs(givenName, given, added);
      if (known?.isOn) {
        result.already.push(alreadySentence(known));
        continue;
      }
      const again = known && !Object.hasOwn(result.entries, known.name) ? known.name : undefined;
      const name = again ?? uniqueName(givenName, names);
      const { server, placement, entry } = serverOf(name, given, sink);
      names.add(name);
      result.servers.push(server);
      result.placements[name] = placement;
      result.entries[name] = { path: [...path, givenName], entry, placeholders: sink.placeholders };
      Object.assign(result.secrets, sink.values);
      result.missing.push(...sink.missing);
    } catch (error) {
      result.problems.push(`The server "${quoted(givenName)}" was left out: ${sentenceOf(error)}.`);
    }
  }
  return result;
}

interface KnownServer {
  name: string;
  isOn: boolean;
  /** What the entry says otherwise, as words for a sentence. */
  differs: string[];
  /** Whether the entry has values for secrets. */
  hasSecrets: boolean;
}

/** Returns the added server that an entry stands for: of several with its start, the one with its other settings too. */
function addedAs(givenName: string, given: unknown, added: readonly AddedServer[]): KnownServer | undefined {
  const base = uniqueName(givenName, new Set());
  const found = added.flatMap((one): KnownServer[] => {
    const { name } = one.config;
    if (!isNameOf(base, name)) return [];
    const sink: SecretSink = { values: {}, missing: [], placeholders: [] };
    const { server, placement } = serverOf(name, given, sink);
    if (!isSameStart(server, one.config)) return [];
    const differs = otherSettings(server, placement, one);
    return [{ name, isOn: one.isOn, differs, hasSecrets: Object.keys(sink.values).length > 0 }];
  });
  return found.sort((one, other) => one.differs.length - other.differs.length)[0];
}

function alreadySentence({ name, differs, hasSecrets }: KnownServer): string {
  if (differs.length > 0)
    return `${name} is already added, with other settings (${differs.join(", ")}): change it on its page, or give this entry another name.`;
  return `${name} is already added${hasSecrets ? "; its secrets stay as they are" : ""}.`;
}

interface ServerMap {
  map: Record<string, unknown>;
  /** The keys that lead to it. */
  path: string[];
}

function serverMap(fileText: string): ServerMap | string {
  if (fileText.length > MOST_FILE_CHARACTERS)
    return `The file has ${fileText.length} characters; the limit is ${MOST_FILE_CHARACTERS}.`;
  let parsed: unknown;
  try {
    parsed = parseJsonWithComments(fileText);
  } catch (error) {
    return `The file is not valid JSON: ${quoted(error instanceof Error ? error.message : String(error))}.`;
  }
  if (!isObject(parsed)) return 'The file must be an object such as {"mcpServers": {"name": {"command": "…"}}}.';
  for (const key of ["mcpServers", "servers"]) {
    if (!Object.hasOwn(parsed, key)) continue;
    // A server may itself be named "servers"; then the object has a command or an address.
    const map = parsed[key];
    if (!isObject(map)) return `"${key}" must be an object that maps names to servers.`;
    if (!("command" in map || "url" in map) || key === "mcpServers") return { map, path: [key] };
  }
  const mcp = parsed.mcp;
  if (isObject(mcp) && isObject(mcp.servers)) return { map: mcp.servers, path: ["mcp", "servers"] };
  const looksLikeMap = Object.values(parsed).some((value) => isObject(value) && ("command" in value || "url" in value));
  return looksLikeMap ? { map: parsed, path: [] } : 'The file has no servers: "mcpServers" is missing.';
}

function serverOf(
  name: string,
  given: unknown,
  sink: SecretSink,
): { server: ServerConfig; placement: ServerPlacement; entry: Entry } {
  const parsed = entry.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join(".");
    throw new Error(where ? `${where}: ${issue?.message}` : "it must be an object with a command or a url");
  }
  if (parsed.data.disabled) throw new Error("it is switched off in the file (disabled)");
  const url = parsed.data.url ?? parsed.data.httpUrl ?? parsed.data.serverUrl;
  const type = (parsed.data.type ?? parsed.data.transport)?.toLowerCase();
  if (parsed.data.command !== undefined && url !== undefined)
    throw new Error("it has both a command and a url; keep one");
  if (type === "sse")
    throw new Error(
      "it uses the old SSE transport, which is not supported; give its Streamable HTTP address with type http",
    );
  if (type !== undefined && !["stdio", "http", "streamable-http", "streamablehttp", "streamable_http"].includes(type))
    throw new Error(`its type "${quoted(type)}" is unknown; use stdio or http`);
  const { scope, workspace } = parsed.data;
  if (url !== undefined && workspace !== "none")
    throw new Error("it is reached over the network and cannot see a tree's folder; remove its workspace");
  if (parsed.data.keeps && url !== undefined)
    throw new Error("it is reached over the network, so Banyan keeps no folder for it; remove keeps");
  if (parsed.data.keeps && workspace !== "none")
    throw new Error("it sees a tree's folder, so Banyan keeps no folder for it; remove keeps or its workspace");
  if (scope === "shared" && workspace !== "none")
    throw new Error("one process for all trees cannot see a tree's folder; set its scope to tree");
  const rest = { placement: { scope, workspace }, entry: parsed.data };
  if (url !== undefined) return { server: httpServer(name, url, parsed.data, sink), ...rest };
  if (parsed.data.command === undefined) throw new Error("it has neither a command nor a url");
  if (type !== undefined && type !== "stdio")
    throw new Error(`its type is "${type}", which needs a url and not a command`);
  return { server: stdioServer(name, parsed.data.command, parsed.data, sink), ...rest };
}

function stdioServer(name: string, command: string, given: Entry, sink: SecretSink): StdioServer {
  const split = secretSplitter(name, sink);
  const env = Object.fromEntries(Object.entries(given.env).map(([key, value]) => [key, split.env(key, value)]));
  const hosts = given.hosts?.map((host) => host.toLowerCase());
  return {
    kind: "stdio",
    name,
    command,
    args: split.args(given.args),
    env,
    ...(given.cwd && { cwd: given.cwd }),
    ...(given.folders && { folders: given.folders }),
    ...(given.keeps && { keeps: true }),
    ...(hosts && { hosts }),
  };
}

function httpServer(name: string, url: string, given: Entry, sink: SecretSink): HttpServer {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol))
    throw new Error(`its url "${quoted(url)}" is not an http or https address`);
  if (parsed.username || parsed.password)
    throw new Error("its url contains a user name or a password; use headers instead");
  const split = secretSplitter(name, sink);
  const headers = Object.fromEntries(
    Object.entries(given.headers).map(([key, value]) => [key, split.header(key, value)]),
  );
  const { clientId, clientSecret, scope } = given.oauth ?? {};
  const oauth = {
    ...(clientId && { clientId }),
    ...(clientSecret && { clientSecret: split.env("OAUTH_CLIENT_SECRET", clientSecret) }),
    ...(scope && { scope }),
  };
  return { kind: "http", name, url: split.url(url), headers, ...(given.oauth && { oauth }) };
}

/**
 * Returns a free name of `[a-z0-9_]` with at most 40 characters. It has no two underscores in a row and none at its end,
 * because two of them separate it from the names of its tools.
 */
export function uniqueName(given: string, taken: ReadonlySet<string>): string {
  const base =
    given
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, MOST_NAME_CHARACTERS)
      .replace(/_+$/, "") || "server";
  let name = base;
  for (let n = 2; taken.has(name); n += 1) {
    const ending = `_${n}`;
    name = base.slice(0, MOST_NAME_CHARACTERS - ending.length).replace(/_+$/, "") + ending;
  }
  return name;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
