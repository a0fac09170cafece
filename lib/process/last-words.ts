/** What a process of Node said of its end. */

/** An error as Node prints it: its name, a code if it has one, and its message. */
const ERROR = /^(?:Uncaught )?(?:FATAL ERROR|[\w$.]*(?:Error|Exception))(?: \[\w+\])?: (.+)$/;
/** Node ends what it prints of an error with its version; lines of the stack and of the error's fields come before. */
const AROUND = /^\s|^Node\.js v|^[{}]?$/;

/** Returns the message of the error that ended a process, by its error output; else its last line. Empty: it said nothing. */
export function lastWords(said: string): string {
  const lines = said.trim().split("\n");
  const message = lines.findLast((line) => ERROR.test(line));
  if (message !== undefined) return ERROR.exec(message)?.[1]?.trim() ?? "";
  return lines.findLast((line) => !AROUND.test(line))?.trim() ?? "";
}
