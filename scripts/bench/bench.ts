/** `npm run bench`: runs every workload in its own process and prints one table. `--json` prints rows; `--only NAME` selects workloads. */
import { parseArgs } from "node:util";
import { runInChild } from "./child";
import { watch } from "./latency";
import { machine } from "./machine";
import { interrupted } from "./recovery";
import { isHeld, type Row, tableOf } from "./row";
import { visit } from "./sleepers";
import { WORKLOADS } from "./workloads";

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      json: { type: "boolean" },
      only: { type: "string", multiple: true },
      // The bench itself passes these options to the processes that it starts.
      workload: { type: "string" },
      visit: { type: "string" },
      watch: { type: "string" },
      interrupted: { type: "boolean" },
      answers: { type: "boolean" },
    },
  });
  if (values.workload) return runHere(values.workload);
  if (values.visit) return visit(Number(values.visit)).then(() => 0);
  if (values.watch) return watch(values.watch).then(() => 0);
  if (values.interrupted) return interrupted().then(() => 0);
  if (values.answers) return (await import("./pages")).answerTasks().then(() => 0);
  const names = Object.keys(WORKLOADS).filter((name) => !values.only || values.only.includes(name));
  if (names.length === 0) {
    console.error(`Unknown workload. Available: ${Object.keys(WORKLOADS).join(", ")}.`);
    return 1;
  }
  const measuredOn = machine();
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const name of names) {
    if (!values.json) console.error(`${name} …`);
    try {
      rows.push(...(await runInChild(name)));
    } catch (error) {
      failed.push(name);
      console.error((error as Error).message);
    }
  }
  if (values.json)
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
