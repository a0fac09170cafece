import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ToolContext, ToolOutcome, WorldTool } from "@/agents/tools/contract/tool";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";

/** A test workspace in its own folder, with everything that a tool needs. */
export interface TestWorld {
  /** The test's folder. Everything in it except `root` is outside the workspace. */
  base: string;
  root: string;
  context: ToolContext;
  /** Validates the input as the call check does, and runs the tool. */
  call(tool: WorldTool, input: unknown, more?: Partial<ToolContext>): Promise<ToolOutcome>;
  write(relative: string, content: string | Buffer): void;
  remove(): void;
}

export function createTestWorld(): TestWorld {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-test-")));
  const root = path.join(base, "workspace");
  fs.mkdirSync(root);
  const sandbox = createSandbox({ tested: testedSandbox });
  const context: ToolContext = {
    treeId: "tree-1",
    taskId: "task-1",
    workspace: root,
    cacheDir: path.join(base, "cache"),
    hiddenPaths: [],
    signal: new AbortController().signal,
    timeoutMs: 15_000,
    sandbox,
  };
  return {
    base,
    root,
    context,
    call: (tool, input, more = {}) => tool.run(tool.input.parse(input), { ...context, ...more }),
    write(relative, content) {
      const file = path.join(root, relative);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    },
    remove() {
      sandbox.close();
      fs.rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Runs git as a person would, without this machine's settings. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      // The repositories belong to the tools' user, and git refuses another user's repository by default.
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
    },
  }).trim();
}
