/** `npm run bench`: every workload in a process of its own, then one table. `--json` prints rows, `--only NAME` some of them. */
import { parseArgs } from "node:util";
import { runInChild } from "./bench/child";
import { machine } from "./bench/machine";
import { isHeld, type Row, tableOf } from "./bench/row";
import { WORKLOADS } from "./bench/workloads";

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { json: { type: "boolean" }, only: { type: "string", multiple: true }, workload: { type: "string" } },
  });
  if (values.workload) return runHere(values.workload);
  const names = Object.keys(WORKLOADS).filter((name) => !values.only || values.only.includes(name));
  if (names.length === 0) {
    console.error(`There is no such workload. There are: ${Object.keys(WORKLOADS).join(", ")}.`);
    return 1;
  }
  const rows: Row[] = [];
  for (const name of names) {
    if (!values.json) console.error(`${name} …`);
    rows.push(...(await runInChild(name)));
  }
  if (values.json)
    console.log(
      JSON.stringify({ machine: machine(), rows: rows.map((one) => ({ ...one, held: isHeld(one) })) }, null, 2),
    );
  else console.log(`${machine()}\n\n${tableOf(rows)}`);
  return 0;
}

/** In the child: the rows are the last line of its output. */
async function runHere(name: string): Promise<number> {
  const workload = WORKLOADS[name];
  if (!workload) throw new Error(`There is no workload ${name}.`);
  console.log(JSON.stringify(await workload()));
  return 0;
}
