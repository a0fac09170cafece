/** Splits a proposed body into parts, compares each with the live version, and rebuilds the body after edits. */
import { UserError } from "@/agents/application";
import { shownServer } from "@/agents/queries/tools";
import { configIn } from "@/agents/tools/outside/added-config";
import { isServer } from "@/agents/tools/outside/server-tools";
import type { AgentBody, DocumentBody, RunbookBody, ToolBody } from "@/core/rules/configuration";
import type { ProposedPart, ReviewedProposal } from "@/core/shapes/review";

/** Code is no entry of the configuration, and has only its diff. */
type Kind = Exclude<ReviewedProposal["kind"], "code">;
type Flat = Map<string, Pick<ProposedPart, "form"> & { text: string }>;

/** The parts that a person may edit, with the limits of the proposing tool. */
const EDITABLE: Record<Kind, Record<string, { least: number; most: number; list?: true }>> = {
  agent: {
    description: { least: 20, most: 240 },
    instruction: { least: 1, most: 100_000 },
    tools: { least: 0, most: 10_000, list: true },
    documents: { least: 0, most: 10_000, list: true },
  },
  document: { description: { least: 20, most: 240 }, body: { least: 1, most: 100_000 } },
  tool: { title: { least: 1, most: 40 }, description: { least: 20, most: 240 } },
  runbook: { description: { least: 1, most: 240 } },
};

export function partsOf(kind: Kind, before: unknown, after: unknown): ProposedPart[] {
  const old = before === null ? null : flat(kind, before);
  // A removal leaves no part.
  const now: Flat = after === null ? new Map() : flat(kind, after);
  const names = [...new Set([...now.keys(), ...(old?.keys() ?? [])])];
  const parts = names.map((name): ProposedPart => {
    const [was, is] = [old?.get(name), now.get(name)];
    const form = is?.form ?? was?.form ?? "text";
    const editable = Object.hasOwn(EDITABLE[kind], name);
    return {
      name,
      form,
      before: old ? (was?.text ?? "") : null,
      after: is?.text ?? "",
      editable: editable && after !== null,
    };
  });
  const shown = parts.filter((part) => part.after !== "" || (part.before ?? "") !== "");
  const differs = (part: ProposedPart) => part.before !== part.after;
  return [...shown.filter(differs), ...shown.filter((part) => !differs(part))];
}

/** Returns the body with a person's texts in place of its own. Throws UserError with one sentence. */
export function editedBody(kind: Kind, body: unknown, edited: Record<string, string>): unknown {
  if (body === null) throw new UserError("invalid", "This proposal removes the entry, so there is nothing to edit.");
  const changed: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(edited)) {
    const limits = Object.hasOwn(EDITABLE[kind], name) ? EDITABLE[kind][name] : undefined;
    if (!limits) {
      const names = Object.keys(EDITABLE[kind]).join(", ");
      throw new UserError(
        "invalid",
        `“${name.slice(0, 60)}” cannot be edited here. Editable parts of a ${kind}: ${names}.`,
      );
    }
    const text = given.trim();
    if (text.length < limits.least || text.length > limits.most)
      throw new UserError(
        "invalid",
        `The ${name} has ${text.length} characters and must have ${limits.least} to ${limits.most}.`,
      );
    changed[name] = limits.list ? linesOf(text) : text;
  }
  return { ...(body as object), ...changed };
}

function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/^[-*]\s+/, "").trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

function flat(kind: Kind, body: unknown): Flat {
  const parts: Flat = new Map();
  const line = (name: string, text: string) => parts.set(name, { form: "line", text });
  const text = (name: string, words: string) => parts.set(name, { form: "text", text: words });
  const list = (name: string, entries: readonly string[]) =>
    parts.set(name, { form: "list", text: entries.join("\n") });
  const code = (name: string, words: string) => parts.set(name, { form: "code", text: words });
  if (kind === "document") {
    const document = body as DocumentBody;
    line("description", document.description);
    text("body", document.body);
  } else if (kind === "runbook") {
    const runbook = body as RunbookBody;
    line("description", runbook.description);
    code("text", runbook.text);
  } else if (kind === "agent") {
    const agent = body as AgentBody;
    line("description", agent.description);
    text("instruction", agent.instruction);
    list("tools", agent.tools);
    list("documents", agent.documents);
    line("model", agent.model);
    line("web search", agent.webSearch ? "yes" : "no");
    if (agent.confined) line("confined", "its subtasks get only tools that it has");
    if (agent.rights) list("rights", agent.rights);
    code("finishing", JSON.stringify(agent.finishing, null, 1));
    if (agent.a2aAnswer) line("answer by A2A", agent.a2aAnswer);
    if (agent.grant) code("grant", JSON.stringify(agent.grant, null, 1));
    code("limits", JSON.stringify(agent.limits, null, 1));
  } else serverParts(body as ToolBody, { line, list, code });
  return parts;
}

interface Adders {
  line(name: string, text: string): void;
  list(name: string, entries: readonly string[]): void;
  code(name: string, words: string): void;
}

/** Adds what decides about a built-in tool's calls. Its code is in the release. */
function builtinParts({ leastLevel, policy, optional, availability }: ToolBody, line: Adders["line"]): void {
  if (leastLevel) line("lowest level", leastLevel);
  line("policy", policy);
  line("optional", optional ? "yes" : "no");
  line("available", availability.available ? `since ${availability.since}` : availability.reason);
}

/** Adds a server's parts: what it starts comes before what it says about itself. */
function serverParts(tool: ToolBody, { line, list, code }: Adders): void {
  line("title", tool.title);
  line("description", tool.description);
  line("level", tool.level);
  if (!isServer(tool)) {
    builtinParts(tool, line);
    return;
  }
  const { server } = tool;
  const shown = shownServer(tool);
  code("command", shown.start);
  list("hosts", configIn(server).kind !== "stdio" || shown.hosts.length > 0 ? shown.hosts : []);
  line("workspace", server.workspace);
  line("one process", server.scope === "tree" ? "for each tree" : "for all trees");
  if (server.test) code("test", server.test);
  if (server.probe) code("probe", JSON.stringify(server.probe, null, 1));
  list(
    "tools",
    shown.tools.map((tool) => tool.name),
  );
  for (const [name, content] of Object.entries(server.files ?? {})) code(`file ${name}`, content);
}
