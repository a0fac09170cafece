import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder, json, judged, onlyTree, scripted } from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";

buildPrograms();

const REPORT = "# Report\n\u001b[31mred\n";

test("a tree's files are listed, printed, saved, zipped, and applied as a branch", async () => {
  const folder = dataFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  writeFileSync(path.join(folder, "readme.md"), "# Shop\n");
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "first");
  const files = [call("write_file", { path: "docs/report.md", content: REPORT })];
  const env = await scripted(agentScript({ worker: ({ turn }) => files[turn] ?? endTask("done"), ...judged }));
  const data = dataFolder();
  const run = await banyan(["run", "--agent", "worker", "--workspace", folder, "--data", data, "Report it"], { env });
  expect(run.status, run.stderr).toBe(0);
  const at = ["--data", data];
  const { id } = await onlyTree(data);

  expect((await banyan(["files", id.slice(0, 6), ...at])).stdout).toBe(
    "+      18 B  docs/report.md\n        7 B  readme.md\n",
  );
  expect(await json(["files", id, "--changed", ...at])).toMatchObject({ items: [{ path: "docs/report.md" }] });
  // In a pipe the bytes are unchanged.
  expect((await banyan(["files", id, "docs/report.md", ...at])).stdout).toBe(REPORT);
  expect(await banyan(["files", id, "docs/none.md", ...at])).toMatchObject({ status: 2 });
  expect(await banyan(["files", id, "docs/report.md", "--json", ...at])).toMatchObject({ status: 2 });
  const out = dataFolder();
  const zip = path.join(out, "all.zip");
  expect((await banyan(["files", id, "--zip", "all.zip", ...at], { cwd: out })).stdout).toBe(
    "Wrote 2 files to all.zip.\n",
  );
  expect(Object.keys(unzipSync(readFileSync(zip)))).toEqual(["docs/report.md", "readme.md"]);
  const again = await banyan(["files", id, "--zip", zip, ...at]);
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining("exists already")]);
  expect((await banyan(["files", id, "--out", "copy", "--changed", ...at], { cwd: out })).status).toBe(0);
  expect(readFileSync(path.join(out, "copy/docs/report.md"), "utf8")).toBe(REPORT);
  expect(existsSync(path.join(out, "copy/readme.md"))).toBe(false);
  expect((await banyan(["diff", id, ...at])).stdout).toContain("+# Report");

  expect(await banyan(["keep", id, id, ...at])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("is in a git repository: apply the changes as a branch instead."),
  });
  const applied = await banyan(["apply", id, "--branch", "banyan/report", ...at]);
  expect([applied.status, applied.stderr]).toEqual([0, ""]);
  expect(applied.stdout).toContain("Created the branch banyan/report");
  expect(applied.stdout).toContain("branch -D banyan/report");
  expect(git("diff", "--name-only", "main...banyan/report")).toBe("docs/report.md");
  expect(git("status", "--porcelain")).toBe("?? docs/");
});

test("diff --json --from lists what one task changed, and refuses a task that is not there", async () => {
  const script = agentScript({
    worker: ({ turn, instruction }) => {
      const steps =
        instruction === "root"
          ? ["a", "b"].map((one) => startSubtask({ instruction: one, title: one, agent: "worker" }))
          : [write(instruction)];
      return steps[turn] ?? endTask("done");
    },
    ...judged,
  });
  const write = (name: string) => call("write_file", { path: `${name}.txt`, content: `${name}\n` });
  const env = await scripted(script);
  const data = dataFolder();
  const at = ["--data", data];
  const run = await banyan(["run", "--agent", "worker", ...at, "root"], { env });
  expect(run.status, run.stderr).toBe(0);
  const { id } = await onlyTree(data);
  const { tasks } = (await json(["tree", id, ...at])) as { tasks: { id: string; title: string }[] };
  const [a = ""] = tasks.filter(({ title }) => title === "a").map((task) => task.id);
  const paths = async (...flags: string[]) =>
    ((await json(["diff", id, ...flags, ...at])) as { items: { path: string }[] }).items.map(({ path }) => path);
  expect(await paths()).toEqual(["a.txt", "b.txt"]);
  expect(await paths("--from", a)).toEqual(["a.txt"]);
  const unknown = await banyan(["diff", id, "--from", "ffffffff", "--json", ...at]);
  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("ffffffff")]);
});

test("the files of a fork are kept in the folder, and those of its origin again", async () => {
  const folder = dataFolder();
  const write = (content: string) => call("write_file", { path: "notes.md", content });
  const script = agentScript({
    worker: ({ turn, instruction }) => (turn === 0 ? write(`${instruction}\n`) : endTask("done")),
    ...judged,
  });
  const env = await scripted(script);
  const data = dataFolder();
  const at = ["--data", data];
  const run = await banyan(["run", "--agent", "worker", "--workspace", folder, ...at, "First"], { env });
  expect(run.status, run.stderr).toBe(0);
  const { id, root_task_id } = await onlyTree(data);
  const forked = await banyan(["fork", root_task_id, "--instruction", "Second", ...at], { env });
  expect(forked.status, forked.stderr).toBe(0);
  const { items } = (await json(["trees", ...at])) as { items: { id: string }[] };
  const fork = items.find((tree) => tree.id !== id)?.id ?? "";
  const notes = () => readFileSync(path.join(folder, "notes.md"), "utf8");
  const kept = await banyan(["keep", fork, id, ...at]);
  expect([kept.stderr, kept.stdout]).toEqual(["", expect.stringContaining("Wrote 1 file into")]);
  expect(notes()).toBe("Second\n");
  expect((await banyan(["keep", id, fork, ...at])).status).toBe(0);
  expect(notes()).toBe("First\n");
});
