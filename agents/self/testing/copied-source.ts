/** A release with a small source, a person's checkout of it, and an agent's clone, all in one temporary folder. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GateRuns } from "@/db/records/gate-runs";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { type CheckRun, createSelfChanges, type SelfChanges, type SelfFolder } from "../changes";
import { copyOfSelf } from "../copy";
import { createGateLimit } from "../gate-limit";
import { openSelfRepository } from "../repository";
import { createSelfSwitch } from "../switch";

/** The gate \`rules\` fails when a file holds the word. */
const GATES = `commands:\n  rules: "! grep -rn FORBIDDEN src"\n`;
const FILES: Record<string, string> = {
  ".gitignore": "node_modules/\ndist/\n.env*\n!.env.example\n",
  ".env.example": "PORT=3000\n",
  ".banyan/gates.yaml": GATES,
  "src/one.ts": "export const one = 1;\nexport const two = 2;\nexport const three = 3;\nexport const four = 4;\n",
  "src/other.ts": "export const other = 0;\n",
  "README.md": "# A small program\n",
};

export interface CopiedSource {
  base: string;
  dataDir: string;
  checkout: string;
  /** The agent's folder. */
  work: string;
  git(folder: string, ...args: string[]): string;
  put(folder: string, file: string, text: string): void;
  /** Makes the release of the checkout as it is, and returns what serves it: another release is another process. */
  release(launcher?: { isFirstEnough?: boolean }): Released;
  /** How many full gate runs have begun. */
  gateRuns(): number;
  end(): void;
}

export interface Released {
  program: string;
  repository: ReturnType<typeof openSelfRepository>;
  changes: ReturnType<typeof createSelfChanges>;
  snapshots: ReturnType<typeof createSnapshotStore>;
  /** Clones the release's source into the agent's folder, and returns the folder as a tool sees it. */
  clone(): Promise<SelfFolder>;
  /** Checks the folder with all gates, as the tool does. */
  check(folder: SelfFolder, more?: Partial<CheckRun>): ReturnType<SelfChanges["check"]>;
}

function countedRuns(): GateRuns & { count(): number } {
  let begunRuns = 0;
  let lostRuns = 0;
  return {
    count: () => begunRuns,
    begunOn: () => begunRuns,
    begin: async (most) => ++begunRuns <= most,
    giveBack: async (most) => {
      if (++lostRuns > most) return false;
      begunRuns -= 1;
      return true;
    },
  };
}

export function copiedSource(): CopiedSource {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "banyan-self-")));
  const [dataDir, checkout, work] = [join(base, "data"), join(base, "checkout"), join(base, "work")];
  for (const folder of [dataDir, checkout]) mkdirSync(folder);
  const git = (folder: string, ...args: string[]) =>
    execFileSync("git", ["-C", folder, ...IDENTITY, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  const put = (folder: string, file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const [file, text] of Object.entries(FILES)) put(checkout, file, text);
  git(checkout, "init", "-q", "-b", "main");
  git(checkout, "add", "-A");
  git(checkout, "commit", "-q", "-m", "First");
  const sandbox = createSandbox({ tested: testedSandbox });
  const begun = countedRuns();
  const limit = createGateLimit(begun, Date.now);
  const { signal } = new AbortController();
  let releases = 0;
  return {
    base,
    dataDir,
    checkout,
    work,
    git,
    put,
    release({ isFirstEnough = false } = {}) {
      const program = join(base, `release-${++releases}`);
      cpSync(checkout, program, {
        recursive: true,
        filter: (file) => ![".git", ".env.example"].some((name) => file === join(checkout, name)),
      });
      const commit = git(checkout, "rev-parse", "HEAD");
      writeFileSync(join(program, "manifest.json"), JSON.stringify({ commit }));
      const repository = openSelfRepository({ dataDir, program, checkout, isWorker: true });
      const snapshots = createSnapshotStore({ dir: join(dataDir, "snapshots") });
      const power = createSelfSwitch(dataDir, { off: () => null });
      // The gates of this checkout judge: the small program has none.
      const changes = createSelfChanges({
        dataDir,
        program: process.cwd(),
        repository,
        snapshots,
        power,
        limit,
        isFirstEnough: () => isFirstEnough,
      });
      const clone = async (): Promise<SelfFolder> => {
        const from = await repository.permanent();
        rmSync(work, { recursive: true, force: true });
        git(base, "clone", "-q", "--branch", "permanent", repository.gitDir, work);
        // Git in the sandbox refuses the repository of another user.
        if (process.getuid?.() === 0) execFileSync("chown", ["-R", "64999:64999", work]);
        return { tree: "tree", task: "task", path: work, hiddenPaths: [], copiedFrom: copyOfSelf(from) };
      };
      const run = { quick: false, signal, onLine: () => {}, sandbox, cacheDir: join(base, "cache") };
      const check: Released["check"] = (folder, more) => changes.check(folder, { ...run, ...more });
      return { program, repository, changes, snapshots, clone, check };
    },
    gateRuns: begun.count,
    end() {
      sandbox.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

const IDENTITY = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "safe.directory=*"];
