/** Measures the layers between an agent and its tools: the check of calls, the sandbox, added servers, and SQL over a tree. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { createTreeSql } from "@/agents/tools/own-tree/tree-sql";
import { subjectOf } from "@/agents/turn/approvals";
import { fold } from "@/core/evolve";
import { createAuditWriter } from "@/db/audit/audit";
import { createToolStateWriter } from "@/db/configuration/tool-states";
import { createSqlSnapshots } from "@/db/trees/sql-snapshot";
import { createMcpPool } from "@/lib/mcp/calls/pool";
import type { StdioServer } from "@/lib/mcp/config/types";
import { giveToTools } from "@/lib/process/tools-identity";
import { median } from "@/lib/statistics/paired-ratio";
import { INSTANT_AGENT } from "@/tests/agents/instant";
import { percentile, type Row, row } from "./rows/row";
import { type BenchTrial, benchFolder, startBenchTrial } from "./trial";

const CALLS = 3_000;
const COMMANDS = 200;
const MCP_CALLS = 1_000;
const SNAPSHOTS = 15;
const QUERIES = 300;
const WARM_UPS = 50;
/** 1 + 40 + 800 tasks of about twelve messages. */
const TEN_THOUSAND_MESSAGES = { turns: 1, spread: [40, 20] };
/** Secrets for the redactor, about as many as a real installation has. */
const SECRETS = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [`BENCH_${index}_TOKEN`, `t0k3n-${index}-${"x9".repeat(12)}`]),
);

export async function toolsRows(): Promise<Row[]> {
  const trial = await startBenchTrial({ env: SECRETS });
  const folder = mkdtempSync(join(benchFolder(), "tools-"));
  // The tools' user must be able to enter the folder.
  chmodSync(folder, 0o755);
  try {
    const status = await trial.runtime.sandbox.status();
    if (!status.available) throw new Error(status.reason);
    await trial.work();
    return [
      ...(await callCheckRows(trial)),
      ...(await sandboxRows(trial, folder)),
      ...(await mcpRows(trial, folder)),
      ...(await sqlRows(trial, folder)),
    ];
  } finally {
    await trial.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Does everything that a turn does for a call, except run it and commit: a turn commits without a call too. */
async function callCheckRows({ runtime, submit, ended }: BenchTrial): Promise<Row[]> {
  const { world, store } = runtime;
  const { sqlite } = store.client;
  const treeUid = await submit({ turns: 1 });
  await ended([treeUid]);
  const taskId = sqlite.prepare("SELECT id FROM tasks WHERE parent_id IS NULL").pluck().get() as number;
  const state = fold(store.loader.entries(taskId, store.loader.lengthOf(taskId)));
  const offered = new Set(world.callCheck.specsFor(state).map((spec) => spec.name));
  const tool = world.catalogue.world.get("probe");
  if (!tool) throw new Error("The bench has no probe.");
  const audit = createAuditWriter(sqlite);
  const uses = createToolStateWriter(sqlite);
  const context: ToolContext = {
    treeId: treeUid,
    taskId: "task",
    workplace: null,
    cacheDir: "",
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  };
  const by = { actor: `${INSTANT_AGENT} task`, tree: treeUid };

  async function wrapped(turn: number): Promise<number> {
    const call = { id: `call_${turn}`, name: "probe", input: { turn } };
    const startedAt = performance.now();
    const checked = world.callCheck.check(state, false, offered, call);
    if (checked.mode !== "repeat" || checked.ask) throw new Error("The call check does not let the probe through.");
    const { hosts } = world.configuration.policy();
    const network = { allowed: true, hosts, privateHosts: world.limits.privateHosts };
    const { content } = await world.tools.call("probe", call.input, { ...context, network });
    world.redactor.redact(content);
    const detail = `read ok ${subjectOf({ tool: "probe", input: call.input }).slice(0, 16)}`;
    const before = performance.now() - startedAt;
    return store.log.write(({ nowMs }) => {
      const writingAt = performance.now();
      uses.count({ tool: "probe", isError: false, durationMs: before }, nowMs);
      audit.insert({ ...by, action: "tool_call", subject: "probe", detail }, nowMs);
      return before + performance.now() - writingAt;
    });
  }
  const bare = (turn: number) => timed(() => tool.run({ turn }, context));

  const { ofFirst: a, ofSecond: b } = await alternated(CALLS, wrapped, bare);
  const over = a.map((ms, at) => ms - (b[at] ?? 0));
  const note = `check, MCP, redaction of 1 KB with ${Object.keys(SECRETS).length} secrets, audit, use; ${CALLS} calls`;
  return [
    row("gateway", "over the tool's own run, p50", median(over), "ms", 0.3, note),
    row("gateway", "over the tool's own run, p99", percentile(over, 0.99), "ms"),
    row("gateway", "the tool's own run, p50", median(b), "ms"),
  ];
}

/** Measures `true` in the sandbox and without it, both started by this process's user. */
async function sandboxRows({ runtime }: BenchTrial, folder: string): Promise<Row[]> {
  const workspace = join(folder, "workspace");
  mkdirSync(workspace);
  giveToTools(workspace);
  const signal = new AbortController().signal;
  const run = { command: "true", workspace, hiddenPaths: [], timeoutMs: 60_000, signal };
  const sandboxed = () =>
    timed(async () => {
      const { exitStatus } = await runtime.sandbox.run(run);
      if (exitStatus !== 0) throw new Error("The command failed in the sandbox.");
    });
  const plain = () =>
    timed(() => once(spawn("/bin/bash", ["-c", "true"], { cwd: workspace, env: process.env }), "close"));
  const { ofFirst: a, ofSecond: b } = await alternated(COMMANDS, sandboxed, plain);
  const note = `bash -c true; p50 of ${COMMANDS} alternated runs each`;
  return [
    row("sandboxed command", "over a plain one", median(a) - median(b), "ms", 15, note),
    row("sandboxed command", "sandboxed, p50", median(a), "ms"),
    row("sandboxed command", "plain, p50", median(b), "ms"),
  ];
}

async function mcpRows({ runtime }: BenchTrial, folder: string): Promise<Row[]> {
  const home = join(folder, "server");
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), "{}");
  copyFileSync(join(process.cwd(), "scripts", "bench", "timed-server.mjs"), join(home, "server.mjs"));
  const server: StdioServer = {
    kind: "stdio",
    name: "bench",
    command: "node",
    args: [join(home, "server.mjs")],
    env: {},
  };
  const pool = createMcpPool({
    sandbox: runtime.sandbox,
    packagesDir: join(folder, "packages"),
    hiddenPaths: [],
    secretOf: async () => undefined,
  });
  try {
    const { tools } = await pool.describe(server);
    const use = { scope: "shared", timeoutMs: 60_000, pinnedHash: tools[0]?.hash ?? "" };
    const whole: number[] = [];
    const own: number[] = [];
    for (let round = -WARM_UPS; round < MCP_CALLS; round += 1) {
      const startedAt = performance.now();
      const { text } = await pool.call(server, "took", {}, use);
      const took = performance.now() - startedAt;
      if (round < 0) continue;
      whole.push(took);
      own.push(Number(text));
    }
    const over = whole.map((ms, at) => ms - (own[at] ?? 0));
    const note = `a stdio server in the sandbox, which tells its time; ${MCP_CALLS} calls`;
    return [
      row("MCP call", "over the server's own time, p50", median(over), "ms", 3, note),
      row("MCP call", "over the server's own time, p99", percentile(over, 0.99), "ms"),
      row("MCP call", "the server's own time, p50", median(own), "ms"),
    ];
  } finally {
    await pool.close();
  }
}

async function sqlRows({ runtime, submit, ended }: BenchTrial, folder: string): Promise<Row[]> {
  const { client } = runtime.store;
  const treeId = await submit(TEN_THOUSAND_MESSAGES);
  await ended([treeId]);
  const sql = createTreeSql({ client, sandbox: runtime.sandbox, program: process.cwd() });
  const limits = { maxRows: 200, maxBytes: 65_536, timeoutMs: 60_000, signal: new AbortController().signal };
  let messages = 0;
  const ask = async (cacheDir: string) => {
    const answer = await sql.query({ treeId, cacheDir }, "SELECT count(*) FROM messages", limits);
    if (!("rows" in answer)) throw new Error(`The query was not answered: ${JSON.stringify(answer)}`);
    messages = Number(answer.rows[0]?.[0]);
  };
  const snapshots = createSqlSnapshots(client, giveToTools);
  const first: number[] = [];
  const bare: number[] = [];
  try {
    await sql.status();
    for (let round = 0; round < SNAPSHOTS; round += 1) {
      first.push(await timed(() => ask(placeIn(folder, `sql-${round}`))));
      bare.push(await timed(() => snapshots.take(treeId, placeIn(folder, `bare-${round}`))));
    }
    const cached: number[] = [];
    const place = join(folder, `sql-${SNAPSHOTS - 1}`);
    for (let round = 0; round < QUERIES; round += 1) cached.push(await timed(() => ask(place)));
    const note = `count(*) over ${messages} messages, with its reader in the sandbox; median of ${SNAPSHOTS}`;
    return [
      row("SQL over a tree", "first query", median(first), "ms", 150, note),
      row("SQL over a tree", "the snapshot alone", median(bare), "ms"),
      row("SQL over a tree", "cached, p50", median(cached), "ms", 5, `the same query again; ${QUERIES} times`),
    ];
  } finally {
    await sql.close();
  }
}

function placeIn(folder: string, name: string): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  return place;
}

/** Alternates the two, so that other load on the machine affects both equally. The first rounds do not count. */
async function alternated(
  rounds: number,
  first: Timed,
  second: Timed,
): Promise<{ ofFirst: number[]; ofSecond: number[] }> {
  const ofFirst: number[] = [];
  const ofSecond: number[] = [];
  for (let round = -WARM_UPS; round < rounds; round += 1) {
    const [a, b] = [await first(round), await second(round)];
    if (round < 0) continue;
    ofFirst.push(a);
    ofSecond.push(b);
  }
  return { ofFirst, ofSecond };
}

type Timed = (round: number) => Promise<number>;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
