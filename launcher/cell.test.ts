import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { endCell, inCell } from "./cell.mjs";

test("what is ended while its cell is still being made leaves nothing behind that holds its pipes", async () => {
  const plan = { home: "/opt", readOnly: [], writable: [], cwd: "/" };
  const [file = "", ...args] = inCell(plan, ["sleep", "1000"]);
  // Root has no cell.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  for (let count = 0; count < 100; count++) {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...account });
    const closed = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("close", (_status, signal) => resolve(signal)),
    );
    // Each time at another point of its start.
    await new Promise((resolve) => setTimeout(resolve, count / 10));
    endCell(child);
    expect(await closed).toBe("SIGKILL");
  }
});
