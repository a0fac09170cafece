import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call, endTask, passed } from "@/tests/agents/replies";
import { logOf, requestsOf, resultsIn, runRoot, titled, toldIn, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const quiet = { "@documentation_agent": endTask("noted"), "@task_evaluator": passed() };

const claims = (...list: { statement: string; command?: string; expect?: string | number }[]) =>
  endTask("done", { claims: list });

test("claims are shown by the host in a clean copy, what no command can show is judged, and the parent sees which", async () => {
  const trial = await start({
    root: [
      call("write_file", { path: "answer.txt", content: "42\n" }),
      claims(
        { statement: "The answer stands there.", command: "cat answer.txt", expect: "42" },
        { statement: "There is no other.", command: "test -e other.txt", expect: 1 },
        { statement: "Looking leaves nothing.", command: "echo trace > trace.txt" },
        { statement: "It reads well." },
      ),
    ],
    ...quiet,
  });
  const tree = await runRoot(trial);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.status).toBe("succeeded");
  expect(root.verdict?.outcome).toBe("pass");
  expect(root.verdict?.claims.map((claim) => [claim.mark, claim.exit_status])).toEqual([
    ["shown", 0],
    ["shown", 1],
    ["shown", 0],
    ["judged", null],
  ]);
  expect(root.verdict?.claims[0]?.output).toBe("42\n");
  expect(readFileSync(join(tree.workspace, "answer.txt"), "utf8")).toBe("42\n");
  expect(existsSync(join(tree.workspace, "trace.txt"))).toBe(false);
  // The evaluator judges the shown evidence, not the statements.
  expect(toldIn(trial.provider?.requests.find((request) => request.agent === "task_evaluator"))).toContain(
    '"mark": "shown"',
  );
});

test("a claim that does not hold goes back with its output before anybody judges; the next try may hold", async () => {
  const trial = await start({
    root: [
      claims({ statement: "It is built.", command: "echo looking; cat built" }),
      call("write_file", { path: "built", content: "yes" }),
      claims({ statement: "It is built.", command: "cat built", expect: "yes" }),
    ],
    ...quiet,
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(trial.provider?.requests.filter((request) => request.agent === "task_evaluator").length).toBe(1);
  const evidence = JSON.parse(resultsIn(requestsOf(trial, "root")[1])[0] ?? "{}");
  expect(evidence).toMatchObject({ status: "not ended", verdict: { outcome: "fail" }, tries_left: 2 });
  expect(evidence.verdict.reasons[0]).toMatch(/“It is built\.” failed.*exit status 0; got exit status 1.*looking/s);
});

test("an agent that claims without evidence is told so, with what the evaluator said", async () => {
  const bare = claims({ statement: "It is beautiful." }, { statement: "It is there.", command: "true" });
  const trial = await start({
    root: [bare, bare],
    ...quiet,
    "@task_evaluator": (request) =>
      endTask(JSON.stringify({ outcome: request.index === 0 ? "fail" : "pass", reasons: ["So it is."] })),
  });
  await runRoot(trial);
  const said = JSON.parse(resultsIn(requestsOf(trial, "root")[1])[0] ?? "{}");
  expect(said.claims_without_evidence).toEqual({
    told: expect.stringMatching(/without a command/),
    statements: ["It is beautiful."],
  });
});

test("the third try that does not hold fails the task with the evidence", async () => {
  const trial = await start({ root: () => claims({ statement: "Never.", command: "false" }), ...quiet });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "claims_failed"]);
  expect(requestsOf(trial, "root").length).toBe(3);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.verdict?.claims).toMatchObject([{ statement: "Never.", mark: "failed", exit_status: 1 }]);
  expect(root.result).toBe("done");
});

test("without a sandbox a claim is neither shown nor failed", async () => {
  const off = { available: false as const, reason: "There is none." };
  const trial = await start({ root: [claims({ statement: "It is.", command: "false" })], ...quiet });
  trial.runtime.sandbox.status = async () => off;
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.verdict?.claims.map((claim) => claim.mark)).toEqual(["neither"]);
});

test("a failure claims nothing, and a command that runs for too long does not hold", async () => {
  const trial = await start(
    {
      root: [
        claims({ statement: "It ends.", command: "sleep 600" }),
        {
          calls: [
            {
              name: "end_task",
              input: { status: "failure", result: "no", claims: [{ statement: "x", command: "false" }] },
            },
          ],
        },
      ],
      ...quiet,
    },
    { env: { DEFAULT_TIMEOUT_SECONDS: "1" } },
  );
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "by_agent"]);
  const checked = (await logOf(trial, titled(tree, "root").id)).filter(
    (message) => message.kind === "event" && message.content.type === "claims_checked",
  );
  expect(checked.length).toBe(1);
  expect(resultsIn(requestsOf(trial, "root")[1])[0]).toMatch(/the host ended it.*timeout/s);
});
