/** The scope of a goal, tests that its agents do not see, its delivery, and the same room for the claims of ordinary tasks. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Submission } from "@/core/shapes/submission";
import { agentScript, type Reply } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { resultsIn, tester } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";

const TEST = `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
`;
const RIGHT = "export const sum = (a, b) => a + b;\n";
const FILES = {
  "package.json": '{"type":"module","scripts":{"test":"node --test test"}}\n',
  ".gitignore": "build/\n",
  "sum.js": "export const sum = (a, b) => a - b;\n",
  "test/sum.test.js": TEST,
};

function repository(files: Record<string, string> = FILES, branch = "banyan/work"): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-scope-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], { cwd: folder });
  git("init", "-q", "-b", branch);
  git("add", "-A");
  git("commit", "-qm", "Begin");
  return folder;
}

const write = (path: string, content: string) => call("write_file", { path, content });

interface Given {
  goal?: NonNullable<Submission["goal"]>;
  files?: Record<string, string>;
  plan?: object;
  work: Reply[] | (() => Reply[]);
  /** The tree works in a copy of the files in this folder, beside another repository. */
  beside?: string;
  /** What happens while a plan is made. */
  meanwhile?: () => Promise<void>;
}

async function pursued({ goal = {}, files, plan = {}, work, beside, meanwhile }: Given) {
  const workspace = repository(files);
  const seen: string[] = [];
  const steps = [{ title: "Pass", instruction: "Pass" }];
  const trial = await startTrial({
    script: agentScript({
      goal_planner: async () => {
        await meanwhile?.();
        return endTask(JSON.stringify({ plan: "Make it pass", steps, ...plan }));
      },
      coder: (request) => {
        seen.push(...resultsIn(request));
        return (typeof work === "function" ? work() : work)[request.turn] ?? endTask("Done.");
      },
    }),
  });
  onTestFinished(() => trial.close());
  const { queries, commands } = trial.runtime.application;
  const fields = { validation_command: "node --test test", max_iterations: 1, ...goal };
  const place =
    beside === undefined
      ? { workspace }
      : {
          repositories: [
            { folder: beside, address: workspace },
            { folder: "other", address: repository({ "a.txt": "a\n" }) },
          ],
        };
  const { id, root_task_id } = await trial.submit({ task: "Make the tests pass", ...place, goal: fields });
  return {
    trial,
    id,
    root_task_id,
    workspace,
    seen,
    queries,
    commands,
    async ended(which = id) {
      const tree = await trial.ended(which);
      const view = (await queries.getGoal(which)) ?? expect.fail("There is no goal.");
      const root = await queries.getTask(tree.root_task_id);
      expect(trial.faults).toEqual([]);
      return { tree, view, root };
    },
  };
}

test("the host proposes a scope, and a change outside of it costs what is shown until it is undone", async () => {
  const run = await pursued({
    goal: { validation_command: "npm test" },
    work: [write("sum.js", RIGHT), write(".npmrc", "fund=false\n")],
  });
  const { tree, view } = await run.ended();
  expect([tree.status, view.scope_proposed]).toEqual(["failed", true]);
  expect(view.scope).toContain("*.md");
  expect(view.rounds[0]).toMatchObject({ score: 1, put_back: [".npmrc"] });
  expect(view.rounds[0]?.doubts[0]).toContain("Outside the scope");
});

test("a planner asks for a wider scope, and what a person adds counts from that round on", async () => {
  const run = await pursued({
    plan: { widen: ["notes.txt"], widen_why: "The sum is explained there." },
    work: [write("sum.js", RIGHT), write("notes.txt", "A sum.\n")],
  });
  const open = async () => (await run.queries.listReviews({ open: true })).items[0];
  await expect.poll(open, { timeout: 60_000 }).toBeDefined();
  const asked = await open();
  expect(asked?.detail).toContain("notes.txt");
  await run.commands.answer({ id: asked?.id ?? "", text: "Yes" }, tester);
  const { tree, view } = await run.ended();
  expect(tree.status, JSON.stringify(view.rounds)).toBe("succeeded");
  expect([view.rounds[0]?.widened, view.rounds[0]?.put_back]).toEqual([["notes.txt"], []]);
  expect(view.scope).toContain("notes.txt");
});

test("what a person added to the scope holds after a restart by the supervisor, a retry, and in a fork", async () => {
  const wide = ["sum.js", "notes.txt"];
  let [isChanged, isReady] = [false, false];
  const run = await pursued({
    goal: { scope: ["sum.js"] },
    work: () => [write("notes.txt", "A sum.\n"), ...(isReady ? [write("sum.js", RIGHT)] : [])],
    meanwhile: async () => {
      if (isChanged) return;
      isChanged = true;
      await run.commands.changeGoal({ id: run.id, scope: wide }, tester);
      const { uid } = run.trial.runtime.store.queries.trees.findTask(run.root_task_id);
      await run.trial.runtime.store.trees.send(uid, { kind: "restart", text: "Start again.", by: "the supervisor" });
    },
  });
  const restarted = await run.ended();
  const seen = ({ tree, view }: typeof restarted) => [
    tree.status,
    view.scope,
    view.rounds.map((round) => round.put_back),
  ];
  expect(seen(restarted)).toEqual(["failed", wide, [[]]]);
  isReady = true;
  await run.commands.retry({ id: run.root_task_id }, tester);
  const retried = await run.ended();
  expect(seen(retried)).toEqual(["succeeded", wide, [[]]]);
  const at = retried.view.rounds[0]?.fork_seq ?? expect.fail("The round cannot be forked.");
  const fork = await run.commands.fork({ id: run.id, at }, tester);
  expect(seen(await run.ended(fork.id))).toEqual(["succeeded", wide, [[]]]);
});

test("a retry, and a restart by the supervisor, measure by the tests of the start, not by those that an agent weakened", async () => {
  const weaker = TEST.replace("sum(1, 2), 3", "sum(1, 2), -1");
  let isRestarted = false;
  const run = await pursued({
    goal: { validation_command: "npm test", max_iterations: 1 },
    work: [write("test/sum.test.js", weaker)],
    meanwhile: async () => {
      if (isRestarted) return;
      isRestarted = true;
      const { uid } = run.trial.runtime.store.queries.trees.findTask(run.root_task_id);
      await run.trial.runtime.store.trees.send(uid, { kind: "restart", text: "Start again.", by: "the supervisor" });
    },
  });
  const shown = ({ tree, view }: Awaited<ReturnType<typeof run.ended>>) => [
    tree.status,
    view.rounds.map(({ score, put_back }) => [score, put_back]),
  ];
  const weakened = ["failed", [[0, ["test/sum.test.js"]]]];
  expect(shown(await run.ended())).toEqual(weakened);
  await run.commands.retry({ id: run.root_task_id }, tester);
  expect(shown(await run.ended())).toEqual(weakened);
});

const HIDDEN = {
  ...FILES,
  "test/secret.test.js": TEST.replace("sum(1, 2), 3", "sum(20, 22), 42").replace("adds", "adds large numbers"),
};

test("hidden tests are seen by no agent, fail what fits only the visible ones, and are told by their behaviour", async () => {
  const run = await pursued({
    files: HIDDEN,
    goal: { hidden: ["test/secret.test.js"] },
    work: [
      call("read_file", { path: "test/secret.test.js" }),
      call("use_terminal", { command: "cat test/*.js; git log -p; ls -a; mv test t" }),
      call("use_terminal", { command: "cat t/*.js; mv t test" }),
      write("sum.js", "export const sum = () => 3;\n"),
    ],
  });
  const { tree, view } = await run.ended();
  expect(tree.status).toBe("failed");
  expect(run.seen.join("\n")).toContain("sum(1, 2), 3");
  expect(run.seen.join("\n")).not.toContain("42");
  expect(view.rounds[0]?.why).toContain("adds large numbers");
  expect(JSON.stringify(view)).not.toContain("sum(20, 22)");
  const solved = await pursued({
    files: HIDDEN,
    goal: { hidden: ["test/secret.test.js"] },
    work: [write("sum.js", RIGHT)],
  });
  const reached = await solved.ended();
  expect(reached.tree.status, JSON.stringify(reached.view.rounds)).toBe("succeeded");
});

test("beside another repository, hidden tests stay hidden with their history, and what the check runs in its folder stays as it was", async () => {
  const run = await pursued({
    files: { ...HIDDEN, "check.sh": "node --test test\n" },
    beside: "app",
    goal: { validation_command: "(cd app && sh check.sh)", hidden: ["app/test/secret.test.js"], scope: ["app/**"] },
    work: [
      call("use_terminal", { command: "cat app/test/*.js; git -C app log -p; ls -a app; mv app a" }),
      call("use_terminal", { command: "cat a/test/*.js; git -C a log -p; mv a app" }),
      write("app/check.sh", "true\n"),
      write("app/sum.js", "export const sum = () => 3;\n"),
    ],
  });
  const { tree, view } = await run.ended();
  expect(tree.status).toBe("failed");
  expect(run.seen.join("\n")).toContain("sum(1, 2), 3");
  expect(run.seen.join("\n")).not.toContain("42");
  expect(view.rounds[0]?.put_back).toEqual(["app/check.sh"]);
  expect(view.rounds[0]?.why).toContain("adds large numbers");
});

test("what is delivered is what was checked: a commit without a file that git ignores is noticed", async () => {
  const good = await pursued({ goal: { on_success: "commit" }, work: [write("sum.js", RIGHT)] });
  const delivered = await good.ended();
  expect([delivered.tree.status, delivered.view.delivery?.state], delivered.root.result ?? "").toEqual([
    "succeeded",
    "done",
  ]);
  const ignored = await pursued({
    goal: { on_success: "commit", scope: ["**/*.js"] },
    work: [write("build/own.js", RIGHT), write("sum.js", 'export { sum } from "./build/own.js";\n')],
  });
  const { view } = await ignored.ended();
  expect(view.delivery?.state).toBe("failed");
  expect(view.delivery?.text).toContain("fresh clone");
});

test("a commit on a branch on which agents may not commit is refused when the goal is submitted", async () => {
  const trial = await startTrial({ script: agentScript({}) });
  onTestFinished(() => trial.close());
  const goal = { validation_command: "node --test test", on_success: "commit" as const };
  await expect(trial.submit({ task: "Mend it", workspace: repository(FILES, "main"), goal })).rejects.toThrow(
    "cannot be committed on main",
  );
  await expect(
    trial.submit({ task: "Mend it", workspace: repository(FILES), goal: { ...goal, scope: ["{a,b}".repeat(9)] } }),
  ).rejects.toThrow("alternatives");
});

test("a claim is checked with the tests of the start, and is not shown by tests that the task has changed", async () => {
  const claims = [{ statement: "The tests pass", command: "node --test test" }];
  const about = [{ statement: "The package has a name", command: "grep -q shop package.json" }];
  const cheat = [
    write("test/sum.test.js", 'import test from "node:test";\ntest("adds", () => {});\n'),
    endTask("Done.", { claims }),
  ];
  const marksOf = async (work: Reply[], isForked = false) => {
    const trial = await startTrial({
      script: agentScript({
        worker: ({ turn }) => work[turn] ?? endTask("Done."),
        task_evaluator: () => passed(),
        documentation_agent: () => endTask("noted"),
      }),
    });
    onTestFinished(() => trial.close());
    const { id } = await trial.submit({ task: "Make the tests pass", agent: "worker", workspace: repository() });
    const ended = await trial.ended(id);
    const { queries, commands } = trial.runtime.application;
    const tree = isForked ? await trial.ended((await commands.fork({ id: ended.root_task_id }, tester)).id) : ended;
    const { verdict } = await queries.getTask(tree.root_task_id);
    return (verdict?.claims ?? []).map(({ mark, output }) => ({ mark, output }));
  };
  // A fork begins with the files of its origin.
  for (const isForked of [false, true])
    expect(await marksOf(cheat, isForked)).toMatchObject([
      { mark: "neither", output: expect.stringContaining("only with changes of tests") },
    ]);
  expect(
    await marksOf([write("sum.js", "process.exit(0);\nexport const sum = 0;\n"), endTask("", { claims })]),
  ).toMatchObject([{ mark: "neither", output: expect.stringContaining("must fail") }]);
  const manifest = FILES["package.json"].replace("{", '{"name":"shop",');
  const work = [write("sum.js", RIGHT), write("package.json", manifest)];
  const honest = await marksOf([...work, endTask("Done.", { claims: [...claims, ...about] })]);
  expect(honest.map(({ mark }) => mark)).toEqual(["shown", "shown"]);
});
