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

/** What stands between an answer and what is said about it: a colon, a dash, or the end of a sentence. */
const BREAK = /: | [–—-] |\. (?=\p{Lu})/u;

/** Returns what is chosen and what the agent says about it, which many answers do not have. */
export function partsOfAnswer(answer: string): { choice: string; about: string } {
  const found = BREAK.exec(answer);
  const [choice, about] = found
    ? [answer.slice(0, found.index), answer.slice(found.index + found[0].length).trim()]
    : [answer, ""];
  return about === "" ? { choice: answer, about: "" } : { choice, about };
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
