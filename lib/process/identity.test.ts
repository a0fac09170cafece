import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { bundleProgram } from "@/agents/testing/bundle";
import { statOf } from "./identity";

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
