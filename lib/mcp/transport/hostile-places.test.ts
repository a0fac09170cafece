/** Z8: A server's entry, or an agent that changes the places it names, tries to show it Banyan's own files or others. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { StdioServer } from "@/lib/mcp/config/types";
import { temporaryFolder } from "@/lib/mcp/testing/places";
import { launchOf } from "./launch";
import { refusalOf, refusalOfProject } from "./shown-places";

const base = temporaryFolder();
afterAll(base.remove);

const at = (...names: string[]) => path.join(base.path, ...names);
const key = at("keys", "vault.key");
const data = at("banyan", "data");
const hiddenPaths = [key, data];

beforeEach(() => {
  for (const name of fs.readdirSync(base.path)) fs.rmSync(at(name), { recursive: true });
  for (const folder of [data, at("keys"), at("work", "papers"), at("home", "secrets")])
    fs.mkdirSync(folder, { recursive: true });
  for (const file of [key, at("keys", "other.json"), path.join(data, "banyan.db"), at("work", "config.json")])
    fs.writeFileSync(file, "{}");
});

function launch(given: Partial<StdioServer>) {
  const server: StdioServer = { kind: "stdio", name: "one", command: "node", args: [], env: {}, ...given };
  return launchOf(server, { packagesDir: at("packages"), hiddenPaths, secretOf: async () => undefined });
}

const OWN = "contains Banyan's own data, and no server may use it";

test("a file of Banyan's own is refused by its name, and so is a folder around one", async () => {
  const files = [key, path.join(data, "banyan.db"), at("keys", "..", "keys", "vault.key")];
  for (const file of files) {
    await expect(launch({ folders: { [file]: "read" } }), file).rejects.toThrow(
      `the file ${path.resolve(file)} ${OWN}`,
    );
    expect(refusalOf(file, "read", hiddenPaths)).toContain(OWN);
  }
  for (const folder of [at("keys"), at("banyan")]) {
    const ways: Partial<StdioServer>[] = [
      { folders: { [folder]: "read" } },
      { folders: { [folder]: "write" } },
      { args: [`--root=${folder}`] },
      { cwd: folder },
    ];
    for (const given of ways) await expect(launch(given)).rejects.toThrow(`the folder ${folder} ${OWN}`);
    expect(refusalOf(folder, "write", hiddenPaths)).toContain(OWN);
  }
  const { readOnly } = await launch({ folders: { [at("keys", "other.json")]: "read" } });
  expect(readOnly).toEqual([{ source: at("keys", "other.json"), at: at("keys", "other.json") }]);
});

test.each([
  ["Banyan's database", () => path.join(data, "banyan.db"), OWN],
  ["the key", () => key, OWN],
  ["a file of the system", () => "/etc/passwd", "belongs to the system"],
  ["another file", () => at("keys", "other.json"), "name <target> instead"],
])("a granted file that became a link to %s is refused at the next start", async (_, target, reason) => {
  const file = at("work", "config.json");
  const folders = { [file]: "read" } as const;
  expect((await launch({ folders })).readOnly).toEqual([{ source: file, at: file }]);
  fs.rmSync(file);
  fs.symlinkSync(target(), file);
  await expect(launch({ folders })).rejects.toThrow(reason.replace("<target>", target()));
});

test("a folder that became a link, or got into one, is refused however the entry names it", async () => {
  const papers = at("work", "papers");
  const program = path.join(papers, "server.mjs");
  fs.writeFileSync(program, "");
  fs.writeFileSync(at("home", "secrets", "server.mjs"), "");
  const ways: Partial<StdioServer>[] = [
    { folders: { [papers]: "read" } },
    { folders: { [papers]: "write" } },
    { folders: { [program]: "read" } },
    { args: [papers] },
    { args: [program] },
    { cwd: papers },
    { command: program },
  ];
  for (const given of ways) await launch(given);
  fs.rmSync(papers, { recursive: true });
  fs.symlinkSync(at("home", "secrets"), papers);
  for (const given of ways) await expect(launch(given)).rejects.toThrow(/name .*\/home\/secrets.* instead/);
  expect(refusalOf(papers, "read", hiddenPaths)).toContain(`name ${at("home", "secrets")} instead`);
  expect(refusalOfProject(program, hiddenPaths)).toContain(`name ${at("home", "secrets")} instead`);
  fs.rmSync(papers);
  fs.mkdirSync(papers);
  fs.writeFileSync(program, "");
  fs.renameSync(at("work"), at("moved"));
  fs.symlinkSync(at("moved"), at("work"));
  for (const given of ways) await expect(launch(given)).rejects.toThrow(/name .*\/moved\/papers.* instead/);
});

test("a program may be a link, as in a virtual environment, because only its folder is shown", async () => {
  const python = at("work", "papers", "python");
  fs.symlinkSync("/usr/bin/env", python);
  expect((await launch({ command: python })).readOnly).toEqual([
    { source: path.dirname(python), at: path.dirname(python) },
  ]);
  expect((await launch({ command: "/bin/sh" })).readOnly).toEqual([]);
});
