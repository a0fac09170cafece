import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ToolContext, ToolOutcome, WorldTool } from "@/agents/tools/contract/tool";
import type { SandboxPort } from "@/lib/sandbox/port";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { createSnapshotStore } from "@/lib/snapshots/store";
import type { Terminals } from "@/lib/terminals/port";
import { createTerminals } from "@/lib/terminals/terminals";
import { realTimers } from "@/lib/time/timers";
import { localWorkplaces } from "@/lib/workplace/local/local";
import type { WorkplaceFolder } from "@/lib/workplace/port";

/** What a call of a test changes of its context, and of the rules of its folder. */
export type CallOptions = Partial<ToolContext> &
  Partial<Pick<WorkplaceFolder, "hiddenPaths" | "isReadOnly" | "guardsGit">> & { sandbox?: SandboxPort };

/** A test workspace in its own folder, with everything that a tool needs. */
export interface TestWorld {
  /** The test's folder. Everything in it except `root` is outside the workspace. */
  base: string;
  root: string;
  sandbox: SandboxPort;
  terminals: Terminals;
  context: ToolContext;
  contextWith(options: CallOptions): ToolContext;
  /** Validates the input as the call check does, and runs the tool. */
  call(tool: WorldTool, input: unknown, options?: CallOptions): Promise<ToolOutcome>;
  write(relative: string, content: string | Buffer): void;
  remove(): void;
}

export function createTestWorld(): TestWorld {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-test-")));
  const root = path.join(base, "workspace");
  fs.mkdirSync(root);
  const sandbox = createSandbox({ tested: testedSandbox });
  const terminals = createTerminals(sandbox, { timers: realTimers, now: Date.now });
  const snapshots = createSnapshotStore({ dir: path.join(base, "snapshots") });
  const contextWith = ({
    hiddenPaths = [],
    isReadOnly,
    guardsGit,
    sandbox: own,
    ...more
  }: CallOptions): ToolContext => {
    const { treeId = "tree-1", taskId = "task-1", cacheDir = path.join(base, "cache") } = more;
    const rules = { hiddenPaths, ...(isReadOnly && { isReadOnly }), ...(guardsGit && { guardsGit }) };
    const folder = { tree: treeId, task: taskId, owner: null, root, cacheDir, ...rules };
    const workplace = localWorkplaces({ sandbox: own ?? sandbox, terminals, snapshots }).of(folder);
    return { treeId, taskId, workplace, cacheDir, signal: new AbortController().signal, timeoutMs: 15_000, ...more };
  };
  return {
    base,
    root,
    sandbox,
    terminals,
    context: contextWith({}),
    contextWith,
    call: (tool, input, options = {}) => tool.run(tool.input.parse(input), contextWith(options)),
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
