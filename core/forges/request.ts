/** What a comment asks of Banyan. Pure. */

/** A comment that begins with it asks for work. */
const COMMAND = "/banyan";

/** Returns the words after the command, or null for a comment that does not begin with it. */
export function wordsFor(body: string): string | null {
  const text = body.trimStart();
  if (!text.toLowerCase().startsWith(COMMAND)) return null;
  const rest = text.slice(COMMAND.length);
  return rest === "" || rest.trimStart() !== rest ? rest.trim() : null;
}
