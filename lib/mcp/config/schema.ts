import { createHash } from "node:crypto";
import type { ListedTool } from "./types";

/** Returns JSON with sorted keys and no white space: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** Returns a SHA-256 in hex over everything about a tool that a model or an approval depends on. */
export function hashOfTool(tool: Omit<ListedTool, "hash">): string {
  const { name, description, inputSchema, annotations = {} } = tool;
  return createHash("sha256").update(canonicalJson({ annotations, description, inputSchema, name })).digest("hex");
}

export interface ToolChange {
  name: string;
  change: "unchanged" | "changed" | "new" | "gone";
}

/** Compares pinned tools (name → hash) with the listed ones; sorted by name. */
export function changesAgainst(pinned: Readonly<Record<string, string>>, listed: readonly ListedTool[]): ToolChange[] {
  const hashes = new Map(listed.map((tool) => [tool.name, tool.hash]));
  const known = Object.keys(pinned).map((name): ToolChange => {
    const hash = hashes.get(name);
    if (hash === undefined) return { name, change: "gone" };
    return { name, change: hash === pinned[name] ? "unchanged" : "changed" };
  });
  const added = listed
    .filter((tool) => !Object.hasOwn(pinned, tool.name))
    .map((tool): ToolChange => ({ name: tool.name, change: "new" }));
  return [...known, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
}
