/**
 * Runs red tests again, as the gates of a change do: real processes, sockets and browsers fail now and then because of
 * the machine. A test that passes twice more is reported as flaky, with its error, and counts as passed.
 */

/** @typedef {import("./counts.mjs").Counts} Counts */
/** @typedef {import("./failures.mjs").Failure} Failure */
/** @typedef {{ counts: Counts, failures: Failure[] }} Run */

/** More red tests are not due to chance. */
const MOST_AGAIN = 5;
const TIMES = 2;

/**
 * @param {Run} run
 * @param {(files: string[]) => Promise<Run>} runFiles runs whole files: a test may need what those before it left
 * @returns {Promise<Run & { flaky: Failure[] }>} all or none of the red tests are flaky: one that stays red needs a look
 */
export async function runAgain(run, runFiles) {
  const { counts, failures } = run;
  const files = [...new Set(failures.flatMap(({ file }) => file ?? []))];
  const allNamed = failures.length === counts.failed && failures.every(({ file }) => file !== null);
  if (counts.failed === 0 || counts.failed > MOST_AGAIN || !allNamed) return { ...run, flaky: [] };
  for (let time = 0; time < TIMES; time += 1) {
    const again = await runFiles(files);
    if (again.counts.failed > 0 || again.counts.passed === 0) return { ...run, flaky: [] };
  }
  return {
    counts: { ...counts, passed: counts.passed + counts.failed, failed: 0 },
    failures: [],
    flaky: failures,
  };
}
