import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { allByPs, commandsByPs, processByPs } from "./ps";

test("where /proc is missing, ps tells a process from a later one with its number, and one that has ended", async () => {
  const own = processByPs(process.pid);
  expect(own).toEqual({ pid: process.pid, parent: process.ppid, start: expect.stringMatching(/ \d\d:\d\d:\d\d /) });
  expect(processByPs(process.pid)?.start).toBe(own?.start);
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(child, "spawn");
  expect(allByPs()).toContainEqual(expect.objectContaining({ pid: child.pid, parent: process.pid }));
  expect(commandsByPs().get(child.pid ?? 0)).toBe(`${process.execPath} -e process.stdin.resume()`);
  child.stdin.end();
  await once(child, "close");
  expect(processByPs(child.pid ?? 0)).toBeNull();
});
