/** Runs the gates of the running release on a proposed change, as a process of its own without keys, one at a time. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GatesReport } from "@/core/shapes/improving/gates";
import { WorkspaceError } from "@/lib/workspace/path";

/** Those that read, and take a minute. */
const QUICK_GATES = "scope,oddities,dependencies,licences,complexity,documentation,types,lint,rules";
/** Other programs go first. */
const NICE = 10;

interface GateRun {
  gitDir: string;
  /** The running release's files, with its gates. */
  program: string;
  /** A folder of Banyan's own, in which the judged repository is shown. */
  dir: string;
  base: string;
  head: string;
  /** A new folder for what the gates see. */
  evidence: string;
  quick: boolean;
  /** Whether the first part is enough, because the launcher runs the whole gates while the release is on trial. */
  first: boolean;
  /** Called when it is this run's turn. When it rejects, the gates do not run. */
  begin?(): Promise<void>;
  /** Called when the gates ended without a judgement. Resolves with what becomes of the run, as a sentence. */
  giveBack?(): Promise<string>;
  signal: AbortSignal;
  /** Called with each line of progress. */
  onLine(line: string): void;
}

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Rejects with a `WorkspaceError` when the gates could not be run, or with the signal's reason. */
export function runGates(run: GateRun): Promise<GatesReport> {
  if (waiting > 0) run.onLine("waiting for another check …");
  waiting += 1;
  const result = last.then(() => judged(run)).finally(() => (waiting -= 1));
  last = result.catch(() => undefined);
  return result;
}

async function judged(run: GateRun): Promise<GatesReport> {
  run.signal.throwIfAborted();
  await run.begin?.();
  const folder = judgedFolder(run);
  const part = run.quick ? ["--only", QUICK_GATES] : run.first ? ["--first"] : [];
  const args = [
    folder,
    "--base",
    run.base,
    "--head",
    run.head,
    "--evidence",
    run.evidence,
    ...part,
    "--json",
    "--progress",
  ];
  const said = await ended(run, [...programOf(run.program), ...args]);
  const file = join(run.evidence, "report.json");
  if (!existsSync(file)) {
    const fate = (await run.giveBack?.()) ?? "";
    throw new WorkspaceError(
      [LOST, fate, `Check it again. They said last: ${said || "nothing."}`].filter(Boolean).join(" "),
    );
  }
  return GatesReport.parse(JSON.parse(readFileSync(file, "utf8")));
}

const LOST = "The gates ended without a report, so nothing is known about this change, and it is not at fault.";

/** The gates read a repository in a folder, with the installed packages beside it. */
function judgedFolder({ dir, gitDir, program }: GateRun): string {
  const folder = join(dir, "judged");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, ".git"), `gitdir: ${gitDir}\n`);
  const packages = join(folder, "node_modules");
  rmSync(packages, { force: true });
  symlinkSync(join(program, "node_modules"), packages);
  return folder;
}

/** A built release has the gates as one file; in development they run from their sources. */
function programOf(program: string): string[] {
  const isBuilt = existsSync(join(program, "dist", "gates.mjs"));
  if (isBuilt) return [join(program, "scripts", "gates.mjs")];
  return [join(program, "scripts", "run-ts.mjs"), join(program, "gates", "main.ts")];
}

/** Resolves with the last line of what it said, when it has ended. */
function ended({ program, signal, onLine }: GateRun, args: string[]): Promise<string> {
  const { PATH, HOME, LANG } = process.env;
  const env = { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(LANG && { LANG }), NODE_ENV: "production" as const };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: program,
      env,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    const kill = () => {
      try {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    };
    if (child.pid !== undefined) setPriority(child.pid, NICE);
    signal.addEventListener("abort", kill, { once: true });
    let said = "";
    createInterface({ input: child.stderr }).on("line", (line) => {
      said = line;
      onLine(line);
    });
    child.once("error", reject);
    child.once("close", () => {
      signal.removeEventListener("abort", kill);
      if (signal.aborted) reject(signal.reason);
      else resolve(said);
    });
  });
}

/** Returns whether the evidence is still what the gates wrote. */
export function isAsJudged(evidence: string, digest: string): boolean {
  try {
    const report = GatesReport.parse(JSON.parse(readFileSync(join(evidence, "report.json"), "utf8")));
    const found = report.gates.map(({ gate, digest: stored }) => {
      const actual = stored === null ? null : sha256(readFileSync(join(evidence, `${gate}.json`), "utf8"));
      return `${gate} ${actual}\n`;
    });
    return report.digest === digest && sha256(found.join("")) === digest;
  } catch {
    return false;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
