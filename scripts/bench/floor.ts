/** Measures the least cost on this disk: bare commits of a turn's payload, without the runtime. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { median } from "@/lib/statistics/paired-ratio";
import { type Row, row } from "./rows/row";
import { benchFolder, type Synchronous } from "./trial";

const ROUNDS = 300;

export interface Floor {
  /** Milliseconds, median: two rows of 1 KB in one transaction. */
  oneCommit: number;
  /** Milliseconds, median: the same rows in a transaction each. */
  twoCommits: number;
}

export function measureFloor(synchronous: Synchronous): Floor {
  const folder = mkdtempSync(join(benchFolder(), "floor-"));
  const sqlite = new Database(join(folder, "floor.db"));
  try {
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma(`synchronous = ${synchronous}`);
    sqlite.exec("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
    const insert = sqlite.prepare("INSERT INTO rows (body) VALUES (?)");
    const begin = sqlite.prepare("BEGIN IMMEDIATE");
    const commit = sqlite.prepare("COMMIT");
    const body = "x".repeat(1_000);
    const write = (count: number) => {
      begin.run();
      for (let index = 0; index < count; index += 1) insert.run(body);
      commit.run();
    };
    const single: number[] = [];
    const two: number[] = [];
    // Alternated, so that other load on the machine affects both equally.
    for (let round = 0; round < ROUNDS; round += 1) {
      single.push(timed(() => write(2)));
      two.push(
        timed(() => {
          write(1);
          write(1);
        }),
      );
    }
    return { oneCommit: median(single), twoCommits: median(two) };
  } finally {
    sqlite.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(run: () => void): number {
  const startedAt = performance.now();
  run();
  return performance.now() - startedAt;
}

export function floorRows(): Row[] {
  const full = measureFloor("FULL");
  const normal = measureFloor("NORMAL");
  return [
    row("floor", "one commit, FULL", full.oneCommit, "ms", undefined, "2 rows of 1 KB, bare SQLite, p50"),
    row("floor", "two commits, FULL", full.twoCommits, "ms", undefined, "the same rows, a commit each"),
    row("floor", "one commit, NORMAL", normal.oneCommit, "ms"),
    row("floor", "two commits, NORMAL", normal.twoCommits, "ms"),
  ];
}
