/** The command line: one process, one command, one exit status. */
import { CommanderError } from "commander";
import { type Context, type Flags, readContext } from "./cli/context/context";
import { INTERRUPTED } from "./cli/context/interrupt";
import { isExpected, sentenceOf } from "./cli/failure";
import { printJson, warn } from "./cli/print/output";
import { createProgram } from "./cli/program";

const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command. Resolves with its exit status; what went wrong was said in one sentence on standard error. */
export async function main(argv: string[]): Promise<number> {
  closeWithReader(argv);
  catchFaults(argv);
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

/** Whoever reads may go at any time, as `head` or a closed window does: that ends a look, and interrupts what is followed. */
function closeWithReader(argv: string[]): void {
  const follows = argv[0] === "run" || argv[0] === "resume";
  process.stdout.on("error", () => process.exit(follows ? INTERRUPTED : 0));
  process.stderr.on("error", () => {});
}

/** What is thrown outside of the command's own steps is a fault of Banyan, and still no reason for a stack. */
function catchFaults(argv: string[]): void {
  // The server has its own way to report.
  if (argv[0] === "serve") return;
  process.on("uncaughtException", (error) => process.exit(fail(error, argv)));
}
