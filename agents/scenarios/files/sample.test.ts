import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ClaimMark } from "@/core/log/terms";
import { SAMPLE_REPORT, SAMPLE_SUBMISSION } from "@/core/shapes/sample";
import { logOf, tester, titled, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const withoutModel = () => start(null, { env: { BANYAN_MODEL: "runbook" } });

/** Submits the sample, answers its question, and returns the ended tree. */
async function runSample(trial: Trial, answer: string) {
  const { queries, commands } = trial.runtime.application;
  const { id } = await trial.submit(SAMPLE_SUBMISSION);
  const [review] = await until(async () => {
    const { items } = await queries.listReviews({ open: true });
    if (items.length > 0) return items;
    const { ended_at, status, tasks } = await queries.getTree(id);
    if (ended_at)
      throw new Error(`The sample ended before it asked: ${status}. ${tasks.map(({ result }) => result).join("\n")}`);
    return false;
  }, "the sample asks");
  await commands.answer({ id: review?.id ?? "", text: answer }, tester);
  return { review, tree: await trial.ended(id) };
}

test("the sample asks, makes a claim that fails, repairs it, and draws a report", async () => {
  const trial = await withoutModel();
  const { review, tree } = await runSample(trial, "60 books");
  expect(review?.detail).toBe(
    "How many books may one search look at? The slowest looks at 600.\n\n- 60 books\n- 100 books",
  );
  const ended = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect([tree.status, tree.title], ended.result ?? "").toEqual(["succeeded", "Is the bookshop fast enough?"]);
  expect(tree.tasks.map(({ title, status }) => [title, status])).toEqual(
    [
      "Is the bookshop fast enough?",
      "Measure the search by title",
      "Measure the search by author",
      "Measure the search by subject",
      "Speed up the search by title",
      "Measure the search by title again",
      "Measure the search by author again",
      "Measure the search by subject again",
    ].map((title) => [title, "succeeded"]),
  );

  const { queries } = trial.runtime.application;
  const root = await queries.getTask(tree.root_task_id);
  expect(root.result).toMatch(/^Yes, after one index: .* 600 before, and looks at 40 now\./);
  expect(root.verdict).toMatchObject({
    outcome: "pass",
    claims: [{ mark: "shown" }, { mark: "shown" }, { mark: "shown" }],
  });

  const change = titled(tree, "Speed up the search by title");
  const checked = (await logOf(trial, change.id)).flatMap((message) =>
    message.kind === "event" && message.content.type === "claims_checked" ? (message.content.marks as ClaimMark[]) : [],
  );
  expect(checked.map(({ mark, exit_status }) => [mark, exit_status])).toEqual([
    ["failed", 1],
    ["shown", 0],
  ]);
  expect(checked[0]?.output).toContain("FAILED: a search by title for “dusk” finds 0 books, not 42.");

  const report = readFileSync(join(tree.workspace, SAMPLE_REPORT), "utf8");
  expect(report).toContain("Is the bookshop fast enough? Yes, after one index.</text>");
  expect(report).toContain(">40 after</text>");
  expect(report.match(/<rect/g)).toHaveLength(6);
  // Its own repository, in a folder of Banyan.
  expect(tree.workspace.startsWith(trial.dataDir)).toBe(true);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "safe.directory=*", "-C", tree.workspace, ...args], { encoding: "utf8" }).trim();
  expect(git("log", "--format=%an: %s", "main")).toBe("Banyan: The bookshop of the sample");
  expect(git("status", "--short").split("\n").sort()).toEqual(["?? report.svg", "M index.sh"]);
  expect(trial.faults).toEqual([]);
});

test("a limit that one index cannot reach is said", async () => {
  const trial = await withoutModel();
  const { tree } = await runSample(trial, "At most 20, please.");
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.status).toBe("succeeded");
  expect(root.result).toMatch(/^Not yet: a search by subject still looks at 52 books, and your limit is 20\./);
  expect(root.verdict?.claims.map(({ mark }) => mark)).toEqual(["shown", "shown"]);
});

test("without a sandbox the sample is refused with the reason, and leaves no folder", async () => {
  const trial = await withoutModel();
  trial.runtime.sandbox.status = async () => ({ available: false, reason: "There is none." });
  const refused = trial.submit(SAMPLE_SUBMISSION);
  await expect(refused).rejects.toThrow("Copying a repository needs the sandbox, which is off: There is none.");
  expect(readdirSync(join(trial.dataDir, "workspaces"))).toEqual([]);
});
