/** Measures how many commands a second 1, 2 and 4 runners end, each with `SLOTS` slots, when there is always a next one. */
import type { Workplace } from "@/lib/workplace/port";
import { processorsBusy, serverTime } from "./rows/load";
import { type Row, row } from "./rows/row";
import { inCell, SLOTS } from "./runner-cell";

const COUNTS = [1, 2, 4] as const;
/**
 * What a command waits, and how many there are. One machine makes all sandboxes: the longer the wait, the less its
 * processors are the limit instead of the slots.
 */
const WAITS = [
  { seconds: 0.25, commands: 64 },
  { seconds: 1, commands: 64 },
  { seconds: 15, commands: 16 },
] as const;
const LEAST_RATIO = 3.6;
const LIMITS = { timeoutMs: 60_000, maxOutputBytes: 10_000 };

export function runnerSlotRows(): Promise<Row[]> {
  const names = Array.from({ length: Math.max(...COUNTS) }, (_, at) => `linux-${at + 1}`);
  return inCell(names, async ({ start, remote, local }) => {
    await start(names);
    const places: Workplace[] = [];
    for (const name of names) {
      const workplace = await remote(name, `tree-${name}`);
      await runThere(workplace, 0);
      places.push(workplace);
    }
    const here = names.map((name) => local(`tree-${name}`));
    const rows: Row[] = [];
    for (const wait of WAITS) {
      const runs: Run[] = [];
      for (const count of COUNTS) runs.push(await run(places.slice(0, count), wait));
      const alone = [await run(here.slice(0, 1), wait), await run(here, wait)];
      rows.push(...rowsOf(wait, runs, ratioOf(alone)));
    }
    return rows;
  });
}

type Wait = (typeof WAITS)[number];

interface Run {
  perSecond: number;
  /** Of the processors of the machine, 0 to 1. */
  busy: number;
  /** Milliseconds of processor time of this process, for one command. */
  serverMs: number;
}

function ratioOf(runs: readonly Run[]): number {
  return (runs.at(-1)?.perSecond ?? 0) / (runs[0]?.perSecond ?? 0);
}

/** `alone`: the ratio of as many slots on this machine, without runners and NATS. */
function rowsOf({ seconds, commands }: Wait, runs: readonly Run[], alone: number): Row[] {
  const name = `commands that wait ${seconds} s`;
  const serverMs = runs.at(-1)?.serverMs ?? 0;
  const note = `as many slots in this process, without runners and NATS: ${alone.toFixed(2)} ×`;
  return [
    ...COUNTS.map((count, at) => {
      const { perSecond = 0, busy = 0 } = runs[at] ?? {};
      const ideal = (count * SLOTS) / seconds;
      const note = `at best ${ideal.toPrecision(3)}; the machine's processors were ${Math.round(100 * busy)} % busy`;
      return row(name, runnersOf(count), perSecond, "commands a second", undefined, note);
    }),
    { ...row(name, "4 runners ÷ 1", ratioOf(runs), "×", undefined, note), least: LEAST_RATIO },
    row(name, "CPU of the server for a command", serverMs, "ms", undefined, `${commands} commands on 4 runners`),
  ];
}

function runnersOf(count: number): string {
  return count === 1 ? "1 runner of 4 slots" : `${count} runners of 4 slots`;
}

/** As a server does it: the next command goes to a runner as soon as a slot is free there. */
async function run(places: readonly Workplace[], { seconds, commands }: Wait): Promise<Run> {
  let left: number = commands;
  const slot = async (workplace: Workplace) => {
    while (left > 0) {
      left -= 1;
      await runThere(workplace, seconds);
    }
  };
  const startedAt = performance.now();
  const [busy, server] = [processorsBusy(), serverTime()];
  await Promise.all(places.flatMap((workplace) => Array.from({ length: SLOTS }, () => slot(workplace))));
  const perSecond = (commands * 1_000) / (performance.now() - startedAt);
  return { perSecond, busy: busy(), serverMs: server() / commands };
}

async function runThere({ commands }: Workplace, seconds: number): Promise<void> {
  const { signal } = new AbortController();
  const { exitStatus } = await commands.run({ ...LIMITS, command: `sleep ${seconds}` }, { signal });
  if (exitStatus !== 0) throw new Error("A command failed on a runner.");
}
