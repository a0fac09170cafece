/** Finds agents, documents, tools and runbooks by words. */
import type { FoundEntry } from "@/core/shapes/search";

type Listed = () => readonly { name: string; description: string }[];

/** Returns entries with all words in name or description; those whose name begins with the text first. */
export function entriesWith(
  configuration: Record<"agents" | "documents" | "tools" | "runbooks", Listed>,
  text: string,
  limit: number,
): FoundEntry[] {
  const words = text.toLowerCase().split(/\s+/);
  const named = (kind: FoundEntry["kind"], entries: readonly { name: string; description: string }[]): FoundEntry[] =>
    entries.map(({ name, description }) => ({ kind, name, description }));
  const rankOf = ({ name }: FoundEntry) => {
    const lower = name.toLowerCase();
    if (lower.startsWith(words.join("_"))) return 0;
    return words.every((word) => lower.includes(word)) ? 1 : 2;
  };
  return [
    ...named("agent", configuration.agents()),
    ...named("document", configuration.documents()),
    ...named("tool", configuration.tools()),
    ...named("runbook", configuration.runbooks()),
  ]
    .filter(({ name, description }) => {
      const all = `${name} ${description}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .sort((a, b) => rankOf(a) - rankOf(b))
    .slice(0, limit);
}
