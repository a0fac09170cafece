/**
 * Measures what runners cost that are there, and trees that are placed: 10,000 trees have folders on 4 runners, and 1 % of
 * the trees do something; 200 more runners say that they are there, and have nothing to do.
 */
import { chooseRunner } from "@/core/runners/choose";
import type { Sqlite } from "@/db/file/client";
import { openRunner } from "@/lib/nats/open";
import type { LinkOptions } from "@/lib/nats/port";
import type { PresenceRecord } from "@/lib/nats/wire";
import type { Workplace } from "@/lib/workplace/port";
import { endWithParent, linesOf, spawnBench } from "./child";
import { serverTime, timeOf } from "./rows/load";
import { percentile, type Row, row } from "./rows/row";
import { type BenchCell, inCell, SLOTS, untilHeard } from "./runner-cell";
import { startBenchTrial } from "./trial";

const TREES = 10_000;
const ACTIVE = TREES / 100;
const REAL = 4;
const ANNOUNCED = 200;
const WATCHED_MS = 20_000;
const CALL_EVERY_MS = 1_000;
const POOL = "default";
const AT_ONCE = 16;

export function presenceRows(): Promise<Row[]> {
  const real = Array.from({ length: REAL }, (_, at) => `linux-${at + 1}`);
  const announced = Array.from({ length: ANNOUNCED }, (_, at) => `idle-${at + 1}`);
  return inCell([...real, ...announced], async (cell) => {
    const none = await watched(cell, async () => 0);
    const heard = untilHeard(cell.link, announced);
    await cell.start(real);
    const announcing = spawnBench([
      "--announce",
      JSON.stringify(announced.map((name) => [name, cell.optionsOf(name)])),
    ]);
    try {
      await Promise.race([heard, endOf(announcing)]);
      const places = await placed(cell, real);
      const idle = await watched(cell, async () => 0);
      const active = await watched(cell, (endMs) => callAll(places.slice(0, ACTIVE), endMs));
      return [...presentRows(none, idle), ...activeRows(idle, active), ...(await placingRows(cell))];
    } finally {
      announcing.kill();
    }
  });
}

async function endOf(child: ReturnType<typeof spawnBench>): Promise<never> {
  for (const lines = linesOf(child); !(await lines.next()).done; );
  throw new Error("The process that announces runners has ended.");
}

/** Runs in a process of its own: says of each of these runners that it is there, until the bench ends it. */
export async function announce(order: string): Promise<void> {
  endWithParent();
  for (const [runner, options] of JSON.parse(order) as [string, LinkOptions][]) {
    const link = await openRunner({ ...options, runner });
    const own = { pool: POOL, slots: SLOTS, free: SLOTS, architecture: "x64", version: "0.1.0", level: 1 };
    link.announce({ ...own, bootId: `boot-${runner}` });
  }
  await new Promise(() => {});
}

/** Makes the folders of all trees, in turn on each of the runners, with a file in each tree that will be active. */
async function placed({ remote }: BenchCell, runners: readonly string[]): Promise<Workplace[]> {
  const places: Workplace[] = [];
  let next = 0;
  const some = async () => {
    while (next < TREES) {
      const at = next;
      next += 1;
      const workplace = await remote(runners[at % runners.length] ?? "", `tree-${at}`);
      if (at < ACTIVE) await workplace.files.write("file.txt", "text");
      places[at] = workplace;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return places;
}

/** Each tree reads a file once a second. Resolves with the number of calls. */
async function callAll(places: readonly Workplace[], endMs: number): Promise<number> {
  let calls = 0;
  const one = async ({ files }: Workplace, at: number) => {
    await pause((at * CALL_EVERY_MS) / places.length);
    while (performance.now() < endMs) {
      const startedAt = performance.now();
      await files.readText("file.txt");
      calls += 1;
      await pause(CALL_EVERY_MS - (performance.now() - startedAt));
    }
  };
  await Promise.all(places.map(one));
  return calls;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** What one second has. */
interface Watched {
  /** Records of presence that the server heard. */
  heard: number;
  /** Messages that the node took from its clients. */
  messages: number;
  /** Milliseconds of processor time. */
  serverMs: number;
  nodeMs: number;
  calls: number;
}

async function watched({ link, nats }: BenchCell, work: (endMs: number) => Promise<number>): Promise<Watched> {
  const [node] = nats.nodes;
  const startedAt = performance.now();
  let heard = 0;
  const unheard = link.presence.onChange(() => {
    heard += 1;
  });
  const before = await messagesOf(node?.monitorUrl);
  const [server, ofNode] = [serverTime(), timeOf(node?.pid() ?? 0)];
  const [calls] = await Promise.all([work(startedAt + WATCHED_MS), pause(WATCHED_MS)]);
  const [serverMs, nodeMs] = [server(), ofNode()];
  const messages = (await messagesOf(node?.monitorUrl)) - before;
  unheard();
  const seconds = (performance.now() - startedAt) / 1_000;
  const each = (sum: number) => sum / seconds;
  return {
    heard: each(heard),
    messages: each(messages),
    serverMs: each(serverMs),
    nodeMs: each(nodeMs),
    calls: each(calls),
  };
}

async function messagesOf(monitorUrl = ""): Promise<number> {
  const answer = await fetch(`${monitorUrl}/varz`);
  return ((await answer.json()) as { in_msgs: number }).in_msgs;
}

function presentRows(none: Watched, idle: Watched): Row[] {
  const name = `${REAL + ANNOUNCED} runners, ${TREES} trees, nothing to do`;
  const without = (ms: number) => `without runners: ${ms.toFixed(2)} ms`;
  return [
    row(name, "records that the server hears", idle.heard, "messages a second"),
    row(name, "CPU of the server", idle.serverMs, "ms a second", undefined, without(none.serverMs)),
    row(name, "CPU of the NATS node", idle.nodeMs, "ms a second", undefined, without(none.nodeMs)),
  ];
}

function activeRows(idle: Watched, active: Watched): Row[] {
  const name = `${ACTIVE} of the trees read a file each second`;
  const note = `${active.calls.toFixed(0)} calls a second`;
  const ofCall = (now: number, before: number) => (now - before) / active.calls;
  return [
    row(name, "CPU of the server", active.serverMs, "ms a second", undefined, note),
    row(name, "CPU of the server for a call", ofCall(active.serverMs, idle.serverMs), "ms"),
    row(name, "CPU of the NATS node for a call", ofCall(active.nodeMs, idle.nodeMs), "ms"),
    row(name, "messages for a call", ofCall(active.messages, idle.messages), "messages", undefined, "to the node"),
  ];
}

/**
 * What placing does for a tree, besides its folder: it reads the tree's place, counts the trees of all runners, chooses one
 * of them, and writes the new place. 10,000 trees have a place.
 */
async function placingRows({ link }: BenchCell): Promise<Row[]> {
  const trial = await startBenchTrial();
  try {
    const { places, client } = trial.runtime.store;
    const first = await trial.submit({ turns: 1 });
    const runners = link.presence.list();
    addPlaces(client.sqlite, first, runners);
    const times = { choice: [] as number[], whole: [] as number[] };
    for (let at = 0; at < ACTIVE; at += 1) {
      const startedAt = performance.now();
      const place = places.of(`placed-${at + 1}`);
      const trees = places.treesOf();
      const to = chooseRunner(link.presence.list(), POOL, (runner) => trees.get(runner) ?? 0);
      times.choice.push(performance.now() - startedAt);
      if (place === null || to === null) throw new Error("A tree of the bench has no place.");
      await places.move(place.tree, place.number, { ...to, base: {}, isLost: false });
      times.whole.push(performance.now() - startedAt);
    }
    const name = `placing one of ${TREES} trees`;
    const note = `on ${runners.length} runners; ${ACTIVE} trees`;
    return [
      row(name, "choice, p50", percentile(times.choice, 0.5), "ms", undefined, note),
      row(name, "choice and its record, p50", percentile(times.whole, 0.5), "ms"),
      row(name, "choice and its record, p95", percentile(times.whole, 0.95), "ms"),
    ];
  } finally {
    await trial.close();
  }
}

/** Adds copies of a tree's row, each with a place on one of the runners. */
function addPlaces(sqlite: Sqlite, tree: string, runners: readonly PresenceRecord[]): void {
  const columns = (sqlite.pragma("table_info(trees)") as { name: string }[]).map(({ name }) => name);
  const same = columns.filter((name) => name !== "id" && name !== "uid").join(", ");
  const copy = sqlite.prepare(`INSERT INTO trees (uid, ${same}) SELECT ?, ${same} FROM trees WHERE uid = ?`);
  const place = sqlite.prepare("INSERT INTO places (tree_id, pool, number, runner, boot_id) VALUES (?, ?, 1, ?, ?)");
  sqlite.transaction(() => {
    for (let at = 1; at <= TREES; at += 1) {
      const { lastInsertRowid } = copy.run(`placed-${at}`, tree);
      const { runner = "", bootId = "" } = runners[at % runners.length] ?? {};
      place.run(lastInsertRowid, POOL, runner, bootId);
    }
  })();
}
