/** Lines of a connection. */

/**
 * Calls `take` with each line that was ended. Only \n ends one: Node's readline also ends a line at U+2028 and U+2029, which
 * JSON leaves as they are, and the title of a release may hold them.
 * @param {import("node:net").Socket} connection @param {(line: string) => void} take
 */
export function eachLine(connection, take) {
  let rest = "";
  connection.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    const [first = "", ...lines] = text.split("\n");
    rest += first;
    for (const line of lines) {
      take(rest);
      rest = line;
    }
  });
}
