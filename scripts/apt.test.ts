import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { holding } from "./apt.mjs";
import { findProgram } from "./system.mjs";

const LOCK = `
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
`;

test.runIf(process.platform === "linux" && findProgram("python3"))(
  "a program that has locked a file as apt-get does is found while it runs",
  async () => {
    const file = join(mkdtempSync(join(tmpdir(), "banyan-apt-")), "lock");
    writeFileSync(file, "");
    expect(holding([file, `${file}.missing`])).toBeUndefined();
    const child = spawn("python3", ["-c", LOCK, file], { stdio: ["pipe", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout })) if (line === "held") break;
    expect(holding([`${file}.missing`, file])).toEqual({ pid: child.pid, file });
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end();
    child.stdout.destroy();
    await ended;
    expect(holding([file])).toBeUndefined();
  },
);
