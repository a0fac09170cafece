/** Turns entries into text for diffs, and merges them. Pure. */
import type { AgentFields, EntryFields, EntryKind } from "@/core/shapes/configuration";

export function entryText(kind: EntryKind, fields: EntryFields): string {
  if ("instruction" in fields) return agentText(fields);
  if (kind === "runbook" && "text" in fields) return fields.text;
  return `description: ${fields.description}\n\n${"body" in fields ? fields.body : fields.text}\n`;
}

function agentText({ instruction, ...fields }: AgentFields): string {
  const {
    description,
    model,
    web_search,
    confined,
    rights,
    finishing,
    grant,
    effort,
    a2a_answer,
    limits,
    tools,
    documents,
  } = fields;
  const lines = [
    `description: ${description}`,
    `model: ${model}`,
    `web search: ${web_search ? "yes" : "no"}`,
    ...(confined ? ["confined: subtasks get only these tools"] : []),
    ...listed("documents", documents),
    ...listed("tools", tools),
    `rights: ${rights ? rights.join(", ") || "none" : "same as the parent task"}`,
    `evaluate: ${finishing.evaluate}`,
    `summarize: ${finishing.summarize}`,
    `document: ${finishing.document}`,
    ...given(grant).map(([name, value]) => `maximum ${words(name)}: ${value}`),
    `effort: ${effort ?? "default of the provider"}`,
    ...(a2a_answer === "message" ? ["answer by A2A: a message"] : []),
    ...given(limits).map(([name, value]) => `${words(name)}: ${value}`),
  ];
  return `${lines.join("\n")}\n\n${instruction}\n`;
}

function given(amounts: object): [string, unknown][] {
  return Object.entries(amounts).filter(([, value]) => value !== null);
}

function listed(name: string, values: readonly string[]): string[] {
  return values.length === 0 ? [`${name}: none`] : [`${name}:`, ...values.map((value) => `- ${value}`)];
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}

/**
 * Three-way merge by field: takes their value if only they changed it, else keeps mine. `both` names the fields that
 * both changed.
 */
export function mergeFields<Fields extends EntryFields>(
  base: Fields,
  mine: Fields,
  theirs: Fields,
): { fields: Fields; both: string[] } {
  const both: string[] = [];
  const merged = Object.fromEntries(
    Object.entries(mine).map(([name, value]) => {
      const [before, their] = [base[name as keyof Fields], theirs[name as keyof Fields]];
      if (isEqual(value, before)) return [name, their];
      if (!isEqual(their, before) && !isEqual(their, value)) both.push(name);
      return [name, value];
    }),
  );
  return { fields: merged as unknown as Fields, both };
}

export function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
