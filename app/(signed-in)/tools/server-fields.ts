/** Converts between the fields of the server form and an entry of `mcpServers`. Pure. */
import type { Form } from "@/components/ui/forms/use-form";

export interface ServerFields {
  name: string;
  kind: "stdio" | "package" | "http";
  command: string;
  /** An npm package, with an optional version: `@scope/name@1.2.3`. */
  pack: string;
  /** One per line. */
  args: string;
  /** Environment variables, `NAME=value`, one per line; for an address, headers, `Name: value`. */
  settings: string;
  cwd: string;
  url: string;
  /** Folders that it sees besides those among its arguments: `/path: read` or `/path: write`, one per line. */
  folders: string;
  /** Whether Banyan keeps a folder for its files; a mend of the preview adds it. */
  keeps: boolean;
  /** One per line. */
  hosts: string;
  workspace: "none" | "read" | "write";
  scope: "tree" | "shared";
  oauth: Record<string, unknown> | null;
}

export const EMPTY_FIELDS: ServerFields = {
  name: "",
  kind: "stdio",
  command: "",
  pack: "",
  args: "",
  settings: "",
  cwd: "",
  url: "",
  folders: "",
  keeps: false,
  hosts: "",
  workspace: "none",
  scope: "tree",
  oauth: null,
};

type FieldName = "name" | "command" | "pack" | "settings" | "folders" | "url";
export type Entry = { ok: true; entry: Record<string, unknown> } | { ok: false; field: FieldName; sentence: string };

export function entryOfFields(fields: ServerFields): Entry {
  const { name, kind, url } = fields;
  if (name.trim() === "") return { ok: false, field: "name", sentence: "Type a name. Agents list the server by it." };
  const settings = settingsOf(fields.settings, kind);
  if (typeof settings === "string") return { ok: false, field: "settings", sentence: settings };
  const placed = fields.scope === "shared" ? { scope: fields.scope } : {};
  if (kind === "http") {
    if (!/^https?:\/\//i.test(url.trim()))
      return { ok: false, field: "url", sentence: "Not an address: start with https:// or http://." };
    const oauth = fields.oauth && { oauth: fields.oauth };
    return { ok: true, entry: { url: url.trim(), ...named("headers", settings), ...oauth, ...placed } };
  }
  const start = startOf(fields);
  if ("sentence" in start) return { ok: false, ...start };
  const folders = foldersOf(fields.folders);
  if (typeof folders === "string") return { ok: false, field: "folders", sentence: folders };
  const hosts = lines(fields.hosts);
  return {
    ok: true,
    entry: {
      ...start,
      ...named("env", settings),
      ...(fields.cwd.trim() && { cwd: fields.cwd.trim() }),
      ...named("folders", folders),
      ...(fields.keeps && { keeps: true }),
      ...(hosts.length > 0 && { hosts }),
      ...placed,
      ...(fields.workspace !== "none" && { workspace: fields.workspace }),
    },
  };
}

const PACKAGE = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*(@[^@\s]+)?$/;

type Start = { command: string; args: string[] } | { field: FieldName; sentence: string };

function startOf({ kind, command, pack, args }: ServerFields): Start {
  if (kind === "package") {
    if (!PACKAGE.test(pack.trim()))
      return { field: "pack", sentence: "Type the npm package, such as @scope/name or name@1.2.3." };
    return { command: "npx", args: ["-y", pack.trim(), ...lines(args)] };
  }
  if (command.trim() === "")
    return { field: "command", sentence: "Type the command that starts the server, such as node." };
  return { command: command.trim(), args: lines(args) };
}

export function fieldsOfEntry(name: string, entry: Readonly<Record<string, unknown>>): ServerFields {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String).join("\n") : "");
  const isHttp = typeof entry.url === "string";
  const settings = Object.entries((isHttp ? entry.headers : entry.env) ?? {});
  const [first, pack, ...others] = Array.isArray(entry.args) ? entry.args : [];
  const isPackage = entry.command === "npx" && first === "-y" && PACKAGE.test(text(pack));
  return {
    name,
    kind: isHttp ? "http" : isPackage ? "package" : "stdio",
    command: text(entry.command),
    pack: isPackage ? text(pack) : "",
    args: list(isPackage ? others : entry.args),
    settings: settings.map(([key, value]) => `${key}${isHttp ? ": " : "="}${value}`).join("\n"),
    cwd: text(entry.cwd),
    url: text(entry.url),
    folders: Object.entries(entry.folders ?? {})
      .map(([folder, access]) => `${folder}: ${access}`)
      .join("\n"),
    keeps: entry.keeps === true,
    hosts: list(entry.hosts),
    workspace: entry.workspace === "read" || entry.workspace === "write" ? entry.workspace : "none",
    scope: entry.scope === "shared" ? "shared" : "tree",
    oauth: typeof entry.oauth === "object" ? (entry.oauth as Record<string, unknown> | null) : null,
  };
}

/** Returns the text of an `mcpServers` file with this server alone, or which field is wrong. */
export function fileOfFields(fields: ServerFields): string | { field: FieldName; sentence: string } {
  const made = entryOfFields(fields);
  return made.ok ? JSON.stringify({ mcpServers: { [fields.name.trim()]: made.entry } }) : made;
}

export function fieldsOfFile(name: string, text: string): ServerFields {
  const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, Record<string, unknown>> };
  return fieldsOfEntry(name, mcpServers[name] ?? {});
}

/** Returns whether the form of a server shows both entries alike. */
export function isSameEntry(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(fieldsOfEntry("", one)) === JSON.stringify(fieldsOfEntry("", other));
}

function settingsOf(text: string, kind: ServerFields["kind"]): Record<string, string> | string {
  const sign = kind === "http" ? ":" : "=";
  const found: Record<string, string> = {};
  for (const line of lines(text)) {
    const at = line.indexOf(sign);
    const name = line.slice(0, at).trim();
    // The message does not repeat the line, because it may hold a key.
    if (at < 1 || name === "")
      return kind === "http"
        ? "Write each header on a line of its own, as Name: value."
        : "Write each variable on a line of its own, as NAME=value.";
    found[name] = line.slice(at + 1).trim();
  }
  return found;
}

/** A line without an access is read. */
function foldersOf(text: string): Record<string, string> | string {
  const found: Record<string, string> = {};
  for (const line of lines(text)) {
    const [, folder = line, access = "read"] = /^(.*?)\s*:\s*(read|write)$/.exec(line) ?? [];
    if (!folder.startsWith("/")) return "Write each folder with its full path, as /srv/papers: read.";
    found[folder] = access;
  }
  return found;
}

function named(key: string, values: Record<string, string>): Record<string, unknown> {
  return Object.keys(values).length > 0 ? { [key]: values } : {};
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export interface ServerFormProps {
  fields: ServerFields;
  change: (fields: Partial<ServerFields>) => void;
  /** Shows the problem of a field. */
  form: Form;
  /** The name of an existing server cannot change. */
  isNew: boolean;
}
