import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Review, Tree } from "@/core/shapes/shapes";
import { banyan, buildPrograms, dataFolder, judged, onlyTree, scripted } from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";

buildPrograms();

function repository(): string {
  const folder = dataFolder();
  for (const [file, text] of Object.entries({ "one/a.js": "// TODO: more\n", "two/b.py": "print(1)\n" })) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { cwd: folder });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "first");
  return folder;
}

test("a runbook's tree runs to the end without a server and prints plain lines, then the result", async () => {
  const data = dataFolder();
  const folder = repository();
  const args = ["run", "--runbook", "repository-survey", "--workspace", path.basename(folder), "--data", data];
  const { status, stdout, stderr } = await banyan([...args, "Survey it"], { cwd: path.dirname(folder) });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const lines = stdout.split("\n");
  const tree = await onlyTree(data);
  expect(lines[0]).toBe(`Tree ${tree.id.slice(0, 8)}: Survey it (workspace ${folder})`);
  expect(lines[1]).toBe(`${tree.root_task_id.slice(0, 8)} Survey it: started (worker)`);
  const ends = lines.filter((line) => line.endsWith(": succeeded"));
  expect(ends).toHaveLength(3);
  expect(ends.at(-1)).toContain("Survey it: succeeded");
  expect(stdout).toContain("# Repository survey");
  expect(lines.indexOf("# Repository survey")).toBeGreaterThan(lines.indexOf(ends.at(-1) ?? ""));
});

test("--json prints one document: the tree with its tasks and the root's result", async () => {
  const env = await scripted(
    agentScript({
      worker: (request) =>
        request.turn === 0 ? startSubtask({ instruction: "part", agent: "coder" }) : endTask("whole"),
      coder: [endTask("piece")],
      ...judged,
    }),
  );
  const { status, stdout, stderr } = await banyan(["run", "-", "--agent", "worker", "--data", dataFolder(), "--json"], {
    env,
    stdin: "From a pipe\nwith a second line\n",
  });
  expect([status, stderr]).toEqual([0, ""]);
  const tree: Tree = JSON.parse(stdout);
  expect(tree).toMatchObject({ title: "From a pipe", status: "succeeded", reason: null });
  expect(tree.tasks[0]).toMatchObject({ id: tree.root_task_id, agent: "worker", result: "whole", depth: 0 });
  expect(tree.tasks[0]?.instruction).toBe("From a pipe\nwith a second line");
  expect(tree.tasks[1]).toMatchObject({ agent: "coder", status: "succeeded", parent_id: tree.root_task_id });
});

test("a failed task exits with 1 and prints the reason and what to do", async () => {
  const env = await scripted(
    agentScript({ worker: [call("end_task", { status: "failure", result: "There is no such file." })], ...judged }),
  );
  const { status, stdout, stderr } = await banyan(["run", "x", "--agent", "worker", "--data", dataFolder()], { env });
  expect(status).toBe(1);
  expect(stdout).toContain("failed (by_agent)");
  expect(stdout.trimEnd().endsWith("There is no such file.")).toBe(true);
  expect(stderr).toMatch(/^The task has failed \(by_agent\): .+\n$/);
});

test("without a language model or a matching runbook the task fails with no_model and says what to do", async () => {
  const { status, stderr } = await banyan(["run", "Write a poem", "--data", dataFolder()]);
  expect(status).toBe(1);
  expect(stderr).toContain("no_model");
  expect(stderr).toContain("set ANTHROPIC_API_KEY in .env");
});

test("a question exits with 3 and prints the command that answers; after the answer, resume finishes the tree", async () => {
  const data = dataFolder();
  const env = await scripted(
    agentScript({
      worker: (request) =>
        request.turn === 0
          ? call("ask", { question: "Which colour?\nRed or blue." })
          : endTask(`Painted: ${request.lastToolResults[0]?.content}`),
      ...judged,
    }),
  );
  const asked = await banyan(["run", "Paint", "--agent", "worker", "--data", data], { env });
  expect(asked.status).toBe(3);
  const open: Review[] = JSON.parse((await banyan(["reviews", "--open", "--json", "--data", data])).stdout).items;
  const item = open[0]?.id.slice(0, 8) ?? "";
  expect(asked.stderr).toContain("Waiting for you: Which colour?\nRed or blue.");
  expect(asked.stderr).toContain(`Answer with: npx banyan answer ${item} "…"`);
  const tree = await onlyTree(data);
  expect(tree.status).toBe("waiting");
  expect((await banyan(["tree", tree.id.slice(0, 6), "--data", data])).stdout).toContain("Waiting for you");

  const answered = await banyan(["answer", item, "blue", "--data", data], { env });
  expect(answered).toMatchObject({ status: 0, stderr: "" });
  expect(answered.stdout).toContain("No worker is running");
  const resumed = await banyan(["resume", tree.id.slice(0, 6), "--data", data], { env });
  expect(resumed.status).toBe(0);
  expect(resumed.stdout).toContain("blue");
  const again = await banyan(["answer", item, "red", "--data", data]);
  expect(again).toMatchObject({ status: 2, stdout: "" });
});

test("--detach only submits, with all limits, and says that no worker is running", async () => {
  const data = dataFolder();
  const env = await scripted(agentScript({ "*": [endTask("never")] }));
  const caps = [
    "--max-cost-usd",
    "1.5",
    "--max-tokens",
    "9000",
    "--max-depth",
    "0",
    "--max-tasks",
    "7",
    "--max-minutes",
    "2",
  ];
  const args = ["run", "Later", "--priority", "5", "--detach", "--json", "--data", data, ...caps];
  const { status, stdout, stderr } = await banyan(args, { env });
  expect(status).toBe(0);
  const tree: Tree = JSON.parse(stdout);
  expect(tree.grant).toEqual({ cost_usd: 1.5, tokens: 9000, depth: 0, tasks: 7, seconds: 120 });
  expect(tree).toMatchObject({ status: "running", priority: 5 });
  expect(stderr).toContain("No worker is running");
});
