/** Words for policies and figures of tools on the pages. Pure. */
import type { ListedTool } from "@/agents/application";
import type { KindPolicy } from "@/core/rules/policy";
import { exactCount, percent, plural } from "@/core/words/figures";
import { policyWord } from "@/core/words/policy";

/** Returns the inherited policy of one tool of a server. */
export function serverWord(policy: string, kinds: readonly KindPolicy[]): string {
  const word = policy === "inherit" ? (kinds[0]?.policy ?? "ask") : policy;
  return `As the server: ${policyWord(word).toLowerCase()}`;
}

/** Returns "12 calls, 2 failed", with a success rate from `enough` calls on. */
export function useWords({ calls, failures }: Pick<ListedTool, "calls" | "failures">, enough = 20): string {
  if (calls === 0) return "not called yet";
  const called = calls === 1 ? "1 call" : `${exactCount(calls)} calls`;
  if (failures === 0) return `${called}, none failed`;
  const rate = calls >= enough ? ` (${percent((calls - failures) / calls)} succeed)` : "";
  return `${called}, ${exactCount(failures)} failed${rate}`;
}

/** Returns the agents that list the tool, its server, or one of its tools. */
export function agentsWith(
  name: string,
  agents: readonly { name: string; tools: readonly string[] }[],
): { name: string; part: boolean }[] {
  return agents.flatMap(({ name: agent, tools }) => {
    const whole = tools.some((tool) => tool === name || name.startsWith(`${tool}__`));
    const has = whole || tools.some((tool) => tool.startsWith(`${name}__`));
    return has ? [{ name: agent, part: !whole }] : [];
  });
}

export function agentsWords(agents: readonly unknown[], core: boolean): string {
  if (core) return "every agent";
  return agents.length === 0 ? "no agent" : plural(agents.length, "agent");
}

/** Returns text from outside on one line, cut, without control or direction characters. */
export function oneLine(text: string, most = 240): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** Returns the text with its lines, without control or direction characters. */
export function manyLines(text: string): string {
  return text.replace(/[^\P{C}\n\t]+/gu, "").trim();
}

export function matches(query: string, tool: Pick<ListedTool, "name" | "description">): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${tool.name} ${tool.description}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Returns the folders of a server with what it may do there: `/srv/papers (read)`. */
export function folderWords(folders: Readonly<Record<string, "read" | "write">>): string {
  return Object.entries(folders)
    .map(([folder, access]) => `${folder} (${access === "read" ? "read" : "read and write"})`)
    .join(", ");
}
