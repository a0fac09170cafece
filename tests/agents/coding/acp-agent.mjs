#!/usr/bin/env node
/**
 * A coding agent for tests: it speaks the Agent Client Protocol and does what the lines of its prompt say, one after
 * another. Each line is a tool call that reports what came of it.
 *   model TEXT         asks its model, and says the answer
 *   need TEXT          asks its model; when it gets no answer, the prompt ends with an error
 *   greedy N           asks its model N times at once, again and again, until each is refused
 *   edit FILE TEXT     writes a file
 *   run COMMAND        runs a command of bash
 *   read FILE          reports the file's text, or why it could not be read
 *   reach HOST:PORT    connects, and reports what happened
 *   permit KIND TITLE  asks for permission, and reports the kind of the option that was chosen
 *   obey FILE          goes on with what the file's lines say, as an agent that believes a repository
 *   host-write FILE    asks the client to write a file
 *   plan TEXT          reports a plan of one entry
 *   say TEXT           says something as a message of its own
 *   hang               does nothing any more, whatever it is told
 *   wait               waits to be cancelled
 *   crash              exits with status 7
 *   nonsense           prints lines that are no messages, without end
 *   sign-in            answers the prompt like an agent that is not signed in
 * With the argument --forgetful it cannot load sessions that it has not made itself. A session that was cut off
 * continues at that place. With --flaky N it exits N times before it answers anything, with --old it speaks another
 * version, and with --deaf it never answers.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { askModel } from "./ask-model.mjs";

const model = process.env.BANYAN_AGENT_MODEL;
const isForgetful = process.argv.includes("--forgetful");
const waiting = new Map();
let requests = 0;
let isCancelled = false;
let cancel = () => {};
const cancelled = new Promise((resolve) => {
  cancel = resolve;
});

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const sessionFile = (id) => join(homedir(), "sessions", `${id}.json`);

function request(method, params) {
  requests += 1;
  const id = `agent-${requests}`;
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

function update(sessionId, sessionUpdate, fields) {
  send({ method: "session/update", params: { sessionId, update: { sessionUpdate, ...fields } } });
}

function say(sessionId, text, messageId = randomUUID()) {
  // In two pieces, as agents stream.
  const half = Math.ceil(text.length / 2);
  for (const piece of [text.slice(0, half), text.slice(half)])
    update(sessionId, "agent_message_chunk", { messageId, content: { type: "text", text: piece } });
}

async function greedy(count) {
  const statuses = [];
  const loop = async () => {
    for (;;) {
      const { status } = await askModel("é".repeat(3_000), { model });
      if (status === 200) continue;
      statuses.push(status);
      return;
    }
  };
  await Promise.all(Array.from({ length: count }, loop));
  return statuses.join(" ");
}

function reach(address) {
  const [host, port] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once("connect", () => resolve("connected"));
    socket.once("error", (error) => resolve(error.code));
  });
}

function run(command) {
  return new Promise((resolve) => {
    execFile("/bin/bash", ["-c", command], (error, stdout, stderr) =>
      resolve(`${error ? `failed ${error.code} ` : ""}${stdout}${stderr}`),
    );
  });
}

async function permit(sessionId, kind, title) {
  const toolCall = { toolCallId: randomUUID(), title, kind, rawInput: { title } };
  const options = ["allow_always", "allow_once", "reject_once", "reject_always"].map((kind) => {
    return { optionId: `option-${kind}`, name: kind, kind };
  });
  const { result } = await request("session/request_permission", { sessionId, toolCall, options });
  return result.outcome.optionId ?? result.outcome.outcome;
}

const KINDS = {
  edit: "edit",
  run: "execute",
  read: "read",
  reach: "fetch",
  model: "think",
  need: "think",
  greedy: "think",
};

/** Does one line; returns what came of it, and the differences that it made. */
async function doLine(sessionId, verb, rest) {
  const [first = "", ...more] = rest.split(" ");
  switch (verb) {
    case "model": {
      const { status, text } = await askModel(rest, { model });
      say(sessionId, text);
      return { output: `${status} ${text}` };
    }
    case "need": {
      const { status, text } = await askModel(rest, { model, stream: true }).catch(() => ({ status: 0 }));
      if (status !== 200) throw { code: -32_603, message: `Internal error: API Error ${status}` };
      return { output: text };
    }
    case "greedy":
      return { output: await greedy(Number(first)) };
    case "edit": {
      const before = existsSync(first) ? readFileSync(first, "utf8") : null;
      mkdirSync(dirname(join(process.cwd(), first)), { recursive: true });
      writeFileSync(first, more.join(" "));
      return { output: "written", diff: { type: "diff", path: first, oldText: before, newText: more.join(" ") } };
    }
    case "run":
      return { output: await run(rest) };
    case "read":
      try {
        return { output: readFileSync(rest, "utf8") };
      } catch (error) {
        return { output: error.code };
      }
    case "reach":
      return { output: await reach(rest) };
    case "permit":
      return { output: await permit(sessionId, first, more.join(" ")) };
    case "host-write": {
      const { error } = await request("fs/write_text_file", { sessionId, path: rest, content: "written by the host" });
      return { output: error?.message ?? "written" };
    }
    case "plan":
      update(sessionId, "plan", { entries: [{ content: rest, priority: "high", status: "in_progress" }] });
      return { output: "planned" };
    case "hang":
      return new Promise(() => setInterval(() => {}, 1_000));
    case "wait":
      await cancelled;
      return { output: "cancelled", stop: "cancelled" };
    case "crash":
      process.stderr.write("The agent has lost its mind.\n");
      return process.exit(7);
    case "nonsense":
      for (let line = 0; line < 1_000; line += 1) process.stdout.write("this is no message\n");
      return new Promise(() => {});
    default:
      return { output: `unknown: ${verb}` };
  }
}

const progressFile = (id) => `${sessionFile(id)}.progress`;

/** Does the lines of a prompt. After a cut-off, it repeats a line that asked for permission, and no other line. */
async function work(sessionId, prompt) {
  let stopReason = "end_turn";
  const goesOn = prompt.startsWith("You were cut off") && existsSync(progressFile(sessionId));
  const lines = goesOn ? JSON.parse(readFileSync(progressFile(sessionId), "utf8")) : prompt.split("\n").filter(Boolean);
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const left = line.startsWith("permit ") ? [line, ...lines] : lines;
    keep(progressFile(sessionId), left);
    const at = line.indexOf(" ");
    const [verb, rest] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    if (verb === "sign-in") throw { code: -32_000, message: "Authentication required" };
    if (verb === "obey") {
      lines.unshift(...readFileSync(rest, "utf8").split("\n").filter(Boolean));
      continue;
    }
    if (verb === "say") {
      say(sessionId, rest);
      continue;
    }
    const toolCallId = randomUUID();
    update(sessionId, "tool_call", {
      toolCallId,
      title: line.slice(0, 200),
      kind: KINDS[verb] ?? "other",
      status: "pending",
    });
    const { output, diff, stop } = await doLine(sessionId, verb, rest);
    if (isCancelled) return { stopReason: "cancelled" };
    const content = [{ type: "content", content: { type: "text", text: output } }, ...(diff ? [diff] : [])];
    update(sessionId, "tool_call_update", { toolCallId, status: "completed", content });
    if (stop) stopReason = stop;
  }
  return { stopReason };
}

const textOf = (prompt) => prompt.map((part) => part.text ?? "").join("");

/** Written whole or not at all, as an agent that may be killed stores its session. */
function keep(file, value) {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}

function remember(id, text) {
  mkdirSync(join(homedir(), "sessions"), { recursive: true });
  const before = existsSync(sessionFile(id)) ? JSON.parse(readFileSync(sessionFile(id), "utf8")) : [];
  keep(sessionFile(id), [...before, text]);
}

const METHODS = {
  initialize: () => ({
    protocolVersion: 1,
    agentInfo: { name: "acp-agent", version: "1.2.3" },
    agentCapabilities: { loadSession: true },
  }),
  "session/new": () => ({ sessionId: randomUUID() }),
  "session/load": ({ sessionId }) => {
    if (isForgetful || !existsSync(sessionFile(sessionId))) throw { code: -32_002, message: "No such session" };
    for (const text of JSON.parse(readFileSync(sessionFile(sessionId), "utf8"))) say(sessionId, `replayed ${text}`);
    return null;
  },
  "session/prompt": ({ sessionId, prompt }) => {
    remember(sessionId, textOf(prompt));
    return work(sessionId, textOf(prompt));
  },
};

async function answer({ id, method, params }) {
  try {
    const does = METHODS[method];
    if (!does) throw { code: -32_601, message: `There is no ${method}.` };
    send({ id, result: await does(params) });
  } catch (error) {
    send({ id, error: { code: error.code ?? -32_603, message: error.message ?? String(error) } });
  }
}

function startsBadly(times) {
  const file = join(homedir(), "starts");
  const before = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  writeFileSync(file, String(before + 1));
  return before < times;
}

if (process.argv.includes("--flaky") && startsBadly(Number(process.argv[process.argv.indexOf("--flaky") + 1]))) {
  process.stderr.write("It does not start today.\n");
  process.exit(3);
}
if (process.argv.includes("--deaf")) METHODS.initialize = () => new Promise(() => {});
if (process.argv.includes("--old")) METHODS.initialize = () => ({ protocolVersion: 2, agentCapabilities: {} });

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.method === "session/cancel") {
    isCancelled = true;
    cancel();
  } else if (message.method && message.id !== undefined) void answer(message);
  else if (message.id !== undefined) {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  }
});
