import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { banyan, buildPrograms, withTree } from "@/scripts/testing/command-line";

buildPrograms();

test("`self off` holds until `self on`, in every later process; the file holds while it exists", async () => {
  const { data } = await withTree();
  const self = (...args: string[]) => banyan(["self", ...args, "--data", data]);
  expect(await self()).toMatchObject({ status: 0, stdout: expect.stringContaining("Agents may propose changes") });
  expect(await self("off", "--reason", "It is odd")).toMatchObject({ status: 0 });
  const off = await self();
  expect(off).toMatchObject({ status: 0, stdout: expect.stringMatching(/off by .*: It is odd\..*banyan self on/) });
  expect(JSON.parse((await self("--json")).stdout)).toMatchObject({ off: { reason: "It is odd" } });
  expect(await self("on")).toMatchObject({ status: 0 });
  const file = path.join(data, "self", "halt");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  expect((await self()).stdout).toContain(`The file ${file} is there. Remove it`);
  expect(await self("on")).toMatchObject({ status: 2, stderr: expect.stringContaining("Remove it") });
  expect(existsSync(file)).toBe(true);
  rmSync(file);
  expect((await self()).stdout).toContain("Agents may propose changes");
  expect(await self("away")).toMatchObject({ status: 2, stderr: expect.stringContaining('Unknown verb "away"') });
});
