#!/usr/bin/env node
/**
 * Claude Code for tests: it speaks stream-json as `claude -p` does, and does what the lines of its prompt say, one after
 * another. Each line is a tool call.
 *   model TEXT         asks its model, and says the answer; after two more tries it ends as the real one does
 *   edit FILE TEXT     asks for permission as the tool Write, and writes the file
 *   run COMMAND        asks for permission as Bash, and runs it
 *   fetch URL          asks for permission as WebFetch
 *   ask QUESTION       asks the person with AskUserQuestion, and reports the answer
 *   form               sends an elicitation, and reports the answer
 *   todo TEXT          writes a plan of one entry
 *   read FILE          reports the file's text
 *   args               reports its own arguments
 *   say TEXT           says something as a message of its own
 *   hang               does nothing any more, whatever it is told
 *   wait               waits to be interrupted
 *   crash              exits with status 7
 *   dear               ends as one whose budget is spent
 * Like the real one it obeys settings, hooks and servers of the folder unless its arguments forbid that.
 */
import { execFile, execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { askModel } from "./ask-model.mjs";

const given = process.argv.slice(2);
const optionOf = (name) => (given.includes(name) ? given[given.indexOf(name) + 1] : undefined);
const resumed = optionOf("--resume");
const session = resumed ?? optionOf("--session-id") ?? randomUUID();
const folder = join(process.env.CLAUDE_CONFIG_DIR ?? process.env.HOME, "projects");
const file = join(folder, `${session}.json`);
const waiting = new Map();
let serial = 0;
let interrupt = () => {};
const interrupted = new Promise((resolve) => {
  interrupt = resolve;
});

const send = (message) => process.stdout.write(`${JSON.stringify({ session_id: session, ...message })}\n`);

function end(fields) {
  send({ type: "result", subtype: "success", is_error: false, num_turns: 1, total_cost_usd: 0, ...fields });
}

function request(fields) {
  serial += 1;
  const request_id = `claude-${serial}`;
  send({ type: "control_request", request_id, request: fields });
  return new Promise((resolve) => waiting.set(request_id, resolve));
}

function assistant(...content) {
  send({ type: "assistant", message: { id: randomUUID(), role: "assistant", content }, parent_tool_use_id: null });
}

/** One tool call, from its announcement to its result. */
async function call(name, input, work) {
  const id = `toolu_${randomUUID()}`;
  assistant({ type: "tool_use", id, name, input });
  const { output, isError = false, originalFile = null } = await work(input);
  const content = [{ type: "tool_result", tool_use_id: id, content: output, is_error: isError }];
  send({ type: "user", message: { role: "user", content }, tool_use_result: { originalFile } });
}

async function permitted(name, input, work) {
  const answer = await request({ subtype: "can_use_tool", tool_name: name, input });
  if (answer.response?.behavior !== "allow") return { output: answer.response?.message ?? "refused", isError: true };
  return work(answer.response.updatedInput);
}

/** Asks up to three times, and says so, as the real one does. */
async function askPatiently(text) {
  for (let tries = 0; ; tries += 1) {
    const answer = await askModel(text, { model: process.env.ANTHROPIC_MODEL, stream: true });
    if (answer.status === 200 || tries === 2) return answer;
    send({ type: "system", subtype: "api_retry", attempt: tries + 1, error_status: answer.status });
  }
}

function run(command) {
  return new Promise((resolve) => {
    execFile("/bin/bash", ["-c", command], (error, stdout, stderr) =>
      resolve({ output: stdout + stderr, isError: error !== null }),
    );
  });
}

/** Returns how the turn ends when a line ends it. */
async function doLine(verb, rest) {
  const [first = "", ...more] = rest.split(" ");
  switch (verb) {
    case "say":
      assistant({ type: "text", text: rest });
      return null;
    case "model": {
      const { status, text, body } = await askPatiently(rest);
      assistant({ type: "text", text: status === 200 ? text : `API Error: ${status} ${body}` });
      // The real one says `success` here, too.
      return status === 200 ? null : { is_error: true, api_error_status: status, result: `API Error: ${status}` };
    }
    case "edit": {
      const input = { file_path: join(process.cwd(), first), content: more.join(" ") };
      const originalFile = existsSync(first) ? readFileSync(first, "utf8") : null;
      await call("Write", input, () =>
        permitted("Write", input, ({ file_path, content }) => {
          writeFileSync(file_path, content);
          return { output: "written", originalFile };
        }),
      );
      return null;
    }
    case "run":
      await call("Bash", { command: rest }, (input) => permitted("Bash", input, ({ command }) => run(command)));
      return null;
    case "fetch":
      await call("WebFetch", { url: rest }, (input) => permitted("WebFetch", input, () => ({ output: "fetched" })));
      return null;
    case "ask": {
      const input = { questions: [{ question: rest }] };
      await call("AskUserQuestion", input, () =>
        permitted("AskUserQuestion", input, ({ answers }) => ({ output: JSON.stringify(answers) })),
      );
      return null;
    }
    case "form":
      await call("Form", {}, async () => {
        const { response } = await request({ subtype: "elicitation", message: "Your name?" });
        return { output: response.action };
      });
      return null;
    case "todo":
      await call("TodoWrite", { todos: [{ content: rest, status: "in_progress" }] }, () => ({ output: "noted" }));
      return null;
    case "read":
      await call("Read", { file_path: rest }, () =>
        existsSync(rest) ? { output: readFileSync(rest, "utf8") } : { output: "ENOENT", isError: true },
      );
      return null;
    case "args":
      await call("Args", {}, () => ({ output: given.join(" ") }));
      return null;
    case "hang":
      return new Promise(() => setInterval(() => {}, 1_000));
    case "wait":
      await call("Wait", {}, async () => ({ output: await interrupted, isError: true }));
      return { subtype: "error_during_execution", is_error: true };
    case "crash":
      process.stderr.write("Claude has lost its mind.\n");
      return process.exit(7);
    case "dear":
      return { subtype: "error_max_budget_usd", is_error: true };
    default:
      throw new Error(`unknown: ${verb}`);
  }
}

/** Obeys settings that a folder plants for an agent that trusts it. */
function obeyFolder() {
  const settings = ".claude/settings.json";
  if (!given.includes("--setting-sources=") && existsSync(settings))
    for (const { hooks } of JSON.parse(readFileSync(settings, "utf8")).hooks.SessionStart)
      for (const { command } of hooks) execFileSync("/bin/bash", ["-c", command]);
  if (given.includes("--strict-mcp-config") || !existsSync(".mcp.json")) return;
  for (const { command, args } of Object.values(JSON.parse(readFileSync(".mcp.json", "utf8")).mcpServers))
    execFileSync(command, args);
}

async function work(text) {
  obeyFolder();
  send({ type: "system", subtype: "init", claude_code_version: "2.1.0", cwd: process.cwd() });
  mkdirSync(folder, { recursive: true });
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  writeFileSync(file, JSON.stringify([...before, text]));
  for (const line of text.split("\n").filter(Boolean)) {
    const at = line.indexOf(" ");
    const ending = await (at < 0 ? doLine(line, "") : doLine(line.slice(0, at), line.slice(at + 1)));
    if (ending) return end(ending);
  }
  end({ stop_reason: "end_turn", result: "done" });
}

if (resumed !== undefined && !existsSync(file)) {
  process.stderr.write(`No conversation found with session ID: ${resumed}\n`);
  const errors = [`No conversation found with session ID: ${resumed}`];
  end({ subtype: "error_during_execution", is_error: true, num_turns: 0, errors });
  process.exitCode = 1;
} else {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const message = JSON.parse(line);
    if (message.type === "user") void work(message.message.content);
    else if (message.type === "control_response") {
      waiting.get(message.response.request_id)?.(message.response);
      waiting.delete(message.response.request_id);
    } else if (message.type === "control_request") {
      if (message.request.subtype === "interrupt") interrupt("interrupted");
      const { request_id } = message;
      send({ type: "control_response", response: { subtype: "success", request_id, response: {} } });
    }
  });
}
