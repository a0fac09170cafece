import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { cpuSeconds } from "./cpu-time";
import { HAS_PROC } from "./ps";

test("the processor time of a program that has ended counts, and so does that of what it ran", () => {
  const before = cpuSeconds() ?? 0;
  const busy = "const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);";
  const above = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`;
  execFileSync(process.execPath, ["-e", above]);
  const used = (cpuSeconds() ?? 0) - before;
  expect(cpuSeconds() !== undefined).toBe(HAS_PROC);
  expect(used >= 0.3).toBe(HAS_PROC);
});
