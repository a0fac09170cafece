/**
 * Services of blueprints that need no document, on the command line: made, refused, and upgraded with a person's own
 * changes kept.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { blueprintsOf } from "@/agents/queries/services/blueprints";
import type { BlueprintList } from "@/core/shapes/services/blueprints";
import { banyan, buildPrograms, dataFolder, ROOT } from "@/scripts/testing/command-line";

buildPrograms();

const KINDS = ["cli", "mcp-server", "rest-api", "static-site", "web-app", "worker"];

async function installation() {
  const [data, cwd] = [dataFolder(), dataFolder()];
  writeFileSync(
    path.join(cwd, "notes.yaml"),
    "entities: { note: { fields: { text: { type: text, required: true } } } }\n",
  );
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  return { cwd, run: (...args: string[]) => banyan([...args, "--data", data], { cwd }) };
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

test("all blueprints are listed, but not those that are only extended", async () => {
  const { run } = await installation();
  const list: BlueprintList = JSON.parse((await run("blueprints", "--json")).stdout);
  // As the API answers.
  expect(list).toEqual({ items: blueprintsOf(ROOT), next: null });
  expect(list.items.map(({ name }) => name)).toEqual(KINDS);
  const froms = Object.fromEntries(list.items.map(({ name, from }) => [name, from]));
  expect(froms).toMatchObject({ "rest-api": "document", "web-app": "document", worker: "nothing" });
  const { stdout } = await run("blueprints");
  expect(stdout).toContain("  --with terraform-aws  A Terraform module");
  expect(stdout).not.toContain("typescript 1");
});

test("a service is made of a blueprint that needs no document, and is a project with its check", async () => {
  const { cwd, run } = await installation();
  const made = await run("service", "new", "--blueprint", "worker", "--with", "docker", "--workspace", "jobs");
  const folder = path.join(cwd, "jobs");
  expect(made.stdout).toBe(
    `Made the service jobs from the blueprint worker in ${folder}.\nNext: cd ${folder} && npm install --no-audit --no-fund && npm run check\n`,
  );
  expect(existsSync(path.join(folder, "openapi.yaml"))).toBe(false);
  const project = JSON.parse((await run("project", "show", "jobs", "--json")).stdout);
  expect(project).toMatchObject({ check: { command: "npm run check" }, setup: "npm install --no-audit --no-fund" });
});

test("what a blueprint is not made from is refused with one sentence, and leaves nothing", async () => {
  const { cwd, run } = await installation();
  const refused = async (...args: string[]) => {
    const { status, stderr } = await run("service", "new", ...args, "--workspace", "made");
    expect([status, existsSync(path.join(cwd, "made"))]).toEqual([2, false]);
    return stderr.trim();
  };
  expect(await refused("--blueprint", "worker", "--entities", "notes.yaml")).toContain(
    "The blueprint worker is made from nothing: leave out the document and the entities.",
  );
  expect(await refused("--blueprint", "web-app")).toContain("Say what the service is made from");
  expect(await refused("--blueprint", "worker", "--with", "sqlite")).toContain(
    "The blueprint worker has no part sqlite: use telemetry, docker, github-ci, kubernetes.",
  );
  expect(await refused("--blueprint", "worker", "--with", "kubernetes")).toContain("choose docker too");
  const broken = path.join(cwd, "broken");
  mkdirSync(broken);
  writeFileSync(path.join(broken, "blueprint.yaml"), "name: broken\nversion: 1\nsummary: Broken.\nextends: nowhere\n");
  expect(await refused("--blueprint", "./broken")).toContain(
    `${path.join(broken, "blueprint.yaml")}: extends names "nowhere", which is no blueprint.`,
  );
});

test("two workers of a person's own blueprint are upgraded, with the changes of each kept", async () => {
  const { cwd, run } = await installation();
  const own = path.join(cwd, ".banyan/blueprints/mine");
  mkdirSync(path.dirname(own), { recursive: true });
  cpSync(path.join(ROOT, "blueprints/worker"), own, { recursive: true });
  edit(path.join(own, "blueprint.yaml"), "name: worker", "name: mine");
  for (const name of ["first", "second"])
    expect((await run("service", "new", "--blueprint", "mine", "--workspace", name)).stderr).toBe("");
  const [first, second] = [path.join(cwd, "first"), path.join(cwd, "second")];
  edit(path.join(first, "src/jobs.ts"), "export const JOBS", "// Mine.\nexport const JOBS");
  edit(path.join(second, "src/worker.ts"), "const LOOK_MS = 200;", "const LOOK_MS = 300;");
  edit(path.join(own, "blueprint.yaml"), "version: 2", "version: 3");
  edit(path.join(own, "blueprint.yaml"), "upgrades:\n", "upgrades:\n  - { version: 3, notes: It looks less often. }\n");
  edit(path.join(own, "files/src/worker.ts.liquid"), "const LOOK_MS = 200;", "const LOOK_MS = 500;");
  edit(path.join(own, "files/src/jobs.ts"), "// An example to replace.", "// An example, to replace.");

  const merged = await run("service", "upgrade", "first");
  expect(merged.stdout).toBe(
    "Made again from version 3 of its blueprint, before 2: 2 files changed.\n  made again: src/worker.ts\n  merged: src/jobs.ts\nIt looks less often.\n",
  );
  expect(readFileSync(path.join(first, "src/jobs.ts"), "utf8")).toMatch(
    /\/\/ Mine\.\n.*\n {2}\/\/ An example, to replace\./,
  );
  const open = await run("service", "upgrade", "second");
  expect(open.stdout).toContain("1 file needs you, because both sides changed the same lines: src/worker.ts.");
  expect(readFileSync(path.join(second, "src/worker.ts"), "utf8")).toMatch(/= 300;\n=======\nconst LOOK_MS = 500;/);
  expect(readFileSync(path.join(second, "src/jobs.ts"), "utf8")).toContain("// An example, to replace.");
});
