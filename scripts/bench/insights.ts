/** Measures looks at a repository of 100,000 files: the first, one without a change, and one after a change of 100 files. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import type { LookResult } from "@/lib/insights/request";
import type { runLook } from "@/lib/insights/run-look";
import { bundle } from "../build.mjs";
import { type Row, row } from "./rows/row";

const FILES = 100_000;
/** With `--quick`. */
const FEW_FILES = 10_000;
const CHANGED = 100;
const LOOK_MS = 600_000;

export async function insightRows({ quick }: { quick: boolean }): Promise<Row[]> {
  const count = quick ? FEW_FILES : FILES;
  const folder = mkdtempSync(join(tmpdir(), "banyan-insights-"));
  const built = await builtLook();
  try {
    const gitDir = join(folder, "repository");
    execFileSync("git", ["init", "--bare", "--quiet", gitDir]);
    await commit(gitDir, count, (at) => sourceOf(at, 0));
    const lookAt = (known: LookResult["insights"]) => timedLook(built.runLook, { folder, gitDir, known });
    const first = await lookAt([]);
    const again = await lookAt(first.insights);
    await commit(gitDir, CHANGED, (at) => sourceOf(at * Math.floor(count / CHANGED), 1));
    const changed = await lookAt(again.insights);
    const name = `insights, ${count.toLocaleString("en")} files`;
    return [
      row(
        name,
        "first look",
        first.ms / 1_000,
        "s",
        quick ? undefined : 60,
        `${first.parsed.toLocaleString("en")} parsed, in 6 languages`,
      ),
      row(name, "again, nothing changed", again.ms / 1_000, "s", quick ? undefined : 3, `${again.parsed} parsed`),
      row(name, `again, ${CHANGED} changed`, changed.ms / 1_000, "s", undefined, `${changed.parsed} parsed`),
      row(
        name,
        "kept",
        changed.insights.length,
        "insights",
        undefined,
        `${changed.leftOut.toLocaleString("en")} left out`,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    built.remove();
  }
}

interface BuiltLook {
  runLook: typeof runLook;
  remove(): void;
}

/** Builds the program as a release has it: from sources each look would build it again first. */
async function builtLook(): Promise<BuiltLook> {
  const root = process.cwd();
  mkdirSync(join(root, "dist"), { recursive: true });
  const programs = mkdtempSync(join(root, "dist", "bench-insights-"));
  const entries = { insights: "lib/insights/insights-main.ts", "run-look": "lib/insights/run-look.ts" };
  await bundle(root, entries, programs);
  const loaded: { runLook: typeof runLook } = await import(pathToFileURL(join(programs, "run-look.mjs")).href);
  return { runLook: loaded.runLook, remove: () => rmSync(programs, { recursive: true, force: true }) };
}

/** Looks as the server does, and counts the start of the process too. */
async function timedLook(
  run: typeof runLook,
  { folder, gitDir, known }: { folder: string; gitDir: string; known: LookResult["insights"] },
): Promise<LookResult> {
  const dir = join(folder, "temporary");
  mkdirSync(dir, { recursive: true });
  const head = execFileSync("git", ["--git-dir", gitDir, "rev-parse", "refs/heads/main"], { encoding: "utf8" }).trim();
  const startedAt = performance.now();
  const result = await run(
    {
      gitDir,
      commit: head,
      dir,
      kept: join(folder, "kept"),
      root: null,
      known: known.map(({ id, kind, path, symbol }) => ({ id, kind, path, symbol, isFound: true })),
      compared: null,
      nowMs: Date.now(),
    },
    { program: process.cwd(), signal: AbortSignal.timeout(LOOK_MS) },
  );
  return { ...result, ms: performance.now() - startedAt };
}

let commits = 0;

async function commit(
  gitDir: string,
  count: number,
  source: (at: number) => [path: string, text: string],
): Promise<void> {
  const git = spawn("git", ["--git-dir", gitDir, "fast-import", "--quiet"], { stdio: ["pipe", "inherit", "inherit"] });
  const message = `commit ${++commits}`;
  const from = commits > 1 ? "from refs/heads/main^0\n" : "";
  const ended = new Promise((resolve) => git.once("close", resolve));
  git.stdin.write(
    `commit refs/heads/main\ncommitter Bench <bench@example.org> ${1_700_000_000 + commits} +0000\ndata ${message.length}\n${message}\n${from}`,
  );
  for (let at = 0; at < count; at++) {
    const [path, text] = source(at);
    const isFull = !git.stdin.write(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    if (isFull) await new Promise((resolve) => git.stdin.once("drain", resolve));
  }
  git.stdin.end();
  await finished(git.stdin);
  if ((await ended) !== 0) throw new Error("The repository for the bench could not be written.");
}

/** Returns a file of about a kilobyte; `version` changes its content. */
function sourceOf(at: number, version: number): [path: string, text: string] {
  const [ending, body] = BODIES[at % BODIES.length] ?? BODIES[0];
  const name = `item${at}`;
  const path = `packages/p${at % 200}/src/m${Math.floor(at / 200) % 50}/${name}.${ending}`;
  return [path, body(name, at, version)];
}

type Body = (name: string, at: number, version: number) => string;

const script =
  (typed: boolean): Body =>
  (name, at, version) => {
    const of = typed ? ": number" : "";
    return `import { item${at + 6} } from "./item${at + 6}";

${at % 10 === 0 ? "//" : "/**"} Version ${version} of ${name}. ${at % 10 === 0 ? "" : "*/"}
export function ${name}(first${of}, second${of}) {
  if (first > ${at} && second < ${version}) return item${at + 6}(first, second);
  const list${at} = [];
  for (let step = 0; step < first; step++) {
    if (step % ${(at % 7) + 2} === 0) list${at}.push(step * ${at});
    else list${at}.push(second - step);
  }
  return list${at}.reduce((sum, one) => sum + one, ${at});
}

export class Keeper${at} {
  constructor(limit${of}) {
    this.limit = limit;
  }
  within${at}(value${of}) {
    return value < this.limit ? value : this.limit + ${at};
  }
}
`;
  };

const BODIES: [[string, Body], ...[string, Body][]] = [
  ["ts", script(true)],
  ["js", script(false)],
  [
    "py",
    (name, at, version) => `"""Version ${version} of ${name}."""
from .item${at + 6} import item${at + 6}


def ${name}(first: int, second: int) -> int:
    """Adds up."""
    if first > ${at} and second < ${version}:
        return item${at + 6}(first, second)
    found${at} = []
    for step in range(first):
        if step % ${(at % 7) + 2} == 0:
            found${at}.append(step * ${at})
        else:
            found${at}.append(second - step)
    return sum(found${at}) + ${at}


class Keeper${at}:
    """Keeps."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def within${at}(self, value: int) -> int:
        return value if value < self.limit else self.limit + ${at}
`,
  ],
  [
    "go",
    (name, at, version) => `package m

import "fmt"

// Item${at} adds up, version ${version} of ${name}.
func Item${at}(first int, second int) int {
	if first > ${at} && second < ${version} {
		fmt.Println(first)
	}
	sum${at} := ${at}
	for step := 0; step < first; step++ {
		if step%${(at % 7) + 2} == 0 {
			sum${at} += step * ${at}
		} else {
			sum${at} += second - step
		}
	}
	return sum${at}
}

// Keeper${at} keeps.
type Keeper${at} struct{ limit int }

func (k Keeper${at}) Within${at}(value int) int { return value + k.limit }
`,
  ],
  [
    "rs",
    (name, at, version) => `use crate::m${at % 50}::item${at + 6};

/// Adds up, version ${version} of ${name}.
pub fn ${name}(first: i64, second: i64) -> i64 {
    if first > ${at} && second < ${version} {
        return item${at + 6}(first, second);
    }
    let mut sum${at} = ${at};
    for step in 0..first {
        if step % ${(at % 7) + 2} == 0 {
            sum${at} += step * ${at};
        } else {
            sum${at} += second - step;
        }
    }
    sum${at}
}

pub struct Keeper${at} {
    limit: i64,
}
`,
  ],
  [
    "java",
    (name, at, version) => `package m${at % 50};

import java.util.List;

/** Version ${version} of ${name}. */
public class Item${at} {
  private final int limit = ${at};

  /** Adds up. */
  public int add${at}(int first, int second) {
    if (first > limit && second < ${version}) {
      return first;
    }
    int sum = ${at};
    for (int step = 0; step < first; step++) {
      if (step % ${(at % 7) + 2} == 0) {
        sum += step * ${at};
      } else {
        sum += second - step;
      }
    }
    return sum;
  }
}
`,
  ],
];
