/** What a command prints: the result on standard output, sentences about it on standard error. */
import { styleText } from "node:util";
import { clean } from "./text";

/** Wrong usage or configuration: one sentence that says what to do, and exit status 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One object of a feed, on a line of its own. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function warn(sentence: string): void {
  process.stderr.write(`${clean(sentence)}\n`);
}

export type Style = Parameters<typeof styleText>[0];

/** Colours only for a person who looks at a terminal, and wants them. */
export function paint(style: Style, text: string, stream: { isTTY?: boolean } = process.stdout): string {
  if (!stream.isTTY || process.env.NO_COLOR) return text;
  return styleText(style, text);
}
