import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { passingFault, startFault } from "./passing-fault";

test("a program that is missing has to be installed; a shortage passes, and nobody is sent to install anything", async () => {
  const missing = spawn("no-such-program-of-ours", []);
  const [error] = (await once(missing, "error")) as [NodeJS.ErrnoException];
  expect(startFault("git", "git", error)).toMatch(/ENOENT\); install it with: apt-get install git$/);
  const shortage = Object.assign(new Error("spawn git EMFILE"), { code: "EMFILE" });
  expect(startFault("git", "git", shortage)).toBe("git could not be started. The server ran out of file descriptors.");
  expect(passingFault(new Error("git", { cause: shortage }))).toBe("The server ran out of file descriptors.");
});
