/** `project repository` on the command line: a second repository is added, confirmed, put in order and removed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Project } from "@/core/shapes/projects";
import { banyan, buildPrograms, dataFolder, json } from "@/scripts/testing/command-line";

buildPrograms();

test("a project gets a second repository, which is confirmed, put in order and removed", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  for (const name of ["app", "lib"]) {
    mkdirSync(path.join(cwd, name));
    execFileSync("git", ["init", "--quiet", path.join(cwd, name)]);
    writeFileSync(path.join(cwd, name, "package.json"), `{"scripts":{"test":"node --test ${name}"}}`);
  }
  const project = (...args: string[]) => banyan(["project", ...args, "--data", data], { cwd });
  const repository = (...args: string[]) => project("repository", ...args);
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  expect((await project("add", "app", "--check", "npm test")).status).toBe(0);
  expect((await project("show", "app")).stdout).not.toContain("repositories");

  const added = `Added ${path.join(cwd, "lib")} to app as the folder lib. A change of several is merged in this order: lib, app.`;
  const confirm =
    "Its check is not confirmed: package.json says npm test. Confirm it with `banyan project repository change app lib";
  expect((await repository("add", "app", "lib")).stdout).toBe(`${added} ${confirm} --check "npm test"\`.\n`);
  expect((await project("show", "app")).stdout).toContain(
    [
      "Its trees work in copies of these repositories, side by side. A change of several is merged in this order:",
      `  lib  ${path.join(cwd, "lib")}`,
      "    The check is not confirmed. Choose it with npx banyan project repository change app lib --check COMMAND. Its files say:",
      "      npm test  (package.json)",
      `  app  ${path.join(cwd, "app")}; the project's own; check as above; after lib\n`,
    ].join("\n"),
  );

  expect((await repository("change", "app", "lib", "--check", "npm test", "--branch", "main")).stdout).toBe(
    "Saved lib of app. Its check is now npm test.\n",
  );
  expect(await beside()).toMatchObject({ branch: "main", check: { command: "npm test" }, needs: [] });
  expect((await repository("change", "app", "app", "--needs", "")).status).toBe(0);
  const order = "A change of several is merged in this order: app, lib.";
  expect((await repository("change", "app", "lib", "--needs", "app", "--check", "", "--branch", "")).stdout).toBe(
    `Saved lib of app. ${order}\n`,
  );
  expect(await beside()).toMatchObject({ branch: null, check: null, needs: ["app"] });
  expect((await repository("remove", "app", "lib")).stdout).toBe(
    "Removed lib from app. The repository and its trees stay.\n",
  );
  const given = ["--folder", "the-lib", "--setup", "npm ci", "--needs", "app", "--needed-by", ""];
  expect((await repository("add", "app", "lib", ...given)).stdout).toContain("in this order: app, the-lib.");

  async function beside() {
    const { repositories } = (await json(["project", "show", "app", "--data", data])) as Project;
    return repositories.find(({ is_own }) => !is_own);
  }
});

test("wrong use gets one sentence and status 2", async () => {
  const data = dataFolder();
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  const said = async (...args: string[]) => {
    const { status, stderr } = await banyan(["project", ...args, "--data", data]);
    return [status, stderr.trim()];
  };
  expect(await said("repository")).toEqual([2, expect.stringContaining("Say what to do with a repository: use add")]);
  expect(await said("repository", "list", "app")).toEqual([
    2,
    expect.stringContaining("There is no `banyan project repository list`"),
  ]);
  expect(await said("repository", "change", "app")).toEqual([
    2,
    expect.stringContaining("npx banyan project repository change PROJECT FOLDER"),
  ]);
  expect(await said("repository", "remove", "app", "lib", "--needs", "x")).toEqual([
    2,
    "--needs does not belong to `banyan project repository remove`: leave it out.",
  ]);
  expect(await said("show", "app", "lib")).toEqual([2, expect.stringContaining('takes no "lib"')]);
});
