/** `gates`: judges a change in any repository. It needs no database and no server. */
import { runGates } from "@/gates/command";
import { GatesError } from "@/gates/model/errors";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { needsReader } from "@/scripts/cli/context/interrupt";
import { UsageError } from "@/scripts/cli/print/output";
import type { Arguments } from "./act";

export async function gates(context: Context, [folder = "."]: Arguments, flags: Flags): Promise<number> {
  needsReader();
  const texts = [
    "base",
    "head",
    "only",
    "markdown",
    "sarif",
    "junit",
    "evidence",
    "seed",
    "run",
    "sandbox",
    "minutes",
  ] as const;
  const given = Object.fromEntries(texts.map((name) => [name, textFlag(flags, name)]));
  try {
    return await runGates(
      {
        ...given,
        folder,
        json: context.json,
        gaps: flags.gaps === true,
        all: flags.all === true,
        github: flags.github === true,
        first: flags.first === true,
        failOnFlags: flags.failOnFlags === true,
        progress: flags.progress === true,
      },
      context.cwd,
    );
  } catch (error) {
    if (error instanceof GatesError) throw new UsageError(error.message);
    throw error;
  }
}
