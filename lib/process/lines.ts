/** Reads what another process of Banyan writes line by line. */
import type { Readable } from "node:stream";

/**
 * Calls `take` with each line that was ended. Only \n ends one: Node's readline also ends a line at U+2028 and U+2029, which
 * JSON leaves as they are, so a text from outside could cut an object in two.
 */
export function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const [first = "", ...lines] = text.split("\n");
    rest += first;
    for (const line of lines) {
      take(rest);
      rest = line;
    }
  });
}
