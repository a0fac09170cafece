/** What `banyan gates` does: judges, prints, and returns the exit status. */
import fs from "node:fs";
import path from "node:path";
import { styleText } from "node:util";
import { GATE_NAMES, type GateName, type GatesReport } from "@/core/shapes/gates";
import { homeFolder } from "@/lib/process/home";
import { judge } from "./judge";
import { GatesError } from "./model/errors";
import { markdownOf } from "./print/markdown";
import { type Paint, tableLines } from "./print/table";

export interface GatesOptions {
  folder: string;
  base?: string;
  head?: string;
  only?: string;
  json: boolean;
  markdown?: string;
  evidence?: string;
  seed?: string;
  /** Whether a flag fails the run. */
  failOnFlags: boolean;
  /** Prints each gate on standard error as it begins, also where that is no terminal. */
  progress: boolean;
}

/** 2, wrong use, is a thrown `GatesError`. */
const EXITS: Record<GatesReport["outcome"], number> = { passed: 0, failed: 1, not_measured: 3 };

/** Paths in the options are relative to `cwd`. Resolves with the exit status. Throws a `GatesError` for wrong use. */
export async function runGates(options: GatesOptions, cwd: string): Promise<number> {
  try {
    const report = await judged(options, cwd);
    if (options.markdown !== undefined) writeMarkdown(path.resolve(cwd, options.markdown), report);
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else process.stdout.write(`${tableLines(report, paint).join("\n")}\n`);
    const isFlagged = report.gates.some(({ findings }) => findings.some(({ kind }) => kind === "flag"));
    return options.failOnFlags && isFlagged ? EXITS.failed : EXITS[report.outcome];
  } catch (error) {
    if (error instanceof GatesError) throw error;
    // Such as a broken repository, or a full disk: nothing was decided.
    const sentence = `The gates could not be run: ${(error as Error).message}`;
    if (options.json) process.stdout.write(`${JSON.stringify({ error: sentence })}\n`);
    process.stderr.write(`${sentence}\n`);
    return EXITS.not_measured;
  }
}

function judged(options: GatesOptions, cwd: string): Promise<GatesReport> {
  return judge({
    folder: path.resolve(cwd, options.folder),
    ...(options.base !== undefined && { base: options.base }),
    ...(options.head !== undefined && { head: options.head }),
    ...(options.only !== undefined && { only: gatesIn(options.only) }),
    ...(options.seed !== undefined && { seed: options.seed }),
    evidence: evidenceFolder(options.evidence, cwd),
    say: (line) => (options.progress || process.stderr.isTTY) && process.stderr.write(`${line}\n`),
  });
}

function gatesIn(list: string): GateName[] {
  return list.split(",").map((given) => {
    const name = GATE_NAMES.find((one) => one === given.trim().replaceAll("-", "_"));
    if (name) return name;
    throw new GatesError(`There is no gate ${JSON.stringify(given.trim())}; the gates are ${GATE_NAMES.join(", ")}.`);
  });
}

/** Returns a folder that does not exist yet. */
function evidenceFolder(given: string | undefined, cwd: string): string {
  if (given !== undefined) {
    const folder = path.resolve(cwd, given);
    if (fs.existsSync(folder)) throw new GatesError(`${folder} exists already; name a new folder for the evidence.`);
    return folder;
  }
  const state = process.env.XDG_STATE_HOME || path.join(homeFolder() ?? "/tmp", ".local", "state");
  const moment = new Date().toISOString().replace(/[:.]/g, "-");
  return path.join(state, "banyan", "gates", `${moment}-${process.pid}`);
}

function writeMarkdown(file: string, report: GatesReport): void {
  try {
    fs.writeFileSync(file, markdownOf(report));
  } catch (error) {
    throw new GatesError(`Cannot write ${file} (${(error as NodeJS.ErrnoException).code}); name another file.`);
  }
}

const paint: Paint = (style, text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text);
