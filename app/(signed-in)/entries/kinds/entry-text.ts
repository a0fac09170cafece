/** An entry as lines of text, so that two of them can be compared as a diff. Pure. */
import type { AgentFields, EntryFields, EntryKind } from "@/core/shapes/configuration";

export function entryText(kind: EntryKind, fields: EntryFields): string {
  if ("instruction" in fields) return agentText(fields);
  if (kind === "runbook" && "text" in fields) return fields.text;
  return `description: ${fields.description}\n\n${"body" in fields ? fields.body : fields.text}\n`;
}

function agentText({ instruction, ...fields }: AgentFields): string {
  const { description, model, web_search, confined, rights, finishing, grant, limits, tools, documents } = fields;
  const lines = [
    `description: ${description}`,
    `model: ${model}`,
    `web search: ${web_search ? "yes" : "no"}`,
    ...(confined ? ["confined: its subtasks get no tool that it lacks"] : []),
    ...listed("documents", documents),
    ...listed("tools", tools),
    `rights: ${rights ? rights.join(", ") || "none" : "those of the task above it"}`,
    `evaluate: ${finishing.evaluate}`,
    `summarize: ${finishing.summarize}`,
    `document: ${finishing.document}`,
    ...given(grant).map(([name, value]) => `at most ${words(name)}: ${value}`),
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

/** As three people would: what only they changed is theirs, what both changed stays mine. `both`: the names of the latter. */
export function mergeFields<Fields extends EntryFields>(
  base: Fields,
  mine: Fields,
  theirs: Fields,
): { fields: Fields; both: string[] } {
  const both: string[] = [];
  const merged = Object.fromEntries(
    Object.entries(mine).map(([name, value]) => {
      const [was, is] = [base[name as keyof Fields], theirs[name as keyof Fields]];
      if (isEqual(value, was)) return [name, is];
      if (!isEqual(is, was) && !isEqual(is, value)) both.push(name);
      return [name, value];
    }),
  );
  return { fields: merged as unknown as Fields, both };
}

export function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
