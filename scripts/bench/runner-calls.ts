/** Measures a call of a tree's folder on a runner, against the same call on this machine. */
import { median } from "@/lib/statistics/paired-ratio";
import type { Workplace } from "@/lib/workplace/port";
import { percentile, type Row, row } from "./rows/row";
import { inCell } from "./runner-cell";

const FILE_CALLS = 1_000;
const COMMANDS = 200;
const WARM_UPS = 500;
const FILE_BYTES = 4_096;
const MOST_FILE_MS = 3;
const MOST_COMMAND_MS = 10;
const LIMITS = { timeoutMs: 60_000, maxOutputBytes: 10_000 };
const RUNNER = "linux-1";

export function runnerCallRows(): Promise<Row[]> {
  return inCell([RUNNER], async ({ start, remote, local }) => {
    await start([RUNNER]);
    const places = { here: local("tree"), there: await remote(RUNNER, "tree") };
    const text = "x".repeat(FILE_BYTES);
    const { signal } = new AbortController();
    const write = ({ files }: Workplace) => files.write("file.txt", text);
    const read = ({ files }: Workplace) => files.readText("file.txt");
    const run = ({ commands }: Workplace) => commands.run({ ...LIMITS, command: "true" }, { signal });
    // The first calls warm both sides up; the reads find what the writes left.
    await alternated(WARM_UPS, places, write);
    return [
      ...rowsOf("write of 4 KB", MOST_FILE_MS, await alternated(FILE_CALLS, places, write)),
      ...rowsOf("read of 4 KB", MOST_FILE_MS, await alternated(FILE_CALLS, places, read)),
      ...rowsOf("command", MOST_COMMAND_MS, await alternated(COMMANDS, places, run)),
    ];
  });
}

interface Taken {
  here: number[];
  there: number[];
}

function rowsOf(what: string, most: number, { here, there }: Taken): Row[] {
  const over = there.map((ms, at) => ms - (here[at] ?? 0));
  const name = `${what} on a runner`;
  const note = `pairs of a call there and here; ${here.length} alternated calls each`;
  return [
    row(name, "over one here, p50", median(over), "ms"),
    row(name, "over one here, p95", percentile(over, 0.95), "ms", most, note),
    row(name, "there, p50", median(there), "ms"),
    row(name, "there, p95", percentile(there, 0.95), "ms"),
    row(name, "here, p50", median(here), "ms"),
    row(name, "here, p95", percentile(here, 0.95), "ms"),
  ];
}

/** Times the operation in both places by turns, so that other load on the machine affects both equally. */
async function alternated(
  rounds: number,
  { here, there }: { here: Workplace; there: Workplace },
  operation: (workplace: Workplace) => Promise<unknown>,
): Promise<Taken> {
  const taken: Taken = { here: [], there: [] };
  for (let round = 0; round < rounds; round += 1) {
    taken.here.push(await timed(() => operation(here)));
    taken.there.push(await timed(() => operation(there)));
  }
  return taken;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
