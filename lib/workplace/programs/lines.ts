/** What a program's server and runner tell each other beside its streams: JSON, one line each. */
import type { Readable, Writable } from "node:stream";

/** The runner opens one HTTP/2 stream for each, and a stream "forward" for each connection of the program. */
export const PATHS = {
  stdin: "/stdin",
  stdout: "/stdout",
  stderr: "/stderr",
  control: "/control",
  forward: "/forward",
} as const;

/** Longer lines are no lines of the other side. */
const MOST_CHARS = 100_000;

/** Calls the listener with each line's value; what is no JSON is dropped. */
export function linesOf(stream: Readable, listener: (value: unknown) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(0, MOST_CHARS);
    for (const line of lines) {
      const value = parsed(line);
      if (value !== undefined) listener(value);
    }
  });
}

export function sayLine(stream: Writable, value: object): void {
  if (!stream.destroyed && !stream.writableEnded) stream.write(`${JSON.stringify(value)}\n`);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
