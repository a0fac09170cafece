/** Two trees of one server. Each has a task that holds a canary and a task that looks for the other tree's canary. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { inflateRawSync } from "node:zlib";
import type { Reply, ScriptedCall, ScriptedRequest } from "../provider-script";
import { endTask, startSubtask } from "../replies";
import { type Gate, gate, logOf, sub, tester, titled, until } from "../scenario";
import type { Trial } from "../trial";
import { ATTACK_FOLDER, ATTEMPTS, claimsOf, type Known } from "./attempts";

export interface Side {
  name: string;
  /** Known only to this tree. */
  canary: string;
  port: number;
  treeId: string;
  /** The other tree's data, once all of it runs; null: there is no other tree. */
  foreign: Promise<Known | null>;
  /** Opened when all attempts are done. */
  attacked: Gate;
  /** Opened when the holder may end. */
  release: Promise<void>;
}

export const sideTitles = (name: string) => ({
  root: `${name} root`,
  holder: `${name} holder`,
  attacker: `${name} attacker`,
  asker: `${name} asker`,
});

export function newSide(name: string, port: number, rest: Pick<Side, "foreign" | "release">): Side {
  return { name, port, canary: `canary-${name}-${randomUUID()}`, treeId: "", attacked: gate(), ...rest };
}

const CALLS_A_TURN = 20;
const LONG_CHARS = 5_000;
const SHOWN_CHARS = 500;

/** The replies of a side's tasks, by title. */
export function repliesOf(
  side: Side,
  server: () => Trial,
): Record<string, Reply[] | ((request: ScriptedRequest) => Reply | Promise<Reply>)> {
  const title = sideTitles(side.name);
  return {
    [title.root]: (request) => rootReply(side, request),
    [title.holder]: (request) => holderReply(side, request),
    [title.asker]: [
      { calls: [{ name: "ask", input: { question: `May I tell ${side.canary}?` }, id: `${side.name}-ask` }] },
      endTask(`${side.name} asker is done`),
    ],
    [title.attacker]: (request) => attackerReply(side, request, server()),
  };
}

/** Passes the question up to a person, and waits until all three have ended. */
function rootReply(side: Side, request: ScriptedRequest): Reply {
  const { holder, attacker, asker } = sideTitles(side.name);
  if (request.turn === 0) return startSubtask(sub(holder), sub(attacker), sub(asker));
  const seen = JSON.stringify(request.messages);
  if ([holder, attacker, asker].every((title) => seen.includes(`${title} is done`))) return endTask("done");
  const question = /\\?"question\\?":\\?"(\w+)\\?"/.exec(JSON.stringify(request.messages.at(-1)))?.[1];
  return question ? { calls: [{ name: "pass_up", input: { question } }] } : { text: "I wait." };
}

function holderReply(side: Side, request: ScriptedRequest): Reply {
  if (request.turn === 0) return holderSetup(side);
  if (request.turn === 1) return { calls: [held(side)] };
  const [id = ""] = terminalsIn(JSON.stringify(request.messages));
  // The command would have printed any input that somebody else wrote to it.
  if (request.turn === 2)
    return { calls: [{ name: "terminal_output", input: { id, cursor: 0 }, id: `${side.name}-said` }] };
  return endTask(`${side.name} holder is done`);
}

/** Returns the ids of background commands, from their answers. */
function terminalsIn(text: string): string[] {
  return [...text.matchAll(/\\?"id\\?":\\?"([^"\\]+)\\?",\\?"state\\?":\\?"running/g)].map((match) => match[1] ?? "");
}

/** Puts its canary everywhere a tree can store data: files, names, history, cache, log, reviews, a cut output. */
function holderSetup({ name, canary }: Side): Reply {
  const commit = `git -c user.name=Ada -c user.email=ada@example.org commit -qm '${canary}'`;
  const files = [`echo ${canary} > canary.txt`, "mkdir -p deep", `echo ${canary} > deep/${canary}.txt`];
  const setup = [...files, "git init -q -b main", "git add -A", commit, "git rev-parse HEAD"].join(" && ");
  const calls: [string, object][] = [
    ["use_terminal", { command: setup }],
    ["open_repository", {}],
    ["git_history", {}],
    ["use_terminal", { command: `for i in $(seq 3000); do echo "$i ${canary}"; done` }],
    ["read_output", { call: `${name}-3` }],
    ["query_database", { sql: "SELECT title, status, instruction FROM tasks WHERE role = 'work' ORDER BY title" }],
    ["flag_for_review", { issue: canary, evidence: canary }],
    ["use_terminal", { command: `echo ${canary}; exec cat`, background: true, timeout_seconds: 900 }],
  ];
  return { calls: calls.map(([tool, input], at) => ({ name: tool, input, id: `${name}-${at}` })) };
}

/** Runs until it is released, with its canary everywhere in its process; then reports where it finds the canary. */
function held({ name, canary, port }: Side): ScriptedCall {
  const server = `const serve = (address) => require("node:net").createServer((socket) => socket.end(process.env.HELD)).listen(address);
    serve({ path: "\\0held-${name}" }); serve({ path: "/tmp/held.sock" }); serve({ port: ${port}, host: "127.0.0.1" });`;
  const command = `export HELD=${canary}; echo $HELD > /tmp/held; echo $HELD > /dev/shm/held
node -e '${server}' $HELD & server=$!
while [ ! -e release ]; do sleep 0.1; done
kill -0 $server && echo alive
cat canary.txt deep/* /tmp/held /dev/shm/held
ls -A -I ${ATTACK_FOLDER} -I release . deep /tmp /dev/shm
git log --format='%s %an' --name-status; git status --porcelain deep canary.txt
kill $server`;
  return { name: "use_terminal", input: { command, timeout_seconds: 900 }, id: `${name}-held` };
}

/** Makes all listed calls, some per turn, then lets its own holder end, and ends with claims. */
async function attackerReply(side: Side, request: ScriptedRequest, { dataDir, runtime }: Trial): Promise<Reply> {
  const foreign = await side.foreign;
  const world = foreign && { foreign, dataDir };
  const calls = Object.entries(ATTEMPTS).flatMap(([name, attempts]) =>
    !world || typeof attempts === "string" || !runtime.world.catalogue.schemaOf(name)
      ? []
      : attempts(world).map((input) => ({ name, input })),
  );
  const turns = Math.ceil(calls.length / CALLS_A_TURN);
  if (request.turn < turns)
    return { calls: calls.slice(request.turn * CALLS_A_TURN, (request.turn + 1) * CALLS_A_TURN) };
  if (request.turn === turns) {
    side.attacked.open();
    await side.release;
    return { calls: [{ name: "use_terminal", input: { command: "touch release" } }] };
  }
  return endTask(`${side.name} attacker is done`, world ? { claims: claimsOf(world) } : {});
}

/** Starts a person who approves every call; returns a function that stops them. */
export function approveEverything(trial: Trial): () => void {
  const { commands, queries } = trial.runtime.application;
  const approve = async () => {
    const { items } = await queries.listReviews({ open: true });
    for (const { id } of items.filter((review) => review.kind === "approval")) {
      // Another round may have approved it already.
      await commands.decide({ id, decision: "approved", reason: "" }, tester).catch(() => undefined);
    }
  };
  return trial.runtime.store.log.onCommit(() => void approve());
}

/** Waits until the side's canary is everywhere, and returns what another tree could know of the side. */
export async function knownOf(trial: Trial, side: Side): Promise<Known> {
  const { queries } = trial.runtime.application;
  const { name, treeId, canary, port } = side;
  const pids = await until(() => processesWith(canary), `the process of ${name} runs`, 240_000);
  const asked = async () =>
    (await queries.listReviews({ treeId, open: true })).items.find((review) => review.kind === "question");
  const question = await until(asked, `${name} asks a person`, 240_000);
  const tree = await queries.getTree(treeId);
  const flag = (await queries.listReviews({ treeId })).items.find((review) => review.kind === "flag");
  const holder = await logOf(trial, titled(tree, sideTitles(name).holder).id);
  const first = holder.find((message) => message.kind === "tool_response" && message.tool_call_id === `${name}-0`);
  const cacheDir = trial.runtime.world.cacheDirOf(treeId);
  return {
    name,
    treeId,
    question: question.id,
    flag: flag?.id ?? "",
    port,
    pids,
    cacheDir,
    workspace: tree.workspace,
    tasks: Object.fromEntries(tree.tasks.map((task) => [task.title, task.id])),
    calls: holder.flatMap((message) => (message.kind === "tool_call" ? [message.tool_call_id ?? ""] : [])),
    terminals: terminalsIn(holder.map((message) => String(message.content.text)).join("\n")),
    objects: foldersNamed("objects", cacheDir),
    commit: /[0-9a-f]{40}/.exec(String(first?.content.text))?.[0] ?? "",
  };
}

/** Host process ids of the sandboxed program that has the canary among its arguments; null while there is none. */
function processesWith(canary: string): number[] | null {
  const found = fs.readdirSync("/proc").filter((pid) => {
    try {
      const args = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return args[0]?.endsWith("node") && args.includes(canary);
    } catch {
      return false;
    }
  });
  return found.length > 0 ? found.map(Number) : null;
}

function foldersNamed(name: string, folder: string): string[] {
  const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return entries.flatMap((entry) =>
    entry.isDirectory() && entry.name === name ? [path.join(entry.parentPath, entry.name)] : [],
  );
}

/** Returns everything that the database has of a tree. */
export function recordsOf(trial: Trial, treeId: string): string {
  const { sqlite } = trial.runtime.store.client;
  const key = trial.runtime.store.queries.trees.treeKey(treeId);
  const bodies = sqlite
    .prepare("SELECT body, data FROM messages LEFT JOIN blobs ON blobs.id = blob_id WHERE tree_id = ?")
    .all(key) as { body: string | null; data: Buffer | null }[];
  const outputs = sqlite
    .prepare("SELECT NULL AS body, data FROM outputs JOIN blobs ON blobs.id = blob_id WHERE tree_id = ?")
    .all(key) as typeof bodies;
  const rows = ["tasks", "reviews", "interventions", "attempts"].map((table) =>
    JSON.stringify(sqlite.prepare(`SELECT * FROM ${table} WHERE tree_id = ?`).all(key)),
  );
  const texts = [...bodies, ...outputs].map(({ body, data }) => body ?? (data ? inflateRawSync(data).toString() : ""));
  return [...texts, ...rows].join("\n");
}

/** Returns the files of a folder with a text in their content or their name. */
export function filesWith(text: string, folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const list = (args: string[]) => {
    try {
      return execFileSync("/usr/bin/env", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).split("\n");
    } catch (error) {
      // Exit status 1 means that nothing was found.
      if (Object(error).status === 1) return [];
      throw error;
    }
  };
  const named = list(["find", folder, "-name", `*${text}*`]);
  return [...named, ...list(["grep", "-rlaF", text, folder])].filter(Boolean);
}

/**
 * Returns a task's log in a form that is the same in each run of the script: one line per message, without ids, hashes
 * and times.
 */
export async function comparableLog(trial: Trial, side: Side, title: "holder" | "asker"): Promise<string[]> {
  const tree = await trial.runtime.application.queries.getTree(side.treeId);
  const log = await logOf(trial, titled(tree, sideTitles(side.name)[title]).id);
  const terminals = terminalsIn(log.map((message) => String(message.content.text)).join("\n"));
  const ids = [side.treeId, ...tree.tasks.map((task) => task.id), ...terminals];
  // Whether a snapshot finds anything new depends on what other tasks of the same tree have written by then.
  const own = log.filter((message) => message.content.type !== "files_saved");
  return own.map(({ turn, kind, content, tool, tool_call_id }) => {
    const line = ids
      .reduce((text, id) => text.replaceAll(id, "ID"), JSON.stringify([turn, kind, content, tool, tool_call_id]))
      .replaceAll(side.canary, "CANARY")
      .replace(/[0-9a-f]{40}/g, "HASH")
      .replace(/toolu_\w+/g, "CALL")
      .replace(/(duration_ms|running_seconds|_commit_at|review|"commit|cost_usd)(\\?":)[^,}]*/g, "$1$2…");
    // Where a long output was cut depends on how many digits its duration has.
    return line.length > LONG_CHARS ? `${line.slice(0, SHOWN_CHARS)}…` : line;
  });
}
