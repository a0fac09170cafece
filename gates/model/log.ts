import { withoutSequences } from "@/lib/process/printed";

const MOST = 200;

/** Returns the last line of a log that has a letter or a digit, as the end of a sentence; "" when there is none. */
export function lastLineOf(log: string): string {
  const lines = withoutSequences(log).split(/[\r\n]+/);
  const last = lines.findLast((line) => /[\p{L}\p{N}]/u.test(line));
  return last === undefined ? "" : `last line: ${last.trim().slice(0, MOST)}`;
}
