/** The entry point of the command line: runs one command and exits with its status. */
import { CommanderError } from "commander";
import { placesOf } from "@/lib/places";
import { passingFault } from "@/lib/process/passing-fault";
import type { Flags } from "./cli/context/context";
import { isExpected, sentenceOf } from "./cli/context/failure";
import { statusWithoutReader } from "./cli/context/interrupt";
import { versionIn } from "./cli/context/version";
import { printJsonLine, warn } from "./cli/print/output";
import { createProgram } from "./cli/program";

const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command and prints an error as one sentence to standard error. Resolves with the exit status. */
export async function main(argv: string[]): Promise<number> {
  watchOutput();
  catchFaults(argv);
  let status = 0;
  const program = createProgram(
    async (load, args, flags: Flags) => {
      // Loaded only now: help and wrong usage need neither settings nor a database.
      const { readContext } = await import("./cli/context/context");
      const context = readContext(flags);
      const handler = await load();
      status = await handler(context, args, flags);
    },
    versionIn(placesOf(import.meta.url, process.env).program),
  );
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
    command.exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} });
  try {
    // Programs that read the output expect the help.
    if (argv.length === 0 && !process.stdout.isTTY) program.outputHelp();
    else await program.parseAsync(argv.length === 0 ? ["open"] : argv, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return fail(error, argv);
  }
}

function fail(error: unknown, argv: string[]): number {
  const sentence = sentenceOf(error);
  // On one line, also after lines of a feed.
  if (argv.includes("--json")) printJsonLine({ error: sentence });
  warn(sentence);
  return isExpected(error) ? WRONG_USAGE : FAILED;
}

/** Exits when the reader closes the pipe, as `head` or a closed window does, and fails when the output cannot be written. */
function watchOutput(): void {
  const { isTTY } = process.stdout;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A closed window leaves a terminal that cannot be written.
    const isGone = error.code === "EPIPE" || error.code === "ECONNRESET" || (error.code === "EIO" && isTTY);
    if (isGone) process.exit(statusWithoutReader());
    warn(`The output could not be written. ${passingFault(error) ?? `${error.message}.`}`);
    process.exit(FAILED);
  });
  process.stderr.on("error", () => {});
}

/** Prints an uncaught error, which is a fault of Banyan, as a sentence without a stack trace. */
function catchFaults(argv: string[]): void {
  // The server reports its errors itself.
  if (argv[0] === "serve") return;
  process.on("uncaughtException", (error) => process.exit(fail(error, argv)));
}
