import { expect, test } from "vitest";
import { addedLines } from "@/gates/source/lines";
import { recordOf } from "./replay";
import { TREES } from "./story";
import { copiesOfThisFile, edit } from "./testing/copy";

const MINUTES = 60_000;
const copy = copiesOfThisFile();
const textsIn = (before: string[], after: string[]) =>
  addedLines(before.join("\n"), after.join("\n")).map(({ text }) => text);

test(
  "the same release makes the same record; a change that removes a log line and an audit row shows in its record",
  async () => {
    const folder = copy();
    edit(folder, "server/serve.ts", "say(`The ", "void (`The ");
    const append = 'await append({ outcome: "done"';
    edit(folder, "agents/operations/audit.ts", append, `if (action !== "answer") ${append}`);
    // In a sandbox, agents see their files where this checkout is, so its path is not unique there.
    const base = await recordOf(copy());
    const change = await recordOf(folder);
    const gone = textsIn(change, base);
    expect(new Set(gone.map((line) => line.split(" ", 2).join(" ")))).toEqual(new Set(["log 30", "row audit"]));
    expect(gone.filter((line) => line.startsWith("log"))[0]).toMatch(/^log 30 The agent summary_agent was edited/);
    expect(gone.filter((line) => line.startsWith("row")).every((line) => line.includes('"action":"answer"'))).toBe(
      true,
    );
    expect(textsIn(base, change)).toEqual([]);

    // What the record covers.
    const has = (text: string) => base.some((line) => line.includes(text));
    expect(TREES.length).toBeGreaterThanOrEqual(20);
    for (const [task] of TREES)
      expect(base.filter((line) => line.startsWith("row trees") && line.includes(task))).not.toEqual([]);
    expect(base.filter((line) => line.startsWith("prompt ")).length).toBeGreaterThan(100);
    expect(base.filter((line) => line.startsWith("row audit ")).length).toBeGreaterThan(40);
    expect(has("log 50 Task ")).toBe(true);
    for (const action of ["submitTree", "answer", "stop", "steer", "resume", "retry", "continueTask", "fork"])
      expect(has(`"action":"${action}"`)).toBe(true);
  },
  20 * MINUTES,
);
