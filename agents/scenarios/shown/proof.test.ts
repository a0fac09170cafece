/** The proof of a result, against real trees. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import { proofMarkdown } from "@/core/words/proof-markdown";
import { call, endTask, passed, startSubtask } from "@/tests/agents/replies";
import { runRoot, sub, tester, titled, trialsOfThisFile, until } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

test("a proof holds what was asked, shown, changed, decided and spent, and git alone confirms its files", async () => {
  const claimed = endTask("The answer is 42.", {
    claims: [
      { statement: "The answer is right.", command: "grep 42 answer.txt" },
      { statement: "Nothing else.", command: "test -e other.txt", expect: 1 },
      { statement: "It reads well." },
    ],
  });
  const trial = await start({
    root: [
      call("write_file", { path: "answer.txt", content: "41\n" }),
      endTask("done", { claims: [{ statement: "The answer is right.", command: "grep 42 answer.txt" }] }),
      call("write_file", { path: "answer.txt", content: "42\n" }),
      call("write_file", { path: "node_modules/left.js", content: "left behind" }),
      call("ask", { question: "Is 42 the right answer?" }),
      // The first end with a claim that no command shows comes back.
      claimed,
      claimed,
      endTask("Still 42."),
    ],
  });
  const { commands, queries } = trial.runtime.application;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-proof-")));
  writeFileSync(join(folder, "answer.txt"), "40\n");
  const { id } = await trial.submit({ task: "root", agent: "worker", workspace: folder, grant: { cost_usd: 5 } });
  await expect(queries.getProof(id)).rejects.toMatchObject({ kind: "conflict", message: /has not ended/ });
  const item = await until(
    async () => (await queries.listReviews({ open: true, treeId: id })).items[0],
    "the question waits for a person",
  );
  await commands.answer({ id: item.id, text: "Yes, it is." }, tester);
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");

  const proof = await queries.getProof(id.slice(0, 8));
  expect(proof).toMatchObject({
    tree_id: id,
    task_id: null,
    title: "root",
    status: "succeeded",
    result: "The answer is 42.",
    started_by: "tester",
    counts: tree.counts,
    versions: [],
    made_with: "test",
    cap: { cost_usd: 5, tokens: null },
  });
  expect(proof.asked).toMatchObject([{ kind: "task", text: "root", by: "tester" }]);
  expect(proof.claims.map(({ mark, exit_status, at }) => [mark, exit_status, at !== null])).toEqual([
    ["shown", 0, true],
    ["shown", 1, true],
    ["judged", null, false],
  ]);
  expect(proof.claims[0]).toMatchObject({ output: "42\n", agent: "worker", task: "root", judged_by: null });
  expect(proof.claims[2]?.judged_by?.agent).toBe("task_evaluator");
  expect(proof.corrected).toMatchObject([{ command: "grep 42 answer.txt", exit_status: 1 }]);
  expect(proof.decisions).toMatchObject([
    { kind: "question", outcome: "answered", answer: "Yes, it is.", by: "tester", rule: null },
  ]);
  expect(proof.total.tokens_in).toBe(tree.totals.tokens_in);
  expect(proof.total.cost_usd).toBeCloseTo(tree.totals.cost_usd, 6);
  expect(proof.spend.map(({ agent }) => agent)).toEqual(expect.arrayContaining(["worker", "task_evaluator"]));

  const blobOf = (text: string) => execFileSync("git", ["hash-object", "--stdin"], { input: text }).toString().trim();
  expect(proof.files.items).toEqual([
    {
      path: "answer.txt",
      change: "modified",
      additions: 1,
      deletions: 1,
      blob_before: blobOf("40\n"),
      blob_after: blobOf("42\n"),
    },
  ]);
  // Where the folder is on the server is not told.
  expect(JSON.stringify(proof)).not.toContain(tmpdir());

  await commands.continueTask({ id: tree.root_task_id, text: "Look once more." }, tester);
  await trial.ended(id);
  expect((await queries.getProof(id)).asked).toMatchObject([
    { kind: "task" },
    { kind: "continued", text: "Look once more.", by: "tester" },
  ]);
});

test("the proof of a task is about that task and those below it only", async () => {
  const trial = await start({
    root: [startSubtask(sub("one")), startSubtask(sub("two")), endTask("both")],
    one: [call("write_file", { path: "one.txt", content: "1" }), endTask("one is done")],
    two: [call("write_file", { path: "two.txt", content: "2" }), endTask("two is done")],
  });
  const tree = await runRoot(trial);
  const { queries } = trial.runtime.application;
  const task = titled(tree, "one");
  const proof = await queries.getProof(task.id);
  expect(proof).toMatchObject({ task_id: task.id, title: "one", result: "one is done" });
  expect(proof.asked).toMatchObject([{ text: "one", by: "worker" }]);
  expect(proof.files.items.map(({ path }) => path)).toEqual(["one.txt"]);
  const whole = await queries.getProof(tree.id);
  expect(whole.files.items.map(({ path }) => path)).toEqual(["one.txt", "two.txt"]);
  expect(whole.total.tokens_in).toBeGreaterThan(proof.total.tokens_in);
});

test("a proof counts every decision that it leaves out, and that of an early task knows its own", async () => {
  const trial = await start({ root: [startSubtask(sub("one")), endTask("all")], one: endTask("one is done") });
  const tree = await runRoot(trial);
  const { store, application } = trial.runtime;
  const decide = store.client.sqlite.prepare(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count)
    INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, status, created_at_ms, decided_by, decided_at_ms)
    SELECT task.uid || '-' || n, task.tree_id, task.id, 'approval', 'call ' || n, '', 'approved', n, 'tester', n
    FROM numbers, tasks task WHERE task.uid = @task`);
  const one = titled(tree, "one").id;
  decide.run({ task: one, count: 300 });
  decide.run({ task: tree.root_task_id, count: 1_200 });

  const whole = await application.queries.getProof(tree.id);
  expect([whole.decisions.length, whole.left_out.decisions]).toEqual([200, 1_300]);
  const early = await application.queries.getProof(one);
  expect([early.decisions.length, early.left_out.decisions]).toEqual([200, 100]);
  expect(early.decisions[0]).toMatchObject({ kind: "approval", outcome: "approved", title: "call 1", by: "tester" });
});

test("a tree that changed no files and claimed nothing says so, and so does one that failed", async () => {
  const trial = await start({ root: endTask("said"), lost: endTask("no way", { status: "failure" }) });
  const { queries } = trial.runtime.application;
  const proof = await queries.getProof((await runRoot(trial)).id);
  expect(proof).toMatchObject({ claims: [], decisions: [], files: { items: [], problem: "No files were changed." } });
  const failed = await trial.ended((await trial.submit({ task: "lost", agent: "worker" })).id);
  expect(await queries.getProof(failed.id)).toMatchObject({ status: "failed", reason: "by_agent", result: "no way" });
});

test("U6: no secret and no disguised character gets into a proof or its Markdown, also where a key is split", async () => {
  const key = `sk-ant-api03-${randomBytes(32).toString("hex")}`;
  const split = `${key.slice(0, 20)}\u200b${key.slice(20)}`;
  const colored = `${key.slice(0, 20)}\u001b[31m${key.slice(20)}\u001b[0m`;
  const statement = "safe\u202etxt.exe";
  const trial = await start({
    "*": [
      call("write_file", { path: "keys.txt", content: "x" }),
      endTask(`done with ${split}`, { claims: [{ statement, command: `printf '%s' '${colored}'` }] }),
    ],
  });
  const tree = await trial.ended((await trial.submit({ task: `use ${split}`, agent: "worker" })).id);
  const proof = await trial.runtime.application.queries.getProof(tree.id);
  expect(proof.result).toContain("[redacted");
  expect(proof.claims[0]?.statement).toBe("safe\\u{202e}txt.exe");
  for (const text of [JSON.stringify(proof), proofMarkdown(proof, { output: true })]) {
    expect(text.replace(/\\u\{200b\}|\\u\{1b\}\[\d+m/g, "")).not.toContain(key);
    for (const hidden of ["\u200b", "\u202e", "\u001b", "\\u001b"]) expect(text).not.toContain(hidden);
  }
});

test("claims of an earlier attempt or of a result that was sent back are no claims of this result", async () => {
  const claims = [{ statement: "It works.", command: "grep ok state.txt" }];
  const failing = endTask("no", { claims: [{ statement: "Never.", command: "false" }] });
  const write = (content: string) => call("write_file", { path: "state.txt", content });
  const gaveUp = endTask("It broke.", { status: "failure" });
  let judged = 0;
  const trial = await start({
    broken: [write("ok\n"), endTask("It works.", { claims }), write("broken\n"), gaveUp],
    returned: [write("ok\n"), endTask("It works.", { claims }), write("broken\n"), gaveUp],
    mended: [failing, failing, failing, endTask("done")],
    // The second of the trees is sent back.
    "@task_evaluator": () => (++judged === 2 ? endTask('{"outcome":"fail","reasons":["It is not right."]}') : passed()),
    "@documentation_agent": endTask("noted"),
  });
  const { commands, queries } = trial.runtime.application;
  const run = async (task: string) => trial.ended((await trial.submit({ task, agent: "worker" })).id);
  const goOn = async ({ id, root_task_id: root }: Tree) => {
    await commands.continueTask({ id: root, text: "Go on." }, tester);
    return trial.ended(id);
  };

  const first = await run("broken");
  expect((await queries.getProof(first.id)).claims).toMatchObject([{ mark: "shown" }]);
  expect((await goOn(first)).status).toBe("failed");
  expect(await queries.getProof(first.id)).toMatchObject({ status: "failed", claims: [], corrected: [] });

  const returned = await run("returned");
  expect(await queries.getProof(returned.id)).toMatchObject({ status: "failed", claims: [], corrected: [] });

  const failed = await run("mended");
  expect(await queries.getProof(failed.id)).toMatchObject({ claims: [{ mark: "failed" }], corrected: [{}, {}] });
  expect((await goOn(failed)).status).toBe("succeeded");
  const mended = await queries.getProof(failed.id);
  expect([mended.claims, mended.corrected.length]).toEqual([[], 3]);
});
