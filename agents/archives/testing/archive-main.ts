/** A process that writes or reads an archive, stops in the middle, says so, and waits to be killed. */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { openStore } from "@/db/store";
import { createRedactor } from "@/lib/secrets/redact";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { writeWhole } from "../names";
import { readArchive } from "../read-archive";

export type Middle = "file" | "pack" | "snapshots" | "rows";

const [middle, dataDir = "", file = ""] = process.argv.slice(2) as [Middle, string, string];

function stop(): never {
  writeSync(1, "half\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error("Nobody killed it.");
}

async function* half(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(100_000, 1);
  stop();
}

function stopping(store: SnapshotStore): SnapshotStore {
  return {
    ...store,
    async unpack(request) {
      await store.unpack({ ...request, ...(middle === "pack" && { pack: Readable.from(half()) }) });
      if (middle === "snapshots") stop();
    },
  };
}

async function main(): Promise<void> {
  if (middle === "file") return void (await writeWhole(half(), file, { overwrites: true }));
  const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle" });
  if (middle === "rows") {
    const { sqlite } = store.client;
    sqlite.function("stop", stop);
    sqlite.exec("CREATE TEMP TRIGGER stops AFTER INSERT ON main.attempts BEGIN SELECT stop(); END");
  }
  const snapshots = stopping(createSnapshotStore({ dir: join(dataDir, "snapshots") }));
  const redactor = createRedactor({ values: () => [] });
  await readArchive({ store, snapshots, redactor, dataDir, version: "test", now: Date.now }, file, "tester");
}

void main();
