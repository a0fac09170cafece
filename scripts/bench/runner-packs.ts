/** Measures what comes to the server for the changes of a turn on a runner, against the size of the changed files. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { deflateSync } from "node:zlib";
import type { Workplace } from "@/lib/workplace/port";
import type { PlaceCaller } from "@/lib/workplace/remote";
import { packShape } from "@/lib/workplace/requests";
import { mainThreadTime, serverAndProgramsTime } from "./rows/load";
import { percentile, type Row, row } from "./rows/row";
import { inCell } from "./runner-cell";

const RUNNER = "linux-1";
const FILES = 2_000;
const IN_A_FOLDER = 50;
const LINES = 100;
const TURNS = 20;
const STARTS = 30;
const MOST_RATIO = 1.2;
const LIMITS = { timeoutMs: 60_000, maxOutputBytes: 10_000 };
const { signal } = new AbortController();

/** The files that a turn writes, by their paths. */
type Turn = Record<string, Buffer>;

function turns(): Record<string, Turn> {
  const changed = [0, FILES / 2, FILES - 1].map((at) => [pathOf(at), Buffer.from(`${sourceOf(at)}// changed\n`)]);
  const report = Array.from({ length: 5_000 }, (_, at) => `${at} ${randomBytes(4).toString("hex")} is a line of it\n`);
  return {
    "3 of 2,000 files changed": Object.fromEntries(changed),
    "1 MB of random bytes added": { "src/random.bin": randomBytes(1_000_000) },
    "a text of 5,000 lines added": { "src/report.md": Buffer.from(report.join("")) },
  };
}

export function packRows(): Promise<Row[]> {
  return inCell([RUNNER], async ({ start, remote, local }) => {
    await start([RUNNER]);
    const wire: Wire = { pack: 0, calls: 0 };
    const there = taking(await remote(RUNNER, "there", (caller) => counted(caller, wire)));
    const here = taking(local("here"));
    for (const tree of [there, here]) {
      await fill(tree.workplace);
      await tree.take("start");
    }
    const rows: Row[] = [];
    for (const [name, turn] of Object.entries(turns())) {
      for (const [path, bytes] of Object.entries(turn)) await write(there.workplace, path, bytes);
      Object.assign(wire, { pack: 0, calls: 0 });
      await there.take(name.replace(/\W/g, "-"));
      rows.push(sizeRow(name, turn, wire));
    }
    return [
      ...rows,
      ...(await timeRows("there", "taken on the runner, checked and stored by the server", there)),
      ...(await timeRows("here", "taken on this machine, without a runner", here)),
      await startRow(),
    ];
  });
}

interface Tree {
  workplace: Workplace;
  /** Takes a snapshot. */
  take(label: string): Promise<void>;
}

/** Each snapshot follows the one before it. */
function taking(workplace: Workplace): Tree {
  let previous: string | null = null;
  return {
    workplace,
    async take(label) {
      previous = (await workplace.snapshots.take({ label, previous }, signal)).commit;
    },
  };
}

/** Small turns, one after the other. */
async function timeRows(where: string, how: string, { workplace, take }: Tree): Promise<Row[]> {
  const times: number[] = [];
  const [all, thread] = [serverAndProgramsTime(), mainThreadTime()];
  for (let at = 0; at < TURNS; at += 1) {
    await workplace.files.write(pathOf(at), `${sourceOf(at)}// again\n`);
    const startedAt = performance.now();
    await take(`small-${at}`);
    times.push(performance.now() - startedAt);
  }
  const name = `snapshot of 1 changed file of ${FILES}`;
  return [
    row(name, `${where}, p50`, percentile(times, 0.5), "ms", undefined, `${how}; ${TURNS} turns`),
    row(name, `${where}, p95`, percentile(times, 0.95), "ms"),
    row(name, `${where}, CPU of the server and its programs`, all() / TURNS, "ms"),
    row(name, `${where}, main thread of the server`, thread() / TURNS, "ms"),
  ];
}

/** What the start of a program holds up: Node copies the tables of its memory before anything else goes on. */
async function startRow(): Promise<Row> {
  const times: number[] = [];
  for (let at = 0; at < STARTS; at += 1) {
    const startedAt = performance.now();
    const child = spawn("git", ["--version"], { stdio: "ignore" });
    times.push(performance.now() - startedAt);
    await once(child, "close");
  }
  const note = `the call of spawn, in a process that has ${Math.round(process.memoryUsage().rss / 1e6)} MB in memory`;
  return row("start of a program", "main thread of the server, p50", percentile(times, 0.5), "ms", undefined, note);
}

/** Bytes between server and runner. */
interface Wire {
  pack: number;
  /** Requests and their results, as JSON. */
  calls: number;
}

/** The caller, which also counts. */
function counted(caller: PlaceCaller, wire: Wire): PlaceCaller {
  return {
    ...caller,
    async ask(request) {
      const result = await caller.ask(request);
      wire.calls += JSON.stringify([request, result]).length;
      if (request.operation === "send") wire.pack += packShape.parse(result).bytes;
      return result;
    },
  };
}

function sizeRow(name: string, turn: Turn, wire: Wire): Row {
  const changed = Object.values(turn).reduce((sum, bytes) => sum + deflateSync(bytes).length, 0);
  const note = `a pack of ${wire.pack} bytes, files of ${changed}; calls around it: ${wire.calls} bytes`;
  return row(name, "pack ÷ changed files", wire.pack / changed, "×", MOST_RATIO, note);
}

/** A repository with one commit: folders of 50 files with 100 lines each. */
async function fill(workplace: Workplace): Promise<void> {
  for (let at = 0; at < FILES; at += 1) await workplace.files.write(pathOf(at), sourceOf(at));
  await run(workplace, "git init -q && git add -A && git -c user.name=a -c user.email=a@b.c commit -qm start");
}

function pathOf(at: number): string {
  return `src/part-${Math.floor(at / IN_A_FOLDER)}/file-${at}.ts`;
}

/** Lines that are alike, each with a number that is not. */
function sourceOf(at: number): string {
  const line = (_: unknown, index: number) => `export const value${index} = "${Math.sin(at * LINES + index)}";\n`;
  return Array.from({ length: LINES }, line).join("");
}

/** A tool writes text; this writes any bytes. */
async function write(workplace: Workplace, path: string, bytes: Buffer): Promise<void> {
  await workplace.files.write("written", bytes.toString("base64"));
  await run(workplace, `base64 -d written > ${path} && rm written`);
}

async function run({ commands }: Workplace, command: string): Promise<void> {
  const { exitStatus, stderr } = await commands.run({ ...LIMITS, command }, { signal });
  if (exitStatus !== 0) throw new Error(`A command failed on the runner: ${stderr}`);
}
