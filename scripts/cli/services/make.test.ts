/** `service` and `blueprints` on the command line: made, refused, and made again with a person's own changes kept. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder, ROOT } from "@/scripts/testing/command-line";

buildPrograms();

const ENTITIES = `
entities:
  note:
    fields:
      text: { type: text, required: true, most: 500 }
`;

/** `isNew`: there is no database yet. */
async function installation({ isNew = false } = {}) {
  const [data, cwd] = [dataFolder(), dataFolder()];
  writeFileSync(path.join(cwd, "notes.yaml"), ENTITIES);
  if (!isNew) expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  const run = (...args: string[]) => banyan([...args, "--data", data], { cwd });
  return { cwd, run };
}

test("the first command of an installation makes a service as a repository, and adds it as a project with its commands", async () => {
  const { cwd, run } = await installation({ isNew: true });
  const made = await run(
    "service",
    "new",
    "--entities",
    "notes.yaml",
    "--with",
    "sqlite",
    "--with",
    "docker",
    "--set",
    "port=3000",
    "--workspace",
    "notes",
  );
  const folder = path.join(cwd, "notes");
  expect(made.stdout).toBe(
    `Made the service notes in ${folder}: 5 operations.\nNext: cd ${folder} && npm install --no-audit --no-fund && npm run check\n`,
  );
  expect(made.status).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual(["notes", "notes.yaml"]);
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
  expect(git("status", "--porcelain")).toBe("");
  expect(git("log", "--format=%an %s")).toBe("Banyan Make notes from its document");
  expect(readFileSync(path.join(folder, "src/config.ts"), "utf8")).toContain("const DEFAULT_PORT = 3000;");
  const record = JSON.parse(readFileSync(path.join(folder, ".banyan/service.json"), "utf8"));
  expect(record).toMatchObject({
    blueprint: { name: "rest-api", version: 5 },
    parts: ["sqlite", "docker"],
    variables: { port: 3000, page_size: 50 },
  });
  expect(record.files["src/main.ts"]).toMatch(/^[0-9a-f]{64}$/);
  const project = JSON.parse((await run("project", "show", "notes", "--json")).stdout);
  expect(project).toMatchObject({ check: { command: "npm run check" }, setup: "npm install --no-audit --no-fund" });
});

test("a document stays as it is, also where its examples look like keys", async () => {
  const { cwd, run } = await installation();
  const source = readFileSync(path.join(ROOT, "node_modules/@scalar/galaxy/dist/latest.yaml"), "utf8");
  expect(source).toContain("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9");
  writeFileSync(path.join(cwd, "galaxy.yaml"), source);
  const { stdout, status } = await run("service", "new", "--openapi", "galaxy.yaml", "--workspace", "galaxy");
  expect(status).toBe(0);
  expect(stdout).toContain(
    "9 operations. 4 of them answer with an example until somebody writes them.\n  to write: POST ",
  );
  expect(readFileSync(path.join(cwd, "galaxy/openapi.yaml"), "utf8")).toBe(source);
});

test("requirements that cannot begin are refused with one sentence, and leave neither a folder nor a project", async () => {
  const { cwd, run } = await installation();
  writeFileSync(path.join(cwd, "long.md"), "A booking API. ".repeat(7_000));
  const around = ["--workspace", "studio"];
  const refused: [string[], number, RegExp][] = [
    [["A booking API", ...around], 2, /^Requirements need a language model/],
    [["--requirements", "long.md", ...around], 2, /^The requirements have more than 100000 characters: shorten them/],
    [["--requirements", "none.md", ...around], 2, /^Cannot read the file none.md: it does not exist\.$/m],
    [["A booking API", "--with", "nothing", ...around], 2, /nothing/],
    [
      ["A booking API", "--model", "anthropic/claude-sonnet-4-5", "--executor", "nobody", ...around],
      2,
      /^There is no agent nobody/,
    ],
    [["A booking API", "--openapi", "notes.yaml", ...around], 2, /^Give requirements or a document, not both/],
    [["A booking API", "--mode", "debug", ...around], 2, /^--mode cannot be "debug": use autonomous or supervised\.$/m],
    [["A booking API"], 2, /^Say where: --workspace FOLDER/],
  ];
  for (const [args, status, sentence] of refused) {
    const { stderr, status: ended } = await run("service", "new", ...args);
    expect([args, ended, stderr]).toEqual([args, status, expect.stringMatching(sentence)]);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(existsSync(path.join(cwd, "studio"))).toBe(false);
  }
  expect(JSON.parse((await run("project", "--json")).stdout).items).toEqual([]);
});

test("what cannot be made is refused with one sentence, and leaves nothing", async () => {
  const { cwd, run } = await installation();
  writeFileSync(
    path.join(cwd, "far.yaml"),
    "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths: { /a: { $ref: 'https://example.org/a.yaml' } }\n",
  );
  const refused = async (...args: string[]) => {
    const { status, stderr } = await run("service", ...args);
    expect(status).toBe(2);
    return stderr;
  };
  const at = ["--workspace", "made"];
  expect(await refused("new", "notes of people", ...at)).toContain("--openapi FILE or --entities FILE");
  expect(await refused("new", ...at)).toContain("Say what the service is made from");
  expect(await refused("new", "--entities", "notes.yaml")).toContain("--workspace FOLDER");
  expect(await refused("new", "--openapi", "none.yaml", ...at)).toContain("The file none.yaml cannot be read");
  expect(await refused("new", "--openapi", "notes.yaml", ...at)).toContain("not an OpenAPI document");
  expect(await refused("new", "--openapi", "far.yaml", ...at)).toContain("nothing outside of it is read");
  expect(await refused("new", "--entities", "notes.yaml", "--blueprint", "none", ...at)).toContain(
    "There is no blueprint",
  );
  expect(await refused("new", "--entities", "notes.yaml", "--with", "colour", ...at)).toContain("has no part colour");
  expect(await refused("new", "--entities", "notes.yaml", "--set", "port=0", ...at)).toContain(
    "The variable port is a whole number",
  );
  expect(await refused("new", "--entities", "notes.yaml", "--workspace", ".")).toContain("is not empty");
  expect(await refused("upgrade", ".")).toContain("only a service that Banyan made");
  expect(existsSync(path.join(cwd, "made"))).toBe(false);
  expect(readdirSync(cwd).sort()).toEqual(["far.yaml", "notes.yaml"]);
});

test("two services of a person's own blueprint are upgraded, with the changes of each kept", async () => {
  const { cwd, run } = await installation();
  const own = path.join(cwd, ".banyan/blueprints/mine");
  mkdirSync(path.dirname(own), { recursive: true });
  cpSync(path.join(ROOT, "blueprints/rest-api"), own, { recursive: true });
  const edit = (file: string, from: string, to: string) => {
    const text = readFileSync(file, "utf8");
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };
  edit(path.join(own, "blueprint.yaml"), "name: rest-api", "name: mine");
  expect((await run("blueprints")).stdout).toContain("mine 5, of this repository");
  for (const name of ["first", "second"]) {
    const { stderr } = await run(
      "service",
      "new",
      "--entities",
      "notes.yaml",
      "--blueprint",
      "mine",
      "--workspace",
      name,
    );
    expect(stderr).toBe("");
  }
  const [first, second] = [path.join(cwd, "first"), path.join(cwd, "second")];
  // Each person changed something else; the new version changes a line that the second one changed too.
  edit(path.join(first, "src/api/operation.ts"), "/** A request that", "/** My note. */\n/** A request that");
  edit(path.join(second, "src/api/operation.ts"), "/** By method and path,", "/** By method, path and mood,");
  edit(path.join(own, "files/src/api/operation.ts"), "/** By method and path,", "/** By its method and its path,");
  edit(path.join(own, "blueprint.yaml"), "version: 5", "version: 6");
  edit(
    path.join(own, "blueprint.yaml"),
    "upgrades:\n",
    "upgrades:\n  - { version: 6, notes: Read the comments again. }\n",
  );
  writeFileSync(path.join(own, "files/CHANGES.md"), "New in 6.\n");

  const merged = await run("service", "upgrade", "first");
  expect(merged.stdout).toBe(
    "Made again from version 6 of its blueprint, before 5: 2 files changed.\n  made again: CHANGES.md\n  merged: src/api/operation.ts\nRead the comments again.\n",
  );
  const text = readFileSync(path.join(first, "src/api/operation.ts"), "utf8");
  expect(text).toContain("/** My note. */");
  expect(text).toContain("/** By its method and its path,");
  expect((await run("service", "upgrade", "first")).stdout).toBe(
    "Made again from version 6 of its blueprint: 0 files changed.\n",
  );

  const open = await run("service", "upgrade", "second");
  expect(open.stdout).toContain("1 file needs you, because both sides changed the same lines: src/api/operation.ts.");
  expect(readFileSync(path.join(second, "src/api/operation.ts"), "utf8")).toMatch(
    /<<<<<<< yours\n.*mood.*\n=======\n.*its path.*\n>>>>>>> made now/,
  );
});

test("a fault in a person's own blueprint is named with its file and field", async () => {
  const { cwd, run } = await installation();
  const own = path.join(cwd, "mine");
  mkdirSync(own);
  writeFileSync(path.join(own, "blueprint.yaml"), "name: mine\nversion: one\n");
  const { status, stderr } = await run(
    "service",
    "new",
    "--entities",
    "notes.yaml",
    "--blueprint",
    "./mine",
    "--workspace",
    "made",
  );
  expect(status).toBe(2);
  expect(stderr).toContain(`${path.join(own, "blueprint.yaml")}: version is wrong`);
});
