/** Asks a person at a terminal. */
import { createInterface } from "node:readline";

/** Whether somebody can be asked: programs and pipes cannot. */
export function canAsk({ json }: { json: boolean }): boolean {
  return !json && process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Resolves with the answer, where Enter alone means yes; null: it was left with Ctrl-C or Ctrl-D. */
export function askYes(question: string): Promise<boolean | null> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    lines.once("close", () => resolve(null));
    lines.question(`${question} [Y/n] `, (answer) => {
      resolve(/^(?:|y|yes)$/i.test(answer.trim()));
      lines.close();
    });
  });
}
