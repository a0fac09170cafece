/** Returns what came of servers that were added. */
export function answeringSentence(working: number, all: number): string {
  return `${working} of ${all} servers answer and can be assigned to agents.`;
}
