/** `npm run bench -- --compare REF`: builds another version beside this one, runs both in turn, and prints their ratios. */
import { z } from "zod";
import { duration } from "@/core/words/figures";
import { LEAST_PAIRS } from "@/lib/statistics/paired-ratio";
import { machine } from "../rows/machine";
import type { Row } from "../rows/row";
import { alternate, type Side, WorkloadFailed } from "./alternate";
import { differencesIn } from "./differences";
import { CompareProblem, Stopped } from "./problem";
import { type Comparison, jsonOf, textOf } from "./report";
import { runNode } from "./run-node";
import { prepareVersions, type Version, workloadDifferences } from "./versions";
import { withWorkplace } from "./workplace";

export interface CompareOptions {
  /** The checkout, with its packages installed. */
  root: string;
  /** A commit of the checkout, or a folder with another clone. */
  ref: string;
  /** Workloads; absent: `CORE`. */
  only?: string[];
  /** Rounds, as typed; absent: `DEFAULT_TIMES`. */
  times?: string;
  json: boolean;
  /** Prints progress. */
  say(line: string): void;
  print(text: string): void;
}

/** The default workloads of a comparison, each with the approximate seconds of a run on two idle cores. */
const CORE: Record<string, number> = { floor: 2, chain50: 6, tree111: 7, tree10000: 11, sleepers: 9, recovery: 10 };
/** These workloads start the built server. Its pages are built only where the packages are, which both versions share. */
const NEED_PAGES = ["releases", "browser", "pages", "web"];
const DEFAULT_TIMES = 10;
const MOST_TIMES = 1_000;
const MOST_SHOWN_LINES = 15;
const WRONG_USE = 2;

/** A row of any version, as its bench prints it. */
const Measured = z.object({
  workload: z.string(),
  figure: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  least: z.number().optional(),
});

const RUN = `
import { pathToFileURL } from "node:url";
const [folder, ...args] = process.argv.slice(1);
process.exitCode = await (await import(pathToFileURL(folder + "/dist/run/bench.mjs").href)).main(args);
`;

/** Resolves with the exit status: 0 when every workload was compared, 1 when some failed, 2 for wrong use. */
export async function compare(options: CompareOptions): Promise<number> {
  try {
    const times = timesOf(options.times);
    checkNames(options.only);
    const comparison = await withWorkplace(options.root, async (place) => {
      const versions = await prepareVersions(options.root, options.ref, place, options.say);
      return measure(options, versions, times, place.signal);
    });
    options.print(options.json ? jsonOf(comparison) : textOf(comparison));
    return comparison.failed.length > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof Stopped) {
      options.say("Stopped; both versions are removed.");
      return error.status;
    }
    if (!(error instanceof CompareProblem)) throw error;
    options.say(error.message);
    return WRONG_USE;
  }
}

function timesOf(given: string | undefined): number {
  const times = given === undefined ? DEFAULT_TIMES : Number(given);
  if (Number.isInteger(times) && times >= LEAST_PAIRS && times <= MOST_TIMES) return times;
  throw new CompareProblem(
    `--times is a whole number from ${LEAST_PAIRS} to ${MOST_TIMES}: fewer rounds have no interval of 95 %.`,
  );
}

function checkNames(only: string[] = []): void {
  const name = only.find((workload) => NEED_PAGES.includes(workload));
  if (name !== undefined)
    throw new CompareProblem(`${name} needs the built pages, which a comparison does not build: name other workloads.`);
}

async function measure(
  options: CompareOptions,
  versions: Record<Side, Version>,
  times: number,
  signal: AbortSignal,
): Promise<Comparison> {
  const { workloads, onlyWorkloads } = chosen(options.only, versions);
  const measuredOn = machine();
  options.say(planText(workloads, times));
  const startedAtMs = performance.now();
  const { rounds, failed } = await alternate<Row[]>({
    workloads,
    times,
    run: (side, workload) => runWorkload(versions[side], workload, { signal, say: options.say }),
    onWorkload: (workload, round) => options.say(`Round ${round} of ${times}: ${workload} …`),
    onRound: (round) => options.say(roundText(round, times, performance.now() - startedAtMs)),
  });
  const compared = [...rounds]
    .filter(([name]) => failed.every(({ workload }) => workload !== name))
    .map(([, done]) => differencesIn(done));
  return {
    machine: measuredOn,
    versions: { base: shortOf(versions.base), head: shortOf(versions.head) },
    times,
    rows: compared.flatMap(({ rows }) => rows),
    only: {
      base: compared.flatMap(({ only }) => only.base),
      head: compared.flatMap(({ only }) => only.head),
    },
    onlyWorkloads,
    workloadFiles: workloadDifferences(versions.base, versions.head),
    failed,
  };
}

function shortOf({ name, commit, changed }: Version): Pick<Version, "name" | "commit" | "changed"> {
  return { name, commit, changed };
}

/** Returns the workloads that both versions have. Throws a `CompareProblem` when there is none. */
function chosen(only: string[] | undefined, { base, head }: Record<Side, Version>) {
  const wanted = only ?? Object.keys(CORE);
  const known = [...new Set([...head.workloads, ...base.workloads])];
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new CompareProblem(`There is no workload ${JSON.stringify(unknown)}: name some of ${known.join(", ")}.`);
  const has = ({ workloads }: Version) => wanted.filter((name) => workloads.includes(name));
  const [before, after] = [has(base), has(head)];
  const workloads = after.filter((name) => before.includes(name));
  if (workloads.length === 0)
    throw new CompareProblem(
      `${base.name} has none of the workloads ${wanted.join(", ")}, so nothing can be compared.`,
    );
  const onlyIn = (own: string[], other: string[]) => own.filter((name) => !other.includes(name));
  return { workloads, onlyWorkloads: { base: onlyIn(before, after), head: onlyIn(after, before) } };
}

function planText(workloads: string[], times: number): string {
  const what = `${workloads.join(", ")}: ${times} rounds of both versions in turn.`;
  const seconds = workloads.map((name) => CORE[name]);
  const known = seconds.filter((value) => value !== undefined).reduce((total, value) => total + value, 0) * 2 * times;
  if (seconds.includes(undefined)) return `${what} The first round shows how long they take.`;
  return `${what} They take about ${duration(known * 1_000)} on two idle cores.`;
}

function roundText(round: number, times: number, passedMs: number): string {
  const left = times - round;
  if (left === 0) return `Round ${round} of ${times} is done, after ${duration(passedMs)}.`;
  return `Round ${round} of ${times} is done; about ${duration((passedMs / round) * left)} left.`;
}

/** Shows the output of a workload that failed. */
async function runWorkload(
  { folder }: Version,
  workload: string,
  { signal, say }: { signal: AbortSignal; say(line: string): void },
): Promise<Row[]> {
  const { status, stdout, stderr } = await runNode(RUN, [folder, "--workload", workload], { folder, signal });
  const rows = status === 0 ? rowsIn(stdout) : null;
  if (rows !== null) return rows;
  say(stderr.trim().split("\n").slice(-MOST_SHOWN_LINES).join("\n"));
  throw new WorkloadFailed(status === 0 ? "It printed no rows." : `It ended with ${status ?? "a signal"}.`);
}

/** The last line of a workload's output holds the rows. */
function rowsIn(stdout: string): Row[] | null {
  try {
    const rows = z.array(Measured).parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
    return rows.flatMap(({ value, unit, ...row }) =>
      // A figure that could not be measured is null in JSON. A unit may be new, because it is only shown and compared.
      value === null ? [] : [{ ...row, value, unit: unit as Row["unit"] }],
    );
  } catch {
    return null;
  }
}
