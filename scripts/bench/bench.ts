/**
 * `npm run bench`: runs every workload in its own process and prints one table. `--json` prints rows; `--only NAME` selects
 * workloads. `--compare REF` compares with another version.
 */
import { parseArgs } from "node:util";
import { runInChild } from "./child";
import { compare } from "./compare/compare";
import { watch } from "./latency";
import { interrupted } from "./recovery";
import { machine } from "./rows/machine";
import { isHeld, type Row, tableOf } from "./rows/row";
import { visit } from "./sleepers";
import { WORKLOADS } from "./workloads";

const WRONG_USE = 2;
const USAGE = "Usage: npm run bench -- [--only WORKLOAD]… [--json] [--compare REF [--times ROUNDS]]";

export async function main(argv: string[]): Promise<number> {
  const values = read(argv);
  if (values === null || (values.times !== undefined && values.compare === undefined)) {
    console.error(USAGE);
    return WRONG_USE;
  }
  if (values.workload) return runHere(values.workload);
  if (values.visit) return visit(Number(values.visit)).then(() => 0);
  if (values.watch) return watch(values.watch).then(() => 0);
  if (values.interrupted) return interrupted().then(() => 0);
  const { only, json = false } = values;
  if (values.compare !== undefined)
    return compare({
      ...{ root: process.cwd(), ref: values.compare, only, times: values.times, json },
      say: (line) => console.error(line),
      print: (text) => console.log(text),
    });
  return measureAll(only, json);
}

function read(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        json: { type: "boolean" },
        only: { type: "string", multiple: true },
        compare: { type: "string" },
        times: { type: "string" },
        // The bench itself passes these options to the processes that it starts.
        workload: { type: "string" },
        visit: { type: "string" },
        watch: { type: "string" },
        interrupted: { type: "boolean" },
      },
    }).values;
  } catch {
    return null;
  }
}

async function measureAll(only: string[] | undefined, json: boolean): Promise<number> {
  const names = Object.keys(WORKLOADS).filter((name) => !only || only.includes(name));
  if (names.length === 0) {
    console.error(`Unknown workload. Available: ${Object.keys(WORKLOADS).join(", ")}.`);
    return WRONG_USE;
  }
  const measuredOn = machine();
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const name of names) {
    if (!json) console.error(`${name} …`);
    try {
      rows.push(...(await runInChild(name)));
    } catch (error) {
      failed.push(name);
      console.error((error as Error).message);
    }
  }
  if (json)
    console.log(
      JSON.stringify({ machine: measuredOn, rows: rows.map((one) => ({ ...one, held: isHeld(one) })) }, null, 2),
    );
  else console.log(`${measuredOn}\n\n${tableOf(rows)}`);
  return failed.length > 0 ? 1 : 0;
}

/** Runs one workload in the child process. The last line of its output holds the rows. */
async function runHere(name: string): Promise<number> {
  const workload = WORKLOADS[name];
  if (!workload) throw new Error(`There is no workload ${name}.`);
  console.log(JSON.stringify(await workload()));
  return 0;
}
