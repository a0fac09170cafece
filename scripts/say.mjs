/** An error that the user can fix. Its message is the whole text that they see. */
export class SetupError extends Error {}

/** An error that a child process has reported already. */
export class AlreadySaid extends Error {
  /** @param {number} status the exit status of the child, and of this process */
  constructor(status) {
    super(`A child process ended with status ${status}.`);
    this.status = status;
  }
}

/** Prints progress to standard error, because standard output belongs to the started command. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs an entry point. Prints a SetupError as its message with exit status 2, any other error with its stack trace.
 * @param {() => Promise<void>} main
 */
export async function runEntry(main) {
  try {
    await main();
  } catch (error) {
    if (error instanceof AlreadySaid) process.exit(error.status);
    say(error instanceof SetupError ? error.message : String(error instanceof Error ? error.stack : error));
    process.exit(error instanceof SetupError ? 2 : 1);
  }
}
