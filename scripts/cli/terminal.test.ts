import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask, startSubtask } from "@/tests/agents/replies";
import { banyan, buildPrograms, dataFolder, json, judged, scripted, startInTerminal } from "../testing/command-line";
import { widthOf } from "./print/text";

buildPrograms();

const SIZE = { columns: 90, rows: 12 };

const parts = (...names: string[]) =>
  startSubtask(...names.map((title) => ({ instruction: title, title, agent: "coder" })));

test("a terminal redraws the tree within its window, siblings together; the final tree stays above the result", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const env = await scripted(
    agentScript({
      worker: (request) => (request.turn === 0 ? parts("First part", "Second part") : endTask("All is painted.")),
      coder: async () => {
        await held;
        return endTask("a part");
      },
      ...judged,
    }),
  );
  const running = startInTerminal(["run", "Paint it", "--agent", "worker", "--data", dataFolder()], SIZE, { env });
  await running.says("Second part");
  release();
  const { status, stdout } = await running.done;
  expect(status).toBe(0);
  const lines = stripVTControlCharacters(stdout).split(/\r?\n/);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(SIZE.columns);
  const frames = stdout.split("\u001b[?2026h");
  // One frame shows both siblings running.
  expect(
    frames.some((frame) =>
      /First part[^\n]*Running[\s\S]*Second part[^\n]*Running/.test(stripVTControlCharacters(frame)),
    ),
  ).toBe(true);
  expect(lines.findLast((line) => /^\S Paint it/.test(line))).toMatch(/^✓ Paint it .*Succeeded/);
  expect(lines.filter((line) => line !== "").at(-1)).toBe("All is painted.");
  // The cursor is visible again.
  expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
});

test("after Ctrl-C in a terminal the tree stays visible, with the command that continues it", async () => {
  let asked = () => {};
  const underWay = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const env = await scripted(async () => {
    asked();
    await held;
    return parts("Never begun");
  });
  const running = startInTerminal(["run", "Wait", "--agent", "worker", "--data", dataFolder()], SIZE, { env });
  await underWay;
  running.child.stdin.write("\u0003");
  await running.says("Interrupted: waiting for calls");
  release();
  const { status, stdout } = await running.done;
  expect(status).toBe(130);
  expect(stdout).toContain("npx banyan resume");
  expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
});

test("a failure that a terminal has shown counts as seen; a failure that was written to a pipe does not", async () => {
  const at = ["--data", dataFolder()];
  // Without a model both fail at once.
  const shown = await startInTerminal(["run", "Shown to a person", ...at], SIZE).done;
  const piped = await banyan(["run", "Written to a pipe", ...at]);
  expect([shown.status, piped.status]).toEqual([1, 1]);
  const database = new Database(path.join(at[1] ?? "", "banyan.db"));
  database.exec("UPDATE trees SET ended_at_ms = 1; UPDATE tasks SET ended_at_ms = 1");
  database.close();
  const titled = (title: string) => expect.objectContaining({ title });
  expect(await json(["clean", "--older-than", "30", "--preview", ...at])).toMatchObject({
    items: [titled("Shown to a person")],
    kept: [{ title: "Written to a pipe", why: "unseen_failure" }],
  });
});
