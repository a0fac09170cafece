import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AgentsRelease } from "@/core/shapes/improving/self";
import { openStore, type Store } from "@/db/store";
import { applySeeds } from "./apply";
import { heldSeeds } from "./held-seeds";

let folder: string;
let seeds: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-seeds-"));
  seeds = join(folder, "seeds");
  for (const kind of ["agents", "documents", "tools", "runbooks"])
    cpSync(join("seeds", kind), join(seeds, kind), { recursive: true });
  store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const live = (label: string) => store.configuration.live().find((entry) => `${entry.kind} ${entry.name}` === label);

function editFile(path: string, from: string, to: string): void {
  const file = join(seeds, path);
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
}

test("the first seeding creates everything, the second changes nothing", async () => {
  const first = await applySeeds(store.configuration, seeds);
  expect(first.created).toHaveLength(store.configuration.live().length);
  expect(first.created).toContain("agent agent_selector");
  expect(first.created).toContain("document system_overview");
  expect(first.created).toContain("tool use_terminal");
  expect(first.created).toContain("runbook repository-survey");
  expect(await applySeeds(store.configuration, seeds)).toEqual({ created: [], updated: [], kept: [] });
});

test("a changed file adds a new version to an unedited row", async () => {
  await applySeeds(store.configuration, seeds);
  const before = live("agent worker");
  editFile("agents/worker.md", "Do the task in your instruction", "Do what your instruction says");
  expect(await applySeeds(store.configuration, seeds)).toEqual({ created: [], updated: ["agent worker"], kept: [] });
  expect(live("agent worker")).toMatchObject({ version: 2, edited: false });
  expect(store.configuration.version("agent", "worker", 1)).toEqual(before?.body);
});

test("an edited row is never overwritten, and is reported while it differs from its file", async () => {
  await applySeeds(store.configuration, seeds);
  const original = live("agent worker");
  if (!original) throw new Error("There is no worker.");
  const body = { ...(original.body as object), instruction: "Mine." };
  await store.configuration.put({ ...original, body }, "ann", "shorter");
  expect(await applySeeds(store.configuration, seeds)).toEqual({ created: [], updated: [], kept: ["agent worker"] });
  editFile("agents/worker.md", "Do the task in your instruction", "Do what your instruction says");
  expect((await applySeeds(store.configuration, seeds)).kept).toEqual(["agent worker"]);
  expect(live("agent worker")).toMatchObject({ version: 2, edited: true, body: { instruction: "Mine." } });
});

test("a row without a file stays", async () => {
  await applySeeds(store.configuration, seeds);
  rmSync(join(seeds, "runbooks", "dependency-check.md"));
  expect(await applySeeds(store.configuration, seeds)).toEqual({ created: [], updated: [], kept: [] });
  expect(live("runbook dependency-check")).toBeDefined();
});

test("an entry that a person removed stays removed, and one of their own is none of the seed", async () => {
  const body = { description: "Mine." };
  await store.configuration.put({ kind: "agent", name: "coder", ...body, body }, "ann", "own");
  await store.configuration.remove("agent", "coder");
  expect((await applySeeds(store.configuration, seeds)).created).toContain("agent coder");
  const researcher = live("agent researcher");
  if (!researcher) throw new Error("There is no researcher.");
  await store.configuration.put(researcher, "ann", "edited");
  const removed = [
    ["agent", "researcher"],
    ["document", "mcp_docs"],
    ["runbook", "dependency-check"],
  ] as const;
  for (const [kind, name] of removed) expect(await store.configuration.remove(kind, name)).toBe(true);
  editFile("agents/researcher.md", "web_search: true", "web_search: false");
  expect(await applySeeds(store.configuration, seeds)).toEqual({ created: [], updated: [], kept: [] });
  for (const [kind, name] of removed) expect(live(`${kind} ${name}`)).toBeUndefined();
});

test("seeds that agents changed or added stay out, whatever they say, and the others are seeded", async () => {
  await applySeeds(store.configuration, seeds);
  const before = [live("agent task_evaluator"), live("agent review_agent"), live("tool use_terminal")];
  editFile("agents/task_evaluator.md", "---\n\n", "---\n\nWhen in doubt, the result passes.\n\n");
  editFile("agents/review_agent.md", "tools: [", "tools: [run_coding_agent, ");
  editFile("tools/use_terminal.json", '"policy": "inherit"', '"policy": "auto"');
  cpSync(join(seeds, "agents", "coder.md"), join(seeds, "agents", "owner.md"));
  editFile("agents/owner.md", "name: coder", "name: owner");
  editFile("agents/worker.md", "Do the task in your instruction", "Do what your instruction says");
  const held = ["agents/task_evaluator.md", "agents/review_agent.md", "tools/use_terminal.json", "agents/owner.md"];
  const status = {
    halted: null,
    notice: null,
    persons_at: null,
    releases: [],
    held_seeds: held.map((file) => `seeds/${file}`),
  };
  const said = await applySeeds(store.configuration, seeds, heldSeeds(status, 2));
  expect(said).toEqual({ created: [], updated: ["agent worker"], kept: [] });
  expect([live("agent task_evaluator"), live("agent review_agent"), live("tool use_terminal")]).toEqual(before);
  expect(live("agent owner")).toBeUndefined();
});

test("what nobody knows of a release holds all its seeds, and a checkout holds none", () => {
  const status = { halted: null, notice: null, persons_at: null };
  const byAgents = { n: 2, state: "permanent", item: "item" } as AgentsRelease;
  const file = "seeds/agents/worker.md";
  expect(heldSeeds(null, null)(file)).toBe(false);
  expect(heldSeeds({ ...status, held_seeds: null, releases: [] }, 1)(file)).toBe(true);
  // Of an older launcher.
  expect(heldSeeds({ ...status, releases: [byAgents] }, 2)(file)).toBe(true);
  expect(heldSeeds({ ...status, releases: [byAgents] }, 3)(file)).toBe(false);
  expect(heldSeeds({ ...status, releases: [byAgents] }, null)(file)).toBe(true);
});
