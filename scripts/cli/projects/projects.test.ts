/** `project` on the command line: a folder where the command is called, a check that is confirmed, tasks by its name. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ProjectList } from "@/core/shapes/projects";
import type { Tree } from "@/core/shapes/shapes";
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

test("wrong use gets one sentence and status 2", async () => {
  const data = dataFolder();
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  const said = async (...args: string[]) => {
    const { status, stderr } = await banyan(["project", ...args, "--data", data]);
    return [status, stderr.trim()];
  };
  expect(await said("ad", "x")).toEqual([2, expect.stringMatching(/There is no `banyan project ad`: use list, add/)]);
  expect(await said("add")).toEqual([2, expect.stringContaining("Say which repository")]);
  expect(await said("show")).toEqual([2, expect.stringContaining("Say which project")]);
  expect(await said("add", "nothing-here")).toEqual([2, expect.stringContaining("neither a folder nor an address")]);
  expect(await said("show", "shop")).toEqual([2, expect.stringContaining('There is no project "shop"')]);
});
