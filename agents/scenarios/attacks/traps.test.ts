/** G3: repositories that a call's command leaves are flagged for a person, also those that no call's result shows. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import { call, endTask } from "@/tests/agents/replies";
import { runRoot, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

function freshFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-traps-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  giveToTools(folder);
  return folder;
}

const FLAG = ["flag", "A git repository in your folder would run programs", "sub/.git"];

test("a trap set by a command is flagged once, when the command has ended", async () => {
  const folder = freshFolder();
  const lay = "git init -q sub && git -C sub config core.fsmonitor 'touch x'";
  const trial = await start({ root: [call("use_terminal", { command: lay }), endTask("done")] });
  const tree = await runRoot(trial, { workspace: folder });
  expect(tree.status).toBe("succeeded");
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  expect(items.map(({ kind, title, evidence }) => [kind, title, evidence])).toEqual([FLAG]);
});

test("a trap set by a background command is flagged for a person", async () => {
  const folder = freshFolder();
  const lay = "git init -q sub && git -C sub config core.fsmonitor 'touch x' && touch laid; sleep 1000";
  const trial = await start({
    root: ({ turn, lastToolResults }) => {
      const id = /cmd-[0-9a-f]+-[0-9]+/.exec(JSON.stringify(lastToolResults))?.[0];
      if (turn === 0) return call("use_terminal", { command: lay, background: true });
      if (turn === 1) return call("terminal_output", { id });
      return /"laid/.test(JSON.stringify(lastToolResults)) ? endTask("done") : call("find_files", { pattern: "laid" });
    },
  });
  const tree = await runRoot(trial, { workspace: folder });
  expect(tree.status).toBe("succeeded");
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  expect(items.map(({ kind, title, evidence }) => [kind, title, evidence])).toEqual([FLAG]);
});
