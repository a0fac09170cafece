import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { bundleProgram } from "@/tests/agents/bundle";
import { livenessOf, ownIdentity, pidFromHere, statOf } from "./identity";

test("a process that cannot be read is not taken for dead", async () => {
  const program = await bundleProgram("lib/process/testing/short-of-files-main.ts");
  const limited = 'ulimit -n 40; exec "$@"';
  const start = statOf(process.pid)?.start ?? "";
  const said = execFileSync("bash", ["-c", limited, "bash", process.execPath, ...program, start], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual({
    before: "alive",
    code: "EMFILE",
    meanwhile: "EMFILE",
    ended: "EMFILE",
    gone: "dead",
  });
});

test("a process in a namespace of its own is found under the id that it has here, and not after its end", async () => {
  const program = await bundleProgram("lib/process/testing/identity-main.ts");
  const apart = ["--unshare-user", "--unshare-pid", "--die-with-parent", "--bind", "/", "/", "--proc", "/proc"];
  const child = spawn("bwrap", [...apart, "--", process.execPath, ...program], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = await once(child.stdout, "data");
  const told = JSON.parse(String(said));
  expect(livenessOf(told, ownIdentity())).toBe("unknown");
  const pid = pidFromHere(told, ownIdentity());
  expect(pid).not.toBe(told.pid);
  expect(statOf(pid ?? 0)?.start).toBe(told.processStart);
  child.stdin.end();
  await once(child, "close");
  expect(pidFromHere(told, ownIdentity())).toBeNull();
});
