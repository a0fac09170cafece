/** Answers that a question itself offers: the last list in what its agent wrote, and its default answer. Pure. */

const MOST_ANSWERS = 9;
const MOST_CHARACTERS = 200;
const ENTRY = /^\s*(?:[-*•]|\(?(?:\d{1,2}|[a-zA-Z])[.)])\s+(.+)$/;

/** As texts that can be sent as they are; at most nine, one for each figure key. */
export function offeredAnswers(question: string, defaultAnswer: string | null): string[] {
  const found: string[] = [];
  for (const line of question.split("\n")) {
    const entry = ENTRY.exec(line)?.[1]?.trim();
    if (entry) found.push(entry);
    // Prose after a list: what stood there was no choice, but what leads to it.
    else if (line.trim() !== "" && found.length > 0 && !/^\s/.test(line)) found.length = 0;
  }
  const all = [...new Set([...found, ...(defaultAnswer ? [defaultAnswer] : [])])];
  return all.filter((one) => one.length <= MOST_CHARACTERS).slice(0, MOST_ANSWERS);
}
