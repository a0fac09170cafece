/** Finds out whether a command that compares with an expected output notices a changed expected output. */
import type { Held } from "./canary";
import type { TestsInFolder } from "./prepare-tests";

/** Changes the expected outputs that the command names, and runs it. Returns what it did not notice as a sentence's end. */
export async function unnoticedOutput(
  tests: Pick<TestsInFolder, "changeOutputs">,
  command: string,
  run: () => Promise<Held>,
): Promise<string | null> {
  if ((await tests.changeOutputs(command)) === 0) return null;
  return (await run()).holds
    ? "also passes with another expected output: the code may read or write what it is compared with"
    : null;
}
