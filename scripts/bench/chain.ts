/** Measures what a durable turn costs, and whether the cost stays constant, with one task that takes turn after turn. */
import { median } from "@/lib/statistics/paired-ratio";
import { measureFloor } from "./floor";
import { percentile, type Row, row } from "./rows/row";
import { type BenchTrial, type Synchronous, startBenchTrial } from "./trial";

const PAYLOAD_BYTES = 2_000;

/** Milliseconds from one model call to the next, in order, and commits per turn. */
interface Chain {
  turnMs: number[];
  commitsPerTurn: number;
  /** Size of the database in bytes at the start of each turn. */
  bytes: number[];
}

interface Watch {
  onRequest: () => void;
  run(trial: BenchTrial, turns: number): Promise<Chain>;
}

/** Wraps the model and notes when each request arrives. */
function watchChain(): Watch {
  let times: number[] = [];
  let bytes: number[] = [];
  let size = () => 0;
  return {
    onRequest: () => {
      bytes.push(size());
      times.push(performance.now());
    },
    async run(trial, turns) {
      times = [];
      bytes = [];
      size = turns > 100 ? trial.databaseBytes : () => 0;
      const { log } = trial.runtime.store;
      const tree = await trial.submit({ turns });
      const before = log.commits();
      await trial.ended([tree]);
      const turnMs = times.slice(1).map((time, index) => time - (times[index] ?? time));
      return { turnMs, bytes, commitsPerTurn: (log.commits() - before) / turns };
    },
  };
}

export async function chain50Rows(): Promise<Row[]> {
  return [...(await chain50("FULL")), ...(await chain50("NORMAL"))];
}

async function chain50(synchronous: Synchronous): Promise<Row[]> {
  const watch = watchChain();
  const trial = await startBenchTrial({ synchronous, model: { onRequest: watch.onRequest } });
  await trial.work();
  for (let warmUp = 0; warmUp < 10; warmUp += 1) await watch.run(trial, 50);
  const floors = [measureFloor(synchronous).twoCommits];
  const chains: Chain[] = [];
  for (let round = 0; round < 20; round += 1) chains.push(await watch.run(trial, 50));
  floors.push(measureFloor(synchronous).twoCommits);
  await trial.close();
  const turnMs = chains.flatMap((chain) => chain.turnMs);
  const p50 = median(turnMs);
  const name = `chain of 50, ${synchronous}`;
  const isFull = synchronous === "FULL";
  const target = (most: number) => (isFull ? most : undefined);
  return [
    row(name, "turn, p50", p50, "ms", target(0.5), "20 chains, from model call to model call"),
    row(name, "turn, p99", percentile(turnMs, 0.99), "ms", target(2)),
    row(name, "÷ floor of two commits", p50 / median(floors), "×", target(2), "floor taken before and after"),
    row(name, "commits", median(chains.map((chain) => chain.commitsPerTurn)), "commits a turn", target(2.1)),
  ];
}

export async function chain400Rows(): Promise<Row[]> {
  const watch = watchChain();
  const trial = await startBenchTrial({ model: { onRequest: watch.onRequest } });
  await trial.work();
  for (let warmUp = 0; warmUp < 10; warmUp += 1) await watch.run(trial, 50);
  const chains: Chain[] = [];
  for (let round = 0; round < 5; round += 1) chains.push(await watch.run(trial, 400));
  const before = trial.databaseBytes();
  while (await trial.runtime.store.search.indexNext());
  const indexed = (trial.databaseBytes() - before) / ((10 * 50 + 5 * 400) * PAYLOAD_BYTES);
  await trial.close();
  const slice = (from: number, to: number) => median(chains.flatMap((chain) => chain.turnMs.slice(from, to)));
  const growth = (from: number, to: number) => median(chains.map(({ bytes }) => (bytes[to] ?? 0) - (bytes[from] ?? 0)));
  const name = "chain of 400";
  const stored = growth(1, 399) / (398 * PAYLOAD_BYTES);
  return [
    row(
      name,
      "last 50 turns ÷ first 50",
      slice(-50, Number.POSITIVE_INFINITY) / slice(0, 50),
      "×",
      1.2,
      "p50 each, 5 chains",
    ),
    row(
      name,
      "turn 400 ÷ turn 10",
      slice(-10, Number.POSITIVE_INFINITY) / slice(5, 15),
      "×",
      1.1,
      "p50 of the ten turns around",
    ),
    row(name, "bytes of second half ÷ first", growth(200, 399) / growth(1, 200), "×", 1.05),
    row(name, "stored ÷ payload", stored, "×", 1.5, "pages of the database"),
    row(name, "with the search index", stored + indexed, "×", 2.5),
    row(name, "turn, p50", median(chains.flatMap((chain) => chain.turnMs)), "ms"),
  ];
}
