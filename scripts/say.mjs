/** A reason not to start that a person can do something about: its message is the whole sentence they see. */
export class SetupError extends Error {}

/** Progress goes to standard error: standard output belongs to the command that is started. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs an entry point: a SetupError becomes its sentence and exit status 2, anything else keeps its stack.
 * @param {() => Promise<void>} main
 */
export async function runEntry(main) {
  try {
    await main();
  } catch (error) {
    say(error instanceof SetupError ? error.message : String(error instanceof Error ? error.stack : error));
    process.exit(error instanceof SetupError ? 2 : 1);
  }
}
