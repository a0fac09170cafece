/**
 * A person's own blueprint, as the dialog for a new service reads it: what it allows, what is wrong in it, and who may read
 * it.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Actor } from "@/agents/application";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const admin = ownerCalled("mara");
const reviewer: Actor = { ...admin, role: "reviewer" };
const OWN = `name: our-api
version: 1
summary: What we make.
extends: rest-api
variables:
  region: { type: choice, summary: Where it runs., default: eu, choices: [eu, us] }
parts: [docker, audit]
`;
const PART = `name: audit
version: 1
summary: Keeps who did what.
variables:
  days: { type: integer, summary: How long., default: 90, least: 1, most: 365 }
`;

function folderWith(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-own-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

test("an own blueprint tells its parts and variables, also those that it has from others", async () => {
  const folder = folderWith({ "ours/blueprint.yaml": OWN, "parts/audit/part.yaml": PART });
  const { runtime } = await start({ "*": endTask("Done.") }, { work: false });
  const own = await runtime.application.queries.getBlueprint(` ${join(folder, "ours")} `, admin);
  expect(own).toMatchObject({ name: "our-api", from: "document", summary: "What we make." });
  expect(own.parts.map(({ name }) => name)).toEqual(["docker", "audit"]);
  expect(own.parts[1]?.variables).toEqual([
    { name: "days", type: "integer", summary: "How long.", default: 90, least: 1, most: 365 },
  ]);
  expect(own.variables.map(({ name }) => name)).toEqual(["port", "page_size", "region"]);
});

test("what is wrong in its files is said with file and field, and a path that is not whole is refused", async () => {
  const folder = folderWith({ "ours/blueprint.yaml": OWN.replace("version: 1", "version: none") });
  const { queries } = (await start({ "*": endTask("Done.") }, { work: false })).runtime.application;
  await expect(queries.getBlueprint(join(folder, "ours"), admin)).rejects.toThrow(/blueprint\.yaml: version is wrong/);
  await expect(queries.getBlueprint(join(folder, "none"), admin)).rejects.toThrow(/cannot be read: a blueprint has/);
  await expect(queries.getBlueprint("ours", admin)).rejects.toThrow(/by its whole path/);
});

test("who is no admin reads only folders that an admin opened, also through links, and an operator none", async () => {
  const open = folderWith({ "ours/blueprint.yaml": OWN, "parts/audit/part.yaml": PART });
  const closed = folderWith({ "theirs/blueprint.yaml": OWN, "parts/audit/part.yaml": PART });
  symlinkSync(join(closed, "theirs"), join(open, "link"));
  const { runtime } = await start({ "*": endTask("Done.") }, { work: false, env: { BANYAN_WORKSPACE_ROOTS: open } });
  const { queries } = guarded(runtime.application, reviewer);
  expect(await queries.getBlueprint(join(open, "ours"), reviewer)).toMatchObject({ name: "our-api" });
  for (const folder of [join(closed, "theirs"), join(open, "link"), join(open, "..", "elsewhere")])
    await expect(queries.getBlueprint(folder, reviewer)).rejects.toMatchObject({ kind: "forbidden" });
  const operator: Actor = { ...admin, role: "operator" };
  await expect(
    guarded(runtime.application, operator).queries.getBlueprint(join(open, "ours"), operator),
  ).rejects.toMatchObject({ kind: "forbidden" });
});

test("whoever makes a service does not learn which folders are on the server", async () => {
  const open = folderWith({});
  const closed = folderWith({ "theirs/notes.txt": "Hers." });
  symlinkSync(closed, join(open, "link"));
  const { runtime } = await start({ "*": endTask("Done.") }, { work: false, env: { BANYAN_WORKSPACE_ROOTS: open } });
  const { commands } = guarded(runtime.application, reviewer);
  for (const around of [closed, join(open, "link")])
    for (const inside of ["theirs", "nowhere"]) {
      const workspace = join(around, inside, "shop");
      const refused = { kind: "forbidden", message: expect.stringContaining("only in folders that an admin opened") };
      await expect(commands.newService({ workspace, openapi: "openapi: 3.1.0" })).rejects.toMatchObject(refused);
      await expect(commands.specifyService({ workspace, requirements: "A shop." })).rejects.toMatchObject(refused);
    }
  const workspace = join(open, "nowhere", "shop");
  await expect(commands.newService({ workspace, openapi: "openapi: 3.1.0" })).rejects.toThrow("There is no folder");
});
