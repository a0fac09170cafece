/** The command line: one process, one command, one exit status. */
import { CommanderError } from "commander";
import { type Context, type Flags, readContext } from "./cli/context";
import { isExpected, sentenceOf } from "./cli/failure";
import { printJson, warn } from "./cli/output";
import { createProgram } from "./cli/program";

const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command. Resolves with its exit status; what went wrong was said in one sentence on standard error. */
export async function main(argv: string[]): Promise<number> {
  closeWithReader();
  let status = 0;
  const program = createProgram(async (load, args, flags: Flags) => {
    const context: Context = readContext(flags);
    const handler = await load();
    status = await handler(context, args, flags);
  });
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} });
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return fail(error, argv);
  }
}

function fail(error: unknown, argv: string[]): number {
  const sentence = sentenceOf(error);
  if (argv.includes("--json")) printJson({ error: sentence });
  warn(sentence);
  return isExpected(error) ? WRONG_USAGE : FAILED;
}

/** Whoever reads may close the pipe at any time, as `head` does: that ends the command and is no failure. */
function closeWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
}
