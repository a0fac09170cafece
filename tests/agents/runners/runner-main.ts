/**
 * A runner in a process of its own, which tests kill. Its argument, as JSON: the options of its link, its pool, its slots
 * and its folder. It prints "ready" when calls arrive, and drains on SIGTERM.
 */
import { join } from "node:path";
import { openRunner } from "@/lib/nats/open";
import type { LinkOptions } from "@/lib/nats/port";
import { emptyPlaces, startRunner } from "@/lib/runner/runner";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { toldSandbox } from "@/lib/sandbox/testing/tested";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { createTerminals } from "@/lib/terminals/terminals";

export interface RunnerArgument {
  link: LinkOptions & { runner: string };
  pool: string;
  slots: number;
  dataDir: string;
}

async function main(): Promise<void> {
  const { link: options, pool, slots, dataDir } = JSON.parse(process.argv.at(-1) ?? "") as RunnerArgument;
  await emptyPlaces(dataDir);
  const { sandboxTested: tested } = toldSandbox();
  const sandbox = createSandbox(tested === undefined ? {} : { tested });
  const link = await openRunner(options);
  const runner = await startRunner({
    link,
    pool,
    slots,
    version: "test",
    dataDir,
    sandbox,
    terminals: createTerminals(sandbox),
    store: createSnapshotStore({ dir: join(dataDir, "snapshots") }),
    say: (sentence) => console.log(sentence),
    searchPath: process.env.PATH ?? "",
  });
  console.log("ready");
  process.once("SIGTERM", async () => {
    await runner.drain();
    await runner.close();
    await link.leave();
    await link.close();
    sandbox.close();
    process.exit(0);
  });
}

void main();
