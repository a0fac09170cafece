/** The entry point of the gate program, without the rest of Banyan: `banyan gates` does the same. */
import { parseArgs } from "node:util";
import { runGates } from "./command";
import { GatesError } from "./model/errors";

const WRONG_USE = 2;
const USAGE =
  "Usage: gates FOLDER [--base REF] [--head REF] [--only GATES | --first] [--json] [--markdown FILE] [--sarif FILE] [--junit FILE] [--github] [--evidence DIR] [--seed TEXT] [--progress] [--fail-on-flags] | FOLDER --gaps [--all] [--base REF] [--head REF] [--json] | FOLDER --run COMMAND [--head REF] [--sandbox strict|nested] [--minutes N]";

export async function main(argv: string[]): Promise<number> {
  try {
    const { values, positionals } = read(argv);
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) throw new GatesError(USAGE);
    const {
      json = false,
      progress = false,
      first = false,
      github = false,
      gaps = false,
      all = false,
      "fail-on-flags": failOnFlags = false,
      ...rest
    } = values;
    return await runGates({ folder, json, progress, first, github, gaps, all, failOnFlags, ...rest }, process.cwd());
  } catch (error) {
    if (!(error instanceof GatesError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return WRONG_USE;
  }
}

function read(argv: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        base: text,
        head: text,
        only: text,
        markdown: text,
        sarif: text,
        junit: text,
        evidence: text,
        seed: text,
        run: text,
        sandbox: text,
        minutes: text,
        first: { type: "boolean" },
        gaps: { type: "boolean" },
        all: { type: "boolean" },
        github: { type: "boolean" },
        json: { type: "boolean" },
        progress: { type: "boolean" },
        "fail-on-flags": { type: "boolean" },
      },
    });
  } catch {
    throw new GatesError(USAGE);
  }
}
