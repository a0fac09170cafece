import type { LanguageModelV3Message } from "@ai-sdk/provider";

/**
 * Returns the places of the system text and of the ends of the input of the last two turns. The last one writes the
 * cache for the next turn; the one before it reads what the previous turn wrote.
 */
export function endsOfTurns(prompt: readonly LanguageModelV3Message[]): ReadonlySet<number> {
  const marked = new Set<number>(prompt[0]?.role === "system" ? [0] : []);
  let turns = 0;
  for (let at = prompt.length - 1; at >= 0 && turns < 2; at -= 1) {
    const role = prompt[at]?.role;
    const endsTurn = (role === "user" || role === "tool") && (prompt[at + 1]?.role ?? "assistant") === "assistant";
    if (!endsTurn) continue;
    marked.add(at);
    turns += 1;
  }
  return marked;
}
