/**
 * A server's half as a process of its own, which tests kill, freeze and cut off. Each line of its input is a question;
 * each line of its output is what it heard, as JSON.
 */
import { createInterface } from "node:readline";
import { openCell } from "../../nats/open";
import type { CellLink, LinkOptions } from "../../nats/port";
import type { NetworkAccess } from "../../sandbox/port";
import { createSnapshotStore } from "../../snapshots/store";
import { remoteWorkplace } from "../../workplace/remote";
import { placeCaller, RunnerError } from "../caller";

/** Its only argument, as JSON. */
export interface CallerSettings {
  options: LinkOptions;
  /** Where it keeps snapshots. */
  store: string;
}

export type Question = {
  /** Names the answer. */
  ask: string;
  runner: string;
  tree: string;
  place: number;
  /** The start of the runner that it is for; absent: the one that is heard, as soon as one is. */
  bootId?: string;
  level?: number;
} & (
  | { what: "make" | "isThere" }
  | { what: "run"; command: string; timeoutMs?: number; network?: NetworkAccess }
  | { what: "write"; path: string; content: string }
  | { what: "read"; path: string }
  | { what: "take"; label: string; previous: string | null }
  | { what: "checkOut"; commit: string }
);

export type Heard =
  | { event: "up" }
  | { event: "lost" | "back" }
  | { event: "present"; runner: string; bootId: string; free: number }
  | { event: "gone"; runner: string }
  | { event: "said"; ask: string; text: string }
  | { event: "answer"; ask: string; value: unknown }
  | { event: "failed"; ask: string; message: string; name: string; mayHaveRun: boolean | null };

const LIMITS = { timeoutMs: 3_600_000, maxOutputBytes: 100_000 };
const { signal } = new AbortController();

function tell(heard: Heard): void {
  process.stdout.write(`${JSON.stringify(heard)}\n`);
}

function present({ runner, bootId, free }: { runner: string; bootId: string; free: number }): Heard {
  return { event: "present", runner, bootId, free };
}

async function main(): Promise<void> {
  const settings = JSON.parse(process.argv[2] ?? "") as CallerSettings;
  const link = await openCell(settings.options);
  const store = createSnapshotStore({ dir: settings.store });
  link.onLost(() => tell({ event: "lost" }));
  link.onBack(() => tell({ event: "back" }));
  link.presence.onChange((change) => {
    if (change.state === "gone") tell({ event: "gone", runner: change.runner });
    else tell(present(change.record));
  });
  for (const record of link.presence.list()) tell(present(record));
  tell({ event: "up" });
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Question;
    answer(link, store, question).then(
      (value) => tell({ event: "answer", ask: question.ask, value: value ?? null }),
      (error: Error) => {
        const mayHaveRun = error instanceof RunnerError ? error.mayHaveRun : null;
        tell({ event: "failed", ask: question.ask, message: error.message, name: error.name, mayHaveRun });
      },
    );
  }
}

async function answer(
  link: CellLink,
  store: ReturnType<typeof createSnapshotStore>,
  question: Question,
): Promise<unknown> {
  const { ask, runner, tree, place, level } = question;
  const bootId = question.bootId ?? (await heardStart(link, runner));
  let asked = 0;
  const ids = () => {
    asked += 1;
    return `${ask}-${asked}`;
  };
  const called: CellLink =
    level === undefined ? link : { ...link, call: (one, heard) => link.call({ ...one, level }, heard) };
  const caller = await placeCaller({ link: called, runner, bootId, place, ids });
  const named = { tree, task: "task-1", owner: null };
  const folder = { ...named, root: `/server/workspaces/${tree}`, cacheDir: `/server/cache/${tree}`, hiddenPaths: [] };
  const { files, commands, snapshots } = remoteWorkplace(folder, { caller, store });
  switch (question.what) {
    case "make": {
      const requested = { ...named, hidden: [], isReadOnly: false, guardsGit: false };
      return caller.ask({ folder: requested, part: "place", operation: "makeFolder", args: [] });
    }
    case "isThere":
      return files.isThere();
    case "run": {
      const onOutput = (text: string) => tell({ event: "said", ask, text });
      return commands.run({ ...LIMITS, ...runOf(question) }, { signal, onOutput });
    }
    case "write":
      return files.write(question.path, question.content);
    case "read":
      return files.readText(question.path);
    case "take":
      return snapshots.take({ label: question.label, previous: question.previous });
    case "checkOut":
      return snapshots.checkOut(question.commit);
  }
}

function runOf({ command, timeoutMs, network }: Extract<Question, { what: "run" }>) {
  return { command, ...(timeoutMs && { timeoutMs }), ...(network && { network }) };
}

function heardStart({ presence }: CellLink, runner: string): Promise<string> {
  const known = presence.list().find((record) => record.runner === runner);
  if (known) return Promise.resolve(known.bootId);
  return new Promise((resolve) => {
    const forget = presence.onChange((change) => {
      if (change.state === "gone" || change.record.runner !== runner) return;
      forget();
      resolve(change.record.bootId);
    });
  });
}

void main();
