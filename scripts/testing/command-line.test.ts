import { expect, test } from "vitest";
import { banyan, buildPrograms, startBanyan, withTree } from "./command-line";

buildPrograms();

/** A command of each family, whose output depends on nothing but the data folder, with its status. */
const COMMANDS: [string, number][] = [
  ["agents show worker", 0],
  ["apis", 2],
  ["audit verify", 0],
  ["failures", 0],
  ["gates", 2],
  ["goals", 0],
  ["lessons", 0],
  ["models --json", 0],
  ["no-such-command", 2],
  ["policy", 0],
  ["releases", 0],
  ["reviews", 0],
  ["run --detach", 2],
  ["schedules", 0],
  ["secrets", 0],
  ["seed", 0],
  ["trials", 0],
  ["users", 0],
];

test("a command in a process of its own prints and ends as one after others in the same process", async () => {
  const { data } = await withTree();
  for (const [line, status] of COMMANDS) {
    const args = [...line.split(" "), "--data", data];
    const own = await startBanyan(args).done;
    expect([line, own.status]).toEqual([line, status]);
    expect([line, await banyan(args)]).toEqual([line, own]);
  }
});
