/** Prints results to standard output and messages to standard error. */
import { styleText } from "node:util";
import { clean } from "./text";

/** Wrong usage or configuration. The message says what to do; the exit status is 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints one object of a feed on its own line. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function warn(sentence: string): void {
  process.stderr.write(`${clean(sentence)}\n`);
}

export type Style = Parameters<typeof styleText>[0];

/** Colours text only on a terminal, and not when NO_COLOR is set. */
export function paint(style: Style, text: string, stream: { isTTY?: boolean } = process.stdout): string {
  if (!stream.isTTY || process.env.NO_COLOR) return text;
  return styleText(style, text);
}
