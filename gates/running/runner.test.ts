import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { treeOf } from "@/gates/model/tree";
import { openBlobs } from "@/gates/source/blobs";
import type { SandboxPort } from "@/lib/sandbox/port";
import { removeTree } from "@/lib/workspace/remove-tree";
import { createRunner } from "./runner";

test("a command's last output counts, even when its pipes are read after its processes have ended", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "banyan-runner-"));
  onTestFinished(() => removeTree(dir));
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.resume();
  const sandbox = {
    status: async () => ({ available: true }),
    start: async () => ({ stdin, stdout, stderr, ended: Promise.resolve({ exitStatus: 0 }), kill: async () => {} }),
  } as unknown as SandboxPort;
  const runner = createRunner({
    sandbox,
    blobs: openBlobs(path.join(dir, "blobs")),
    root: dir,
    dir,
    settings: { packages: [], packages_as: "links", limits: { memory_mb: 1, processes: 1, tmp_mb: 1 } },
    onRun: () => {},
  });
  const running = runner.run({ name: "head", tree: treeOf([]), command: "true", timeoutMs: 60_000 });
  stdout.write("ok 1 - one\n");
  // As on a busy machine: this process is told of the end before it reads the last part.
  setImmediate(() => setImmediate(() => stdout.end("1..1\n")));
  setImmediate(() => stderr.end());
  expect((await running).stdout).toBe("ok 1 - one\n1..1\n");
});
