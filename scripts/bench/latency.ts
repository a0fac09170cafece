/** Measures the time from a message to the watchers of its tree, in the worker's process and in another process on the same database. */
import { endWithParent, linesOf, spawnBench } from "./child";
import { percentile, type Row, row } from "./rows/row";
import { startBenchTrial } from "./trial";

const TURNS = 60;
/** Slow enough that watchers see each message separately, and out of step with the other process's poll. */
const MODEL_MS = 53;

export async function latencyRows(): Promise<Row[]> {
  const trial = await startBenchTrial({ model: { delayMs: MODEL_MS } });
  const tree = await trial.submit({ turns: TURNS });
  const watcher = spawnBench(["--watch", JSON.stringify({ dataDir: trial.dataDir, tree })]);
  const lines = linesOf(watcher);
  await lines.next();
  const here: number[] = [];
  const unsubscribe = trial.runtime.live.onTree(tree, ({ seqs }) => {
    if (seqs.to === 0) return;
    here.push(Date.now() - committedAtMs(trial.runtime, seqs.to));
  });
  await trial.work();
  await trial.ended([tree]);
  unsubscribe();
  const there = JSON.parse((await lines.next()).value ?? "[]") as number[];
  await trial.close();
  const name = "message to listener";
  return [
    row(name, "one process, p95", percentile(here, 0.95), "ms", 50, "from the start of its transaction"),
    row(name, "two processes, p50", percentile(there, 0.5), "ms"),
    row(name, "two processes, p95", percentile(there, 0.95), "ms", 250, `${there.length} changes seen`),
  ];
}

type Runtime = Awaited<ReturnType<typeof startBenchTrial>>["runtime"];

function committedAtMs(runtime: Runtime, seq: number): number {
  const message = runtime.store.queries.messages.get(seq);
  return message ? Date.parse(message.created_at) : Number.NaN;
}

/** Runs in the watching process and prints the age of the newest message of each change, in milliseconds. */
export async function watch(order: string): Promise<void> {
  endWithParent();
  const { dataDir, tree } = JSON.parse(order) as { dataDir: string; tree: string };
  const trial = await startBenchTrial({ dataDir });
  const { live, store } = trial.runtime;
  const ages: number[] = [];
  let last = store.queries.messages.lastSeq();
  await new Promise<void>((resolve) => {
    live.onTree(tree, ({ seqs, taskIds }) => {
      if (seqs.to > last) ages.push(Date.now() - committedAtMs(trial.runtime, seqs.to));
      last = seqs.to;
      if (taskIds.length === 0) resolve();
    });
    console.log("watching");
    const alive = setInterval(() => {}, 1_000);
    trial.ended([tree]).then(() => clearInterval(alive));
  });
  console.log(JSON.stringify(ages));
  process.exit(0);
}
