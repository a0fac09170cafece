/** Capabilities: listed with figures, asked by agents, and the gaps of a plan. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hostAgentRefusal } from "@/agents/tools/subtasks/host-agents";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, responsesOf, runRoot, trialsOfThisFile } from "@/tests/agents/scenario";

const startTrial = trialsOfThisFile();

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-libraries-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const MANIFESTS = {
  "package.json": '{"dependencies": {"zod": "4.0.0"}, "devDependencies": {"vitest": "^4"}}',
  "pyproject.toml":
    '[project]\ndependencies = ["requests[socks]>=2.0; python_version > \'3\'"]\n[tool.poetry.dependencies]\nnumpy = "^2"\npandas = { version = "2.2" }',
  "Cargo.toml": '[dependencies]\nserde = { version = "1", features = ["derive"] }\ntokio = "1.4"',
  "go.mod":
    "module example.com/a\n\ngo 1.22\n\nrequire (\n\tgithub.com/spf13/cobra v1.8.0\n)\nrequire golang.org/x/sys v0.20.0\n",
  Gemfile: "source 'https://rubygems.org'\ngem 'rails', '~> 7.1'\n",
  "composer.json": "{ not json",
};

test("an agent finds tools, agents, commands and libraries, each with how it gets them, in a short answer", async () => {
  const workspace = folderWith(MANIFESTS);
  const needs = [
    "read a web page",
    "validate data with zod",
    "run JavaScript programs",
    "change code",
    "knit a jumper qqzz",
    "judge whether a result fulfils its instruction",
  ];
  const trial = await startTrial({
    root: (request) =>
      [
        call("write_file", { path: "a.txt", content: "a" }),
        call("read_file", { path: "missing.txt" }),
        ...needs.map((need) => call("find_capability", { need })),
        endTask("done"),
      ][request.turn] ?? endTask("no"),
  });
  const tree = await runRoot(trial, { workspace });
  expect(tree.status).toBe("succeeded");
  const answers = responsesOf(await logOf(trial, tree.root_task_id)).slice(2, 2 + needs.length);
  const found = answers.map((answer) => JSON.parse(answer).found as { kind: string; name: string; how: string }[]);
  expect(found[0]).toContainEqual(expect.objectContaining({ name: "web_fetch" }));
  expect(found[1]?.[0]).toMatchObject({ kind: "library", name: "zod", how: "installed by the workspace" });
  expect(found[2]).toContainEqual(expect.objectContaining({ kind: "command", name: "node", how: "in your terminal" }));
  expect(found[3]).toContainEqual(expect.objectContaining({ kind: "agent", name: "coder" }));
  expect(found[4]).toEqual([]);
  expect(found[5]?.map(({ name }) => name)).not.toContain("task_evaluator");
  for (const answer of answers) expect(answer.length).toBeLessThan(2_600);
  for (const some of found) expect(some.length).toBeLessThanOrEqual(8);

  const { queries } = trial.runtime.application;
  const { items, problems } = await queries.listCapabilities({ tree: tree.id });
  expect(problems).toEqual([expect.stringContaining("composer.json cannot be read")]);
  const libraries = items.filter(({ kind }) => kind === "library").map(({ name, version }) => [name, version]);
  expect(libraries).toEqual([
    ["zod", "4.0.0"],
    ["vitest", "^4"],
    ["requests", ">=2.0"],
    ["numpy", "^2"],
    ["pandas", "2.2"],
    ["serde", "1"],
    ["tokio", "1.4"],
    ["github.com/spf13/cobra", "v1.8.0"],
    ["golang.org/x/sys", "v0.20.0"],
    ["rails", "~> 7.1"],
  ]);
  const figuresOf = (name: string) => items.find((item) => item.name === name)?.figures;
  expect(figuresOf("write_file")).toMatchObject({ uses: 1, success: { share: 1, of: 1 } });
  expect(figuresOf("write_file")?.success?.low).toBeLessThan(0.3);
  expect(figuresOf("write_file")?.median_seconds).toBeGreaterThanOrEqual(0);
  expect(figuresOf("read_file")).toMatchObject({ uses: 1, success: { share: 0 } });
  expect(figuresOf("worker")).toMatchObject({ uses: 1, success: { share: 1 } });
  expect(figuresOf("worker")?.median_usd).not.toBeNull();
  expect(figuresOf("find_capability")).toBeNull();
  expect(items).toContainEqual(expect.objectContaining({ kind: "agent", name: "task_evaluator" }));
  expect(items.find((item) => item.name === "node")?.version).toMatch(/^v?\d+\.\d+/);
  expect((await queries.listCapabilities()).items.some(({ kind }) => kind === "library")).toBe(false);
  expect(trial.faults).toEqual([]);
});

test("an agent that the host starts itself fills no need, because it takes no subtasks", async () => {
  const { queries } = (await startTrial({ root: endTask("done") })).runtime.application;
  const hostAgents = (await queries.listCapabilities()).items.filter(
    ({ kind, name }) => kind === "agent" && hostAgentRefusal(name) !== null,
  );
  expect(hostAgents.length).toBeGreaterThan(10);
  for (const { name, description } of hostAgents) {
    const found = await queries.findCapabilities(`${name} ${description}`);
    expect(found.map((match) => match.name)).not.toContain(name);
  }
  const gaps = await queries.findGaps(hostAgents.map(({ description }) => ({ step: description })));
  const names = new Set(hostAgents.map(({ name }) => name));
  expect(gaps.flatMap(({ matches }) => matches).filter(({ name }) => names.has(name))).toEqual([]);
});

test("the steps of a plan get their best matches, and the step that none fits is named", async () => {
  const trial = await startTrial({ root: endTask("done") });
  const { queries } = trial.runtime.application;
  const gaps = await queries.findGaps([
    { step: "Look at the notes", need: "search texts in files" },
    { step: "Read the price list at the supplier", need: "fetch a web page" },
    { step: "Send the summary", need: "send an SMS to a phone number" },
    { step: "Draw the floor plan", need: "export AutoCAD drawings as DWG" },
    { step: "" },
  ]);
  expect(gaps.map(({ need, fits }) => [need, fits])).toEqual([
    ["search texts in files", true],
    ["fetch a web page", true],
    ["send an SMS to a phone number", false],
    ["export AutoCAD drawings as DWG", false],
    ["", false],
  ]);
  expect(gaps[0]?.matches.map(({ name }) => name)).toContain("search_files");
  expect(gaps[1]?.matches.map(({ name }) => name)).toContain("web_fetch");
  for (const { matches } of gaps) expect(matches.length).toBeLessThanOrEqual(3);
  await expect(queries.findCapabilities(" ")).rejects.toThrow("Say what you need");
  const odd = await queries.findCapabilities('"; DROP TABLE texts; -- * NEAR(a b) ^ü');
  expect(odd.length).toBeLessThanOrEqual(8);
  // A tool that is switched off does not fill a gap.
  const { store } = trial.runtime;
  await store.toolStates.quarantine("web_fetch", "A test holds it back.");
  await store.toolStates.quarantine("web_search", "A test holds it back.");
  const [held] = await queries.findGaps([{ step: "s", need: "web_fetch" }]);
  expect(held?.matches[0]).toMatchObject({ name: "web_fetch", unavailable: "A test holds it back." });
});
