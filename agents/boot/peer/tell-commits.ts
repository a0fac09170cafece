/** Tells the other side of commits: at once, or merged into fewer lines while it is busy. */
import type { Commit } from "@/db/records/records";
import { type CommitsLine, toldCommit } from "./lines";

/** The most lines a second, so that a thousand tasks do not wake the other side for each commit. */
const PAUSE_MS = 8;
/** With more changed trees than this, the other side looks itself, which is cheaper. */
const MOST_TREES = 1_000;
const MOST_TASKS = 10_000;

export interface CommitTeller {
  tell(commits: readonly Commit[]): void;
  /** Sends what waits. */
  flush(): void;
  stop(): void;
}

export function createCommitTeller(link: { isFree(): boolean; send(line: CommitsLine): void }): CommitTeller {
  const waiting = new Map<string, Commit>();
  let tasks = 0;
  let isMissed = false;
  let pause: NodeJS.Timeout | null = null;

  function flush(): void {
    if (pause !== null || !link.isFree() || (waiting.size === 0 && !isMissed)) return;
    link.send(isMissed ? { missed: true } : { commits: [...waiting.values()].map(toldCommit) });
    forget(false);
    pause = setTimeout(() => {
      pause = null;
      flush();
    }, PAUSE_MS);
    pause.unref();
  }
  function forget(missed: boolean): void {
    waiting.clear();
    tasks = 0;
    isMissed = missed;
  }
  return {
    tell(commits) {
      for (const commit of isMissed ? [] : commits) {
        waiting.set(commit.treeUid, merged(waiting.get(commit.treeUid), commit));
        tasks += commit.tasks.size;
      }
      if (waiting.size > MOST_TREES || tasks > MOST_TASKS) forget(true);
      flush();
    },
    flush,
    stop: () => {
      if (pause) clearTimeout(pause);
    },
  };
}

function merged(before: Commit | undefined, commit: Commit): Commit {
  if (!before) return commit;
  const froms = [before.fromSeq, commit.fromSeq].filter((seq) => seq > 0);
  return {
    ...commit,
    tasks: new Set([...before.tasks, ...commit.tasks]),
    fromSeq: Math.min(...(froms.length > 0 ? froms : [0])),
    toSeq: Math.max(before.toSeq, commit.toSeq),
  };
}
