/**
 * `npm run bench`: runs every workload in its own process and prints one table. `--json` prints rows, `--numbers` one
 * object of numbers for the gate `bench`. `--only NAME` selects workloads, `--quick` makes those of memory smaller.
 * `--compare REF` compares with another version.
 */
import { parseArgs } from "node:util";
import { runInChild } from "./child";
import { compare } from "./compare/compare";
import { watch } from "./latency";
import { fillFolder } from "./memory-lessons";
import { interrupted } from "./recovery";
import { machine } from "./rows/machine";
import { isHeld, type Row, tableOf } from "./rows/row";
import { visit } from "./visitor";
import { ONLY_NAMED, WORKLOADS } from "./workloads";

const WRONG_USE = 2;
const USAGE =
  "Usage: npm run bench -- [--only WORKLOAD]… [--quick] [--json | --numbers] [--compare REF [--times ROUNDS]]";

export async function main(argv: string[]): Promise<number> {
  const values = read(argv);
  if (values === null || isMixed(values)) {
    console.error(USAGE);
    return WRONG_USE;
  }
  if (values.workload) return runHere(values.workload, values.quick ?? false);
  if (values.visit) return visit(values.visit).then(() => 0);
  if (values.watch) return watch(values.watch).then(() => 0);
  if (values.interrupted) return interrupted().then(() => 0);
  if (values.lessons && values.in) return fillFolder(values.in, Number(values.lessons)).then(() => 0);
  if (values.announce) return (await import("./runner-presence")).announce(values.announce).then(() => 0);
  if (values.answers) return (await import("./pages")).answerTasks().then(() => 0);
  const { only, json = false, numbers = false, quick = false } = values;
  if (values.compare !== undefined)
    return compare({
      root: process.cwd(),
      ref: values.compare,
      only,
      times: values.times,
      json,
      say: (line) => console.error(line),
      print: (text) => console.log(text),
    });
  return measureAll(only, { json, numbers, quick });
}

/** Whether the given options exclude each other. */
function isMixed({ compare, times, json, numbers }: NonNullable<ReturnType<typeof read>>): boolean {
  return compare === undefined ? times !== undefined || Boolean(json && numbers) : Boolean(numbers);
}

function read(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        json: { type: "boolean" },
        numbers: { type: "boolean" },
        only: { type: "string", multiple: true },
        quick: { type: "boolean" },
        compare: { type: "string" },
        times: { type: "string" },
        // The bench itself passes these options to the processes that it starts.
        workload: { type: "string" },
        visit: { type: "string" },
        watch: { type: "string" },
        interrupted: { type: "boolean" },
        answers: { type: "boolean" },
        lessons: { type: "string" },
        in: { type: "string" },
        announce: { type: "string" },
      },
    }).values;
  } catch {
    return null;
  }
}

interface Shown {
  json: boolean;
  numbers: boolean;
  quick: boolean;
}

async function measureAll(only: string[] | undefined, as: Shown): Promise<number> {
  const unknown = only?.find((name) => !(name in WORKLOADS));
  if (unknown !== undefined) {
    console.error(
      `There is no workload ${JSON.stringify(unknown)}: name some of ${Object.keys(WORKLOADS).join(", ")}.`,
    );
    return WRONG_USE;
  }
  const measuredOn = machine();
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const name of only ?? Object.keys(WORKLOADS).filter((name) => !ONLY_NAMED.has(name))) {
    if (!as.json) console.error(`${name} …`);
    try {
      rows.push(...(await runInChild(name, as.quick)));
    } catch (error) {
      failed.push(name);
      console.error((error as Error).message);
    }
  }
  console.log(textOf(rows, measuredOn, as));
  return failed.length > 0 ? 1 : 0;
}

function textOf(rows: Row[], measuredOn: string, { json, numbers }: Shown): string {
  if (numbers) return JSON.stringify(numbersOf(rows));
  if (json)
    return JSON.stringify({ machine: measuredOn, rows: rows.map((row) => ({ ...row, held: isHeld(row) })) }, null, 2);
  return `${measuredOn}\n\n${tableOf(rows)}`;
}

/** For the gate `bench` lower is better, so figures with a least value are left out. */
function numbersOf(rows: Row[]): Record<string, number> {
  const lessIsBetter = rows.filter(({ least }) => least === undefined);
  return Object.fromEntries(
    lessIsBetter.map(({ workload, figure, value }) => [`${workload}: ${figure}`, Math.max(0, value)]),
  );
}

/** Runs one workload in the child process. The last line of its output holds the rows. */
async function runHere(name: string, quick: boolean): Promise<number> {
  const workload = WORKLOADS[name];
  if (!workload) throw new Error(`There is no workload ${name}.`);
  console.log(JSON.stringify(await workload({ quick })));
  return 0;
}
