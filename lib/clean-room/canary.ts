/**
 * Finds out whether a command notices tests that must fail. A pass with broken tests shows nothing: the code ends the
 * run early, replaces the assertions, knows the answers, or the tests do not run at all.
 */
import type { Counts } from "@/lib/test-reports/counts";
import type { PreparedTests, TestsInFolder } from "./prepare-tests";

/** How a command ended. */
export interface Held {
  holds: boolean;
  /** The tests that it reported; null for none. */
  counts: Counts | null;
}

/**
 * Breaks the tests in the folder and runs the command. Returns what it did not notice as a sentence's end; null where it
 * noticed all, or runs no tests. `good`: how it ended with the tests as they were.
 */
export async function unnoticed(
  tests: Pick<TestsInFolder, "breakAll">,
  command: string,
  good: Held,
  run: () => Promise<Held>,
): Promise<string | null> {
  const prepared = await tests.breakAll(command);
  if (prepared.length === 0) return null;
  const broken = await run();
  if (broken.holds)
    return "also passes with a test that must fail: the code may end the run early or replace assertions, or the tests do not run";
  if (!good.counts || !broken.counts) return null;
  // One test was added to each file that ran. A runner that stops at the first failure does not report the others.
  const ran = totalOf(broken.counts) - totalOf(good.counts);
  if (ran <= 0) return null;
  const { failing, failed } = broken.counts;
  const seen = prepared.filter(({ name }) => failing.some((test) => test.includes(name)));
  // A command may run a part of the files. Without names nobody knows which.
  const changed = seen.length === ran ? sumOf(seen) : ran === prepared.length ? sumOf(prepared) : 0;
  const due = ran + changed;
  if (failed >= due) return null;
  return `fails for only ${failed} of ${due} tests that must fail: the code may make comparisons hold, or read the answers from the tests`;
}

/**
 * Adds passing tests in the folder and runs the command. Returns what is wrong with the run as a sentence's end; null
 * where nothing is, where it does not hold, and for a command that runs no tests or tells of none. `held` is null when
 * the run shows nothing, because the added lines make something other than a test fail.
 */
export async function endedEarly(
  tests: Pick<TestsInFolder, "mark" | "looksAtText">,
  command: string,
  good: Held,
  run: () => Promise<Held>,
): Promise<{ held: Held | null; fault: string | null }> {
  const prepared = await tests.mark(command);
  const held = await run();
  // No test fails, but another check of the command, such as that of the format, does not like the line that was added.
  if (prepared.length > 0 && !held.holds && (held.counts?.failed ?? 0) === 0 && (await tests.looksAtText(command)))
    return { held: null, fault: null };
  if (prepared.length === 0 || !held.holds || !good.counts || !held.counts) return { held, fault: null };
  if (totalOf(held.counts) > totalOf(good.counts)) return { held, fault: null };
  return {
    held,
    fault: "does not report a test that was added to its tests: the code may end the run early, and print a report",
  };
}

function sumOf(prepared: readonly PreparedTests[]): number {
  return prepared.reduce((sum, { changed }) => sum + changed, 0);
}

function totalOf({ passed, failed }: { passed: number; failed: number }): number {
  return passed + failed;
}
