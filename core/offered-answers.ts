/** Finds the answers that a question offers: the last list in the agent's text, and the default answer. Pure. */

const MOST_ANSWERS = 9;
const MOST_CHARACTERS = 200;
const ENTRY = /^\s*(?:[-*•]|\(?(?:\d{1,2}|[a-zA-Z])[.)])\s+(.+)$/;

/** Returns at most nine answers, one per digit key, as texts that can be sent unchanged. */
export function offeredAnswers(question: string, defaultAnswer: string | null): string[] {
  const found: string[] = [];
  for (const line of question.split("\n")) {
    const entry = ENTRY.exec(line)?.[1]?.trim();
    if (entry) found.push(entry);
    // Prose after a list means that the list was background, not the choices.
    else if (line.trim() !== "" && found.length > 0 && !/^\s/.test(line)) found.length = 0;
  }
  const all = [...new Set([...found, ...(defaultAnswer ? [defaultAnswer] : [])])];
  return all.filter((answer) => answer.length <= MOST_CHARACTERS).slice(0, MOST_ANSWERS);
}

/** Returns the question without the answers that `offeredAnswers` finds, for a place that shows them as buttons. */
export function withoutOffered(question: string, defaultAnswer: string | null): string {
  const offered = new Set(offeredAnswers(question, defaultAnswer));
  const lines = question.split("\n");
  const isOffered = (line: string) => offered.has(ENTRY.exec(line)?.[1]?.trim() ?? "");
  const first = lines.findIndex(isOffered);
  // An answer of several lines is more than its button shows, and a list with other entries stays whole.
  const list = first < 0 ? [] : lines.slice(first).filter((line) => line.trim() !== "");
  return list.length > 0 && list.every(isOffered) ? lines.slice(0, first).join("\n").trimEnd() : question;
}
