/** Measures the launcher with the real server: how long people wait while releases change, and what the launcher costs. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { tellLauncher } from "@/launcher/home.mjs";
import { memoryOf, readFile } from "@/lib/monitor/readings";
import { removeTree } from "@/lib/workspace/remove-tree";
import { call } from "@/tests/agents/replies";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { freePort } from "../testing/free-port";
import { type Row, row } from "./rows/row";

const HAND_OVERS = 5;
const RUNNER = `
const [build, file, start] = process.argv.slice(1);
const { builtContents, ensureAllBuiltApart } = await import(build);
const { launch } = await import(file);
await ensureAllBuiltApart();
process.exit(await launch({ ...JSON.parse(start), contents: builtContents() }));
`;
const WORKLOAD = "releases";
/** How long a model thinks, so that the tree works all the time. */
const TURN_MS = 100;
const SILENCE_LIMIT_MS = 60_000;

export async function releaseRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-bench-releases-"));
  const [data, home, checkout] = [join(folder, "data"), join(folder, "home"), process.cwd()];
  const port = await freePort();
  const start = { home, checkout, data, host: "127.0.0.1", port, env: {} };
  const provider = await startScriptedProvider(
    ({ turn }) => ({ ...call("find_files", { pattern: `*.${turn}` }), delayMs: TURN_MS }),
    {
      record: false,
    },
  );
  const model = { ANTHROPIC_API_KEY: "bench", ANTHROPIC_BASE_URL: provider.url };
  const own = { BANYAN_DATA_DIR: data, XDG_CONFIG_HOME: join(folder, "config"), LOG_LEVEL: "error" };
  const env = { ...process.env, ...own, ...model };
  const argv = ["--data", data, "--port", String(port)];
  const given = JSON.stringify({ ...start, argv, env: { ...env, NODE_ENV: "production" } });
  const programs = ["scripts/build.mjs", "launcher/main.mjs"].map((name) => join(checkout, name));
  const command = ["--input-type=module", "-e", RUNNER, ...programs, given];
  const child = spawn(process.execPath, command, { env, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    await untilAnswered(port);
    const tree = await startTree(env);
    const waits: number[] = [];
    const silences: number[] = [];
    for (let turn = 0; turn < HAND_OVERS; turn++) {
      const sinceMs = Date.now();
      waits.push(await longestWait(port, () => handOver(home)));
      silences.push(await longestSilence(join(data, "banyan.db"), tree, sinceMs));
    }
    const killed = await longestWait(port, () => killServer(data));
    return [
      row(
        WORKLOAD,
        "longest wait for a page in a hand-over",
        Math.max(...waits) / 1_000,
        "s",
        3,
        `of ${HAND_OVERS} hand-overs`,
      ),
      row(
        WORKLOAD,
        "longest silence of a working tree in a hand-over",
        Math.max(...silences) / 1_000,
        "s",
        8,
        "3 s without a page, 5 s more",
      ),
      row(WORKLOAD, "a server that died is replaced", killed / 1_000, "s", 10, "as a release that is taken back"),
      row(
        WORKLOAD,
        "memory of the launcher",
        memoryMb(child),
        "MB",
        60,
        "41 MB of it is Node itself, which it shares with the server",
      ),
    ];
  } finally {
    child.kill("SIGTERM");
    await ended;
    await provider.close();
    await removeTree(home);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves with the tree's id. */
async function startTree(env: NodeJS.ProcessEnv): Promise<string> {
  const args = ["scripts/banyan.mjs", "run", "--agent", "worker", "--detach", "--json", "Look at the folder"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return (JSON.parse(stdout) as { id: string }).id;
}

/** Waits until the tree works again, and returns the longest time in milliseconds between two of its messages since then. */
async function longestSilence(file: string, tree: string, sinceMs: number): Promise<number> {
  const sqlite = new Database(file, { readonly: true });
  const times = sqlite
    .prepare(
      `SELECT created_at_ms FROM messages WHERE tree_id = (SELECT id FROM trees WHERE uid = ?) AND created_at_ms >= ?
       ORDER BY id`,
    )
    .pluck();
  try {
    const overMs = Date.now();
    for (;;) {
      const all = times.all(tree, sinceMs - 2 * TURN_MS) as number[];
      if ((all.at(-1) ?? 0) > overMs) return Math.max(...all.slice(1).map((at, index) => at - (all[index] ?? at)));
      if (Date.now() > overMs + SILENCE_LIMIT_MS) throw new Error(`Tree ${tree} does not go on.`);
      await sleep(TURN_MS);
    }
  } finally {
    sqlite.close();
  }
}

async function handOver(home: string): Promise<void> {
  const said = await tellLauncher(home, { command: "restart", by: "bench" });
  if (said?.problem) throw new Error(said.problem);
}

async function killServer(data: string): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(data, "server.json"), "utf8")) as { pid: number };
  const [server] = childrenOf(pid);
  process.kill(server ?? pid, "SIGKILL");
  await sleep(50);
}

/** The server's file names the launcher, whose child the server is. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

function memoryMb({ pid = 0 }: ChildProcess): number {
  return (memoryOf(pid, readFile) ?? Number.NaN) / 1024 ** 2;
}

/** Asks again and again while `work` goes on, and returns the longest time in milliseconds between two answers. */
async function longestWait(port: number, work: () => Promise<void>): Promise<number> {
  const state = { isOver: false };
  const done = work().finally(() => {
    state.isOver = true;
  });
  let longest = 0;
  let lastMs = performance.now();
  for (let isLast = false; !isLast; ) {
    isLast = state.isOver;
    await untilAnswered(port);
    longest = Math.max(longest, performance.now() - lastMs);
    lastMs = performance.now();
    await sleep(5);
  }
  await done;
  return longest;
}

async function untilAnswered(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/signin`).catch(() => null);
    if (answer?.status === 200) return void (await answer.text());
    await sleep(10);
  }
}
