/** Coding agents in the real sandbox, without a task around them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CallOptions, createTestWorld, type TestWorld } from "@/agents/tools/testing/world";
import { CODING_AGENTS, openNoModels } from "@/tests/agents/coding/agent-world";
import { codingAgentTool } from "./run-coding-agent";

const MODEL = "anthropic/claude-sonnet-4-6";
const LONG_MS = 120_000;
const tool = codingAgentTool(CODING_AGENTS);

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => world.remove());

interface Answer {
  agent: string;
  version: string;
  session: string;
  note?: string;
  stop_reason: string | null;
  problem?: string;
  message: string;
  tool_calls: { title: string; kind: string; status: string; files?: string[]; diff?: string; output?: string }[];
  refused?: string[];
}

async function prompt(text: string, { more = {}, context = {} }: Options = {}) {
  const given = { agent: "test", prompt: text, ...more };
  const outcome = await world.call(tool, given, { model: MODEL, openModels: openNoModels, ...context });
  const answer = outcome.content.startsWith("{") ? (JSON.parse(outcome.content) as Answer) : null;
  return { ...outcome, answer, outputs: answer?.tool_calls.map(({ output }) => output) ?? [] };
}

interface Options {
  more?: Record<string, unknown>;
  context?: CallOptions;
}

test(
  "an agent edits a file, runs a command and ends; people see its calls, differences and plan",
  async () => {
    world.write("a.txt", "old\n");
    const lines: string[] = [];
    const printed: string[] = [];
    const { answer, isError, outside } = await prompt(
      "plan Change it\nedit a.txt new\nrun cat a.txt; echo made > b.txt\nsay first\nsay It is done.",
      { context: { onProgress: (line) => lines.push(line), onOutput: (text) => printed.push(text) } },
    );
    expect([isError, outside]).toEqual([false, true]);
    expect(answer).toMatchObject({
      agent: "test",
      version: "1.2.3",
      stop_reason: "end_turn",
      message: "It is done.",
      plan: [{ text: "Change it", status: "in_progress" }],
    });
    expect(answer?.tool_calls[1]).toMatchObject({ kind: "edit", status: "completed", files: ["a.txt"] });
    expect(answer?.tool_calls[1]?.diff).toContain("-old");
    expect(answer?.tool_calls[2]).toMatchObject({ kind: "execute", output: "new" });
    expect(readFileSync(path.join(world.root, "b.txt"), "utf8")).toBe("made\n");
    expect(lines).toContain("Plan: 0 of 1 done. Now: Change it");
    expect(printed.join("")).toContain("+new");
    expect(readdirSync(world.root).sort()).toEqual(["a.txt", "b.txt"]);
  },
  LONG_MS,
);

test(
  "an agent reads nothing of the host, reaches no host, and its environment holds only what Banyan gave it",
  async () => {
    const secret = path.join(world.base, "secret.txt");
    writeFileSync(secret, "the secret");
    world.write("data/banyan.db", "the secret");
    const server = createServer((_, response) => void response.end("the secret"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { outputs } = await prompt(
      [
        `read ${secret}`,
        "read /workspace/data/banyan.db",
        `read ${process.env.HOME}/.bashrc`,
        "read /etc/shadow",
        `reach 127.0.0.1:${port}`,
        "reach 169.254.169.254:80",
        "reach example.org:443",
        "run env | cut -d= -f1 | sort | tr '\\n' ' '",
        "run ls /home /opt /run/banyan; ls /proc | grep -c '^[0-9]'",
      ].join("\n"),
      { context: { hiddenPaths: [path.join(world.root, "data")] } },
    );
    server.close();
    expect(outputs.join("\n")).not.toContain("the secret");
    expect(outputs.slice(0, 4)).toEqual(["ENOENT", "ENOENT", "ENOENT", "ENOENT"]);
    for (const output of outputs.slice(4, 7))
      expect(output).toMatch(/^(ECONNREFUSED|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/);
    expect(outputs[7]).not.toMatch(/BANYAN_(DATA|KEY)|SECRET|npm_/);
    expect(outputs[8]).toContain("agent");
  },
  LONG_MS,
);

test(
  "work in the workspace is allowed once; the network is refused, and what nobody knows where nobody can be asked",
  async () => {
    const { answer, outputs } = await prompt(
      "permit edit Edit a\npermit execute Run it\npermit fetch Read a page\npermit switch_mode Take all\nhost-write /workspace/x",
    );
    const once = "option-allow_once";
    const sentence = "Banyan writes no files for an agent. Write the file in the workspace yourself.";
    expect(outputs).toEqual([once, once, "option-reject_once", "option-reject_once", sentence]);
    expect(answer?.refused).toEqual([
      '"Read a page" was refused by Banyan: its sandbox has no network.',
      '"Take all" was refused by Banyan: nobody can be asked here.',
    ]);
    expect(existsSync(path.join(world.root, "x"))).toBe(false);
  },
  LONG_MS,
);

test(
  "crash, nonsense and a missing sign-in end as their reasons, and what was done before is told",
  async () => {
    const crash = await prompt("edit a.txt new\ncrash");
    expect(crash.answer).toMatchObject({
      stop_reason: null,
      problem: "test ended with exit status 7 before its work was done. It said last: The agent has lost its mind",
    });
    expect(crash.isError).toBe(true);
    expect(crash.answer?.tool_calls[0]).toMatchObject({ status: "completed" });
    const nonsense = await prompt("nonsense");
    expect(nonsense.answer?.problem).toContain("was ended, because it wrote more than 100 lines that are not messages");
    const signIn = await prompt("sign-in");
    expect(signIn.answer?.problem).toContain("wants to be signed in");
  },
  LONG_MS,
);

test(
  "a cancelled agent ends with the call, also when it does not listen, and nothing of it stays",
  async () => {
    for (const last of ["wait", "hang"]) {
      const stop = new AbortController();
      const running = prompt(`run sleep 54321 >/dev/null 2>&1 &\n${last}`, {
        context: {
          signal: stop.signal,
          onProgress: (line) => line.startsWith(last) && stop.abort(new Error("stopped")),
        },
      });
      await expect(running).rejects.toThrow("stopped");
      expect(sleepers()).toEqual([]);
    }
  },
  LONG_MS,
);

function sleepers(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8") === "sleep\0" + "54321\0";
    } catch {
      return false;
    }
  });
}

test(
  "a session goes on in the next call; one that is lost is told again from what Banyan knows",
  async () => {
    const first = await prompt("say one");
    const second = await prompt("say two", { more: { session: "last" } });
    expect([second.answer?.session, second.answer?.message]).toEqual([first.answer?.session, "two"]);
    const other = await prompt("say one", { more: { agent: "forgetful" } });
    const lost = await prompt("say two", { more: { agent: "forgetful", session: other.answer?.session ?? "" } });
    expect(lost.answer?.session).not.toBe(other.answer?.session);
    expect(lost.answer?.note).toContain("could not be loaded");
    expect(lost.answer?.tool_calls[0]?.title).toContain("in a session that is lost");
    const none = await prompt("say", { more: { session: "last" }, context: { taskId: "task-2" } });
    expect(none.content).toBe("This task has no earlier session of test; leave out `session`.");
  },
  LONG_MS,
);

test(
  "an agent of a list that had done its work when the call was cut is not asked again",
  async () => {
    const work = [
      { agent: "test", prompt: "run echo one >> done.txt\nsay It is done." },
      { agent: "forgetful", prompt: "crash" },
    ];
    const sessions: string[] = [];
    const call = async (context: CallOptions) => {
      const { content } = await world.call(tool, { work }, { model: MODEL, openModels: openNoModels, ...context });
      return (JSON.parse(content) as { work: Answer[] }).work;
    };
    const onExecutor: CallOptions["onExecutor"] = async (event) => {
      if (event.type === "executor_started") sessions[event.piece ?? 0] = event.session;
    };
    const first = await call({ onExecutor });
    const resumed = sessions.map((session) => ({ session, executed: [] }));
    sessions.length = 0;
    const second = await call({ onExecutor, resumed });
    expect(first[0]).toMatchObject({ message: "It is done.", stop_reason: "end_turn" });
    expect(second[0]).toEqual(first[0]);
    // The other one is told to go on.
    expect([sessions[0], typeof sessions[1]]).toEqual([undefined, "string"]);
  },
  LONG_MS,
);

test(
  "an agent that speaks another protocol than the task's model is told so, and the next time before it starts",
  async () => {
    let learnt: readonly string[] | null = null;
    const spokenProtocols = {
      providersOf: () => learnt,
      learn: async (_agent: string, _program: unknown, providers: readonly string[]) => {
        learnt = providers;
      },
    };
    const learning = codingAgentTool({ ...CODING_AGENTS, spokenProtocols });
    const openModels = async (options: { socket?: string }) => ({
      ...(await openNoModels(options)),
      trouble: () => "protocol" as const,
      spoken: () => ({ form: "OpenAI's Chat Completions", providers: ["openai", "ollama"] }),
    });
    const call = () => world.call(learning, { agent: "test", prompt: "say hi" }, { model: MODEL, openModels });
    const first = JSON.parse((await call()).content) as Answer & { reason: string };
    expect(first.reason).toBe("not_usable");
    expect(first.problem).toMatch(
      /test speaks the protocol of OpenAI or Ollama, .*OpenAI's Chat Completions.*test:PROVIDER=/,
    );
    expect((await call()).content).toMatch(/^test speaks the protocol of OpenAI or Ollama, .*Nothing was started\.$/);
  },
  LONG_MS,
);

test("an agent that is unknown, not installed, or without a fitting model is refused in one sentence", async () => {
  expect((await prompt("say", { more: { agent: "nobody" } })).content).toBe(
    'There is no coding agent "nobody"; name one of these: claude, codex, opencode, gemini, test, forgetful.',
  );
  expect((await prompt("say", { more: { agent: "claude" } })).content).toContain("Claude Code is not installed");
  expect((await prompt("say", { context: { model: "bedrock/some-model" } })).content).toMatch(
    /test speaks the protocol of Anthropic or OpenAI .*this task's model is bedrock\/some-model.*Nothing was started/,
  );
});
