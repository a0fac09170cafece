/** What `banyan gates` does: judges, prints, and returns the exit status. */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { styleText } from "node:util";
import type { GatesReport } from "@/core/shapes/improving/gates";
import { homeFolder } from "@/lib/process/home";
import { findGaps, gapLines } from "./gaps";
import { judge } from "./judge";
import { GatesError } from "./model/errors";
import { Profile } from "./model/settings";
import { annotationsOf, problemCommand, summaryOf, withoutCommands } from "./print/github";
import { junitOf } from "./print/junit";
import { markdownOf } from "./print/markdown";
import { sarifOf } from "./print/sarif";
import { type Paint, tableLines } from "./print/table";
import { tryCommand } from "./try";

export interface GatesOptions {
  folder: string;
  base?: string;
  head?: string;
  only?: string;
  /** Judges the first part only. */
  first: boolean;
  json: boolean;
  markdown?: string;
  /** A file for the report as SARIF. */
  sarif?: string;
  /** A file for the report as JUnit XML. */
  junit?: string;
  /** Prints annotations for GitHub Actions, and adds to the summary of the job. */
  github: boolean;
  evidence?: string;
  seed?: string;
  /** Whether a flag fails the run. */
  failOnFlags: boolean;
  /** Runs this command as the gates would run it, and judges nothing. */
  run?: string;
  /** Lists code that no test reaches, and judges nothing. */
  gaps: boolean;
  /** For `gaps`: also in files that the change leaves as they are. */
  all: boolean;
  /** For `run`: strict or nested. */
  sandbox?: string;
  /** For `run`: how long it may take. */
  minutes?: string;
  /** Prints each gate on standard error as it begins, even if that is not a terminal. */
  progress: boolean;
}

/** 2, wrong use, is a thrown `GatesError`. 3 is what commands end with that wait for a person. */
const EXITS: Record<GatesReport["outcome"], number> = { passed: 0, failed: 1, not_measured: 4 };

/** Paths in the options are relative to `cwd`. Resolves with the exit status. Throws a `GatesError` for wrong use. */
export async function runGates(options: GatesOptions, cwd: string): Promise<number> {
  try {
    if (options.run !== undefined) return await tried(options, options.run, cwd);
    if (options.gaps) return await listed(options, cwd);
    if (options.github && options.json)
      throw new GatesError("--github prints for a job's log, so leave --json out; --sarif FILE is for programs.");
    const files = filesOf(options, cwd);
    // A report of an earlier run would be read as that of this one, if this one ends early.
    for (const { file } of files) clear(file);
    const report = await judged(options, cwd);
    for (const { file, textOf } of files) write(file, textOf(report));
    process.stdout.write(`${linesOf(report, options).join("\n")}\n`);
    if (options.github) addToSummary(summaryOf(report));
    const isFlagged = report.gates.some(({ findings }) => findings.some(({ kind }) => kind === "flag"));
    return options.failOnFlags && isFlagged ? EXITS.failed : EXITS[report.outcome];
  } catch (error) {
    if (error instanceof GatesError) throw error;
    // For example a broken repository or a full disk: nothing was decided.
    const sentence = `The gates could not be run: ${(error as Error).message}`;
    if (options.json) process.stdout.write(`${JSON.stringify({ error: sentence })}\n`);
    process.stderr.write(`${sentence}\n`);
    if (options.github) process.stdout.write(`${problemCommand(sentence)}\n`);
    return EXITS.not_measured;
  }
}

/** Resolves with the command's own exit status, or with 1 when it was ended. */
async function tried(options: GatesOptions, command: string, cwd: string): Promise<number> {
  const sandbox = options.sandbox === undefined ? undefined : Profile.safeParse(options.sandbox).data;
  if (options.sandbox !== undefined && !sandbox) throw new GatesError("--sandbox is strict or nested.");
  const { exitStatus, endedBy, problem } = await tryCommand({
    folder: path.resolve(cwd, options.folder),
    command,
    ...(options.head !== undefined && { head: options.head }),
    ...(sandbox && { sandbox }),
    ...(options.minutes !== undefined && { minutes: Number(options.minutes) }),
    onOutput: (text) => void process.stdout.write(text),
  });
  if (endedBy !== null) process.stderr.write(`${problem ?? "The command took too long, and was ended."}\n`);
  return exitStatus ?? EXITS.failed;
}

/** Resolves with 0, or with 4 when the gaps are not known. */
async function listed({ folder, base, head, all, json }: GatesOptions, cwd: string): Promise<number> {
  const sides = { ...(base !== undefined && { base }), ...(head !== undefined && { head }) };
  const gaps = await findGaps({ folder: path.resolve(cwd, folder), all, ...sides });
  if (typeof gaps === "string") throw new Error(gaps);
  process.stdout.write(`${json ? JSON.stringify(gaps, null, 2) : gapLines(gaps).join("\n")}\n`);
  return EXITS.passed;
}

function judged(options: GatesOptions, cwd: string): Promise<GatesReport> {
  return judge({
    folder: path.resolve(cwd, options.folder),
    ...(options.base !== undefined && { base: options.base }),
    ...(options.head !== undefined && { head: options.head }),
    ...(options.only !== undefined && { only: gatesIn(options.only) }),
    first: options.first,
    ...(options.seed !== undefined && { seed: options.seed }),
    evidence: evidenceFolder(options.evidence, cwd),
    say: (line) => (options.progress || process.stderr.isTTY) && process.stderr.write(`${line}\n`),
  });
}

function gatesIn(list: string): string[] {
  return list.split(",").map((given) => given.trim().replaceAll("-", "_"));
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

function linesOf(report: GatesReport, { json, github }: GatesOptions): string[] {
  if (json) return [JSON.stringify(report, null, 2)];
  const lines = tableLines(report, paint);
  return github ? [...withoutCommands(lines, randomUUID()), ...annotationsOf(report)] : lines;
}

interface ReportFile {
  file: string;
  textOf(report: GatesReport): string;
}

function filesOf({ markdown, sarif, junit }: GatesOptions, cwd: string): ReportFile[] {
  const named = [
    { file: markdown, textOf: markdownOf },
    { file: sarif, textOf: sarifOf },
    { file: junit, textOf: junitOf },
  ];
  return named.flatMap(({ file, textOf }) => (file === undefined ? [] : [{ file: path.resolve(cwd, file), textOf }]));
}

/** Only a regular file is removed: somebody may have named /dev/stdout. */
function clear(file: string): void {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile()) fs.rmSync(file);
}

function write(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new GatesError(`Cannot write ${file} (${(error as NodeJS.ErrnoException).code}); name another file.`);
  }
}

/** Without the variable no summary is wanted, for instance on another machine. */
function addToSummary(text: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) fs.appendFileSync(file, text);
}

const paint: Paint = (style, text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text);
