/** `project` on the command line: a folder where the command is called, a check that is confirmed, tasks by its name. */
import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { ProjectList } from "@/core/shapes/projects";
import type { Tree } from "@/core/shapes/shapes";
import { openStore } from "@/db/store";
import { banyan, buildPrograms, dataFolder, json } from "@/scripts/testing/command-line";

buildPrograms();

test("a folder becomes a project, its check is confirmed, and a task runs in it by its name", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  mkdirSync(path.join(cwd, "shop"));
  writeFileSync(path.join(cwd, "shop", "package.json"), '{"scripts":{"test":"node --test"}}');
  const project = (...args: string[]) => banyan(["project", ...args, "--data", data], { cwd });
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  expect((await project()).stdout).toBe("There are no projects yet: add one with npx banyan project add FOLDER.\n");
  expect(await project("add", "shop")).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(
      /^Added the project shop\. Its check is not confirmed: package\.json says npm test\./,
    ),
  });
  expect((await project("show", "shop")).stdout).toContain("Its files say:\n  npm test  (package.json)\n");
  expect((await project("change", "shop", "--check", "npm test")).stdout).toBe(
    "Saved the project shop. Its check is now npm test.\n",
  );
  expect((await project("change", "shop", "--check", "")).stdout).toBe("Saved the project shop.\n");
  expect((await project("show", "shop")).stdout).toContain("The check is not confirmed.");
  // By its name, or as a folder.
  for (const called of ["shop", "./shop"])
    expect((await project("clean", called)).stderr).toContain(
      `Banyan knows of no content from outside in ${path.join(realpathSync(cwd), "shop")}.`,
    );
  const run = [
    "run",
    "--runbook",
    "repository-survey",
    "Survey",
    "--project",
    "shop",
    "--detach",
    "--json",
    "--data",
    data,
  ];
  const tree = JSON.parse((await banyan(run)).stdout) as Tree;
  const listed = (await json(["trees", "--project", "shop", "--data", data])) as { items: Tree[] };
  expect(listed.items.map(({ id }) => id)).toEqual([tree.id]);
  const { items } = (await json(["project", "--data", data])) as ProjectList;
  expect(items).toMatchObject([{ name: "shop", address: path.join(cwd, "shop"), figures: { trees: 1 } }]);
  expect((await project("remove", "shop")).status).toBe(0);
});

test("add --forge also links the project, and one that cannot be linked stays and says why", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  const remote = "https://github.com/acme/shop";
  for (const name of ["shop", "other"]) {
    execFileSync("git", ["init", "-q", path.join(cwd, name)]);
    execFileSync("git", ["-C", path.join(cwd, name), "remote", "add", "origin", `${remote}-${name}.git`]);
  }
  const add = (name: string, ...flags: string[]) =>
    banyan(["project", "add", name, ...flags, "--data", data], { cwd, env: { XDG_CONFIG_HOME: cwd } });
  const shop = await add("shop", "--forge", `${remote}-shop`);
  expect(shop).toMatchObject({ status: 2, stdout: "" });
  expect(shop.stderr).toMatch(
    /^Added the project shop, which is not linked with its forge\. There is no token for github/,
  );
  const other = await add("other", "--forge", `${remote}-shop`);
  expect(other.stderr).toContain("is not the address of its repository or of its remote origin.");
  const { items } = (await json(["project", "--data", data])) as ProjectList;
  expect(items.map(({ name }) => name).sort()).toEqual(["other", "shop"]);
});

test("a look at a forge says that it waits for a server", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  execFileSync("git", ["init", "-q", path.join(cwd, "shop")]);
  const project = (...args: string[]) => banyan(["project", ...args, "--data", data], { cwd });
  expect((await project("add", "shop")).status).toBe(0);
  const store = openStore(path.join(data, "banyan.db"), { migrations: "drizzle", migrate: false });
  await store.forges.setLink("shop", () => ({
    kind: "github",
    host: "forge.test",
    apiUrl: "https://forge.test",
    path: "acme/shop",
    cloneUrl: "https://forge.test/acme/shop",
    label: "banyan",
    rules: "",
    mostOpen: 3,
    maker: ownerCalled("tester"),
    login: null,
    jira: null,
    createdBy: "tester",
  }));
  store.close();
  const waits = "No server runs: it does so when one starts, with `npx banyan`.\n";
  expect((await project("look", "shop")).stdout).toBe(`Banyan looks at forge.test/acme/shop now. ${waits}`);
  expect((await project("pause", "shop")).stdout).not.toContain("No server");
  expect((await project("resume", "shop")).stdout).toBe(`Resumed: Banyan looks at forge.test/acme/shop now. ${waits}`);
});

test("wrong use gets one sentence and status 2", async () => {
  const data = dataFolder();
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  const said = async (...args: string[]) => {
    const { status, stderr } = await banyan(["project", ...args, "--data", data]);
    return [status, stderr.trim()];
  };
  expect(await said("ad", "x")).toEqual([2, expect.stringMatching(/There is no `banyan project ad`: use list, add/)]);
  expect(await said("add")).toEqual([2, expect.stringContaining("Say which repository")]);
  expect(await said("add", "x", "--label", "banyan")).toEqual([2, expect.stringContaining("add --forge URL")]);
  expect(await said("show")).toEqual([2, expect.stringContaining("Say which project")]);
  expect(await said("add", "nothing-here")).toEqual([2, expect.stringContaining("neither a folder nor an address")]);
  expect(await said("show", "shop")).toEqual([2, expect.stringContaining('There is no project "shop"')]);
});
