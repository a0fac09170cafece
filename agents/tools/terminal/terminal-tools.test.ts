import { readdirSync } from "node:fs";
import http from "node:http";
import { availableParallelism } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WorldTool } from "@/agents/tools/contract/tool";
import { type CallOptions, createTestWorld, type TestWorld } from "@/agents/tools/testing/world";
import type { Terminals } from "@/lib/terminals/port";
import { terminalInput } from "./terminal-input";
import { terminalOutput } from "./terminal-output";
import { terminalStop } from "./terminal-stop";
import { terminalTool } from "./use-terminal";

let world: TestWorld;
let terminals: Terminals;
let terminal: WorldTool;
beforeEach(() => {
  world = createTestWorld();
  terminals = world.terminals;
  terminal = terminalTool();
});
afterEach(async () => {
  await terminals.close();
  world.remove();
});

async function call(tool: WorldTool, input: unknown, more: CallOptions = {}) {
  const outcome = await world.call(tool, input, more);
  return { ...outcome, answer: outcome.content.startsWith("{") ? JSON.parse(outcome.content) : outcome.content };
}

/** Polls until the command has ended, and returns its whole output. */
async function saidBy(id: string): Promise<string> {
  let all = "";
  for (;;) {
    const { answer } = await call(terminalOutput, { id, wait_seconds: 10 });
    all += answer.output;
    if (answer.state === "ended") return all;
  }
}

describe("use_terminal in the foreground", () => {
  test("runs in the workspace that the file tools see, and reports status and output", async () => {
    world.write("a.txt", "shared");
    const { answer, isError } = await call(terminal, { command: "cat a.txt; echo new > b.txt; echo oops >&2; exit 4" });
    expect(answer).toMatchObject({ exit_status: 4, stdout: "shared", stderr: "oops\n" });
    expect(isError).toBe(false);
    expect((await call(terminal, { command: "cat b.txt" })).answer.stdout).toBe("new\n");
  });

  test("what programs keep in their home stays between commands, and is no file of the workspace", async () => {
    // npm's own cache is a real leftover.
    const cache = "npm config get cache; npm cache verify >/dev/null && ls ~/.npm";
    const { answer } = await call(terminal, { command: `echo kept > ~/kept.txt; ${cache}`, timeout_seconds: 60 });
    expect(answer.stdout).toMatch(/^\/home\/agent\/.npm\n[\s\S]*_cacache\n/);
    const { id } = (await call(terminal, { command: "cat ~/kept.txt; pwd", background: true })).answer;
    expect(await saidBy(id)).toBe("kept\n/workspace\n");
    expect(readdirSync(world.root)).toEqual([]);
  });

  test("a command that takes too long is ended", async () => {
    const { answer, isError } = await call(terminal, { command: "sleep 30", timeout_seconds: 0.2 });
    expect(answer).toMatchObject({ exit_status: null, ended_by: "timeout" });
    expect(isError).toBe(true);
    expect(terminal.timeoutMs?.({ command: "", timeout_seconds: 2 })).toBe(2000);
    expect(terminal.timeoutMs?.({ command: "", timeout_seconds: 86_400 })).toBe(3_600_000);
    expect(terminal.timeoutMs?.({ command: "", timeout_seconds: 2, background: true })).toBeUndefined();
  });

  test("a command that uses all its CPU time is ended with a sentence, also inside a script", async () => {
    const script = "echo begun; node -e 'for (;;);' 2>/dev/null || true; echo went on";
    const { answer, isError, fault } = await call(terminal, { command: script, cpu_seconds: 1 });
    expect(answer).toMatchObject({ exit_status: null, ended_by: "cpu", stdout: "begun\n" });
    expect(answer.problem).toMatch(/used its 1 second of CPU time; ask for more with cpu_seconds/);
    expect([isError, fault]).toEqual([true, "cpu"]);
  });

  test("gets the CPU time that its timeout allows, or that it asks for, up to the limit", async () => {
    const limit = async (more: object) => (await call(terminal, { command: "ulimit -t", ...more })).answer.stdout;
    // The kernel's signal comes a little later than the host.
    expect(await limit({ timeout_seconds: 10 })).toBe(`${10 * availableParallelism() + 5}\n`);
    expect(await limit({ cpu_seconds: 600 })).toBe("605\n");
    expect(terminalTool({ maxCpuSeconds: 100 }).input.safeParse({ command: "x", cpu_seconds: 101 }).success).toBe(
      false,
    );
  });

  test("tells what was printed when the call's own time is over, and whose time it was", async () => {
    for (const [endedBy, told, fault] of [
      ["time", "timeout", "timeout"],
      ["silence", "silence", "silent"],
      [null, "abort", undefined],
    ] as const) {
      const cut = new AbortController();
      const onOutput = () => cut.abort(new Error("over"));
      const more = { signal: cut.signal, endedBy: () => endedBy, onOutput };
      const outcome = await call(terminal, { command: "echo so far; sleep 600" }, more);
      expect(outcome.answer).toMatchObject({ ended_by: told, stdout: "so far\n" });
      expect(outcome.fault).toBe(fault);
    }
  });

  test("shows output as a terminal would", async () => {
    const command = String.raw`printf 'a\rb\n\033[31mred\033[0m\tend\n'; printf '1 %%\r2 %%\n' >&2`;
    const { answer } = await call(terminal, { command });
    expect(answer).toMatchObject({ stdout: "b\nred\tend\n", stderr: "2 %\n" });
    const { id } = (await call(terminal, { command, background: true })).answer;
    expect(await saidBy(id)).toContain("red\tend\n");
  });

  test("waits for no pager, no editor and no answer, and a command may name its own", async () => {
    const git = "git init -q . && git -c user.name=A -c user.email=a@b.c";
    const { answer } = await call(terminal, { command: `${git} commit --allow-empty; seq 200 | $PAGER`, tty: true });
    expect(answer).toMatchObject({
      exit_status: 0,
      stdout: expect.stringMatching(/empty commit message[\s\S]*\n200\n$/),
    });
    const own = `${git} -c core.editor='echo mine >' commit -q --allow-empty; git log --format=%s`;
    expect((await call(terminal, { command: own })).answer.stdout).toBe("mine\n");
    const asked = await call(terminal, { command: "read -p 'Go on? ' answer; echo [$?]", tty: true });
    expect(asked.answer.stdout).toContain("[1]");
  });

  test("without a network programs fail at once, and the answer says how hosts are asked for", async () => {
    const command =
      'getent hosts example.com; node -e \'require("dns").lookup("example.com", (e) => console.log(e.code, e.hostname))\'';
    const { answer } = await call(terminal, { command }, { network: { allowed: true, hosts: [] } });
    expect(answer).toMatchObject({ exit_status: 0, stdout: "ENOTFOUND example.com\n" });
    expect(answer.note).toContain('["example.com"]');
    const settings = await call(terminal, {
      command: "npm config get fetch-retries; echo fetch-retries=7 > .npmrc; npm config get fetch-retries",
    });
    expect(settings.answer.stdout).toBe("0\n7\n");
  });

  test("has a terminal when it asks for one", async () => {
    const command = "[ -t 1 ] && echo it is; exit 5";
    expect((await call(terminal, { command, tty: true })).answer).toMatchObject({
      exit_status: 5,
      stdout: "it is\n",
    });
    expect((await call(terminal, { command })).answer).toMatchObject({ exit_status: 5, stdout: "" });
  });

  test("without a sandbox nothing runs, and the reason is the answer", async () => {
    const sandbox = {
      status: async () => ({ available: false as const, reason: "The terminal is off." }),
      run: () => Promise.reject(new Error("must not be called")),
      start: () => Promise.reject(new Error("must not be called")),
    };
    for (const background of [false, true]) {
      const outcome = await world.call(terminal, { command: "touch x", background }, { sandbox });
      expect(outcome).toEqual({ content: "The terminal is off.", isError: true });
    }
  });
});

describe("use_terminal with a network", () => {
  test("is a write without it, and with it a call that sends to those hosts", () => {
    const effect = (network?: string[]) => terminal.effectOf?.({ command: "x", ...(network && { network }) });
    expect(effect()).toEqual({ level: "write" });
    expect(effect([])).toEqual({ level: "write" });
    expect(effect(["Example.COM.", "0x7f.1:80", "*.a.org:8443"])).toEqual({
      level: "network",
      alsoNeeds: "write",
      hosts: ["example.com", "127.0.0.1:80", "*.a.org:8443"],
      sends: true,
    });
  });

  test("is refused without the right, and for an invalid host", async () => {
    const allowed = { network: { allowed: true, hosts: [] } };
    const none = await call(terminal, { command: "true", network: ["example.com"] });
    expect(none).toMatchObject({ isError: true, content: expect.stringContaining("may not use the network") });
    const held = { network: { allowed: false, hosts: [] } };
    expect((await call(terminal, { command: "true", network: ["example.com"] }, held)).isError).toBe(true);
    for (const host of ["https://example.com", "a b", "*", "a@b", "a:99999", "a/b"]) {
      const outcome = await call(terminal, { command: "true", network: [host] }, allowed);
      expect(outcome, host).toMatchObject({ isError: true, content: expect.stringContaining("is not a host") });
    }
  });

  test("reaches only the named hosts, lists refused hosts, and counts as outside content", async () => {
    const server = http.createServer((_, response) => response.end("answered\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const fetch = (url: string) =>
      `node -e 'require("http").get({ host: "127.0.0.1", port: 3128, path: "${url}" }, (a) => a.pipe(process.stdout))'`;
    const network = { allowed: true, hosts: [], privateHosts: [host] };
    const command = `${fetch(`http://${host}/`)}; ${fetch("http://other.test/")}`;
    const outcome = await call(terminal, { command, network: [host] }, { network });
    expect(outcome).toMatchObject({ outside: true, isError: false });
    expect(outcome.answer.stdout).toMatch(/^answered\n.*not on the list of allowed hosts/);
    expect(outcome.answer.hosts_refused).toEqual(["other.test:80"]);
    expect(outcome.answer.hosts_not_reached).toEqual([expect.stringMatching(/^other\.test:80 is not among the hosts/)]);
    const { answer } = await call(
      terminal,
      { command: fetch(`http://${host}/`), network: [host], background: true },
      { network },
    );
    expect(terminalInput(terminals).effectOf?.({ id: answer.id, text: "x" })).toEqual({
      level: "network",
      alsoNeeds: "write",
      hosts: [host],
      sends: true,
    });
    expect(await saidBy(answer.id)).toBe("answered\n");
    expect((await call(terminalOutput, { id: answer.id })).outside).toBe(true);
    server.close();
  });
});

describe("use_terminal in the background", () => {
  test("answers immediately; output, input and stop have their own tools", async () => {
    const { answer, isError } = await call(terminal, {
      command: "echo up; while read -r line; do echo got $line; done; exit 3",
      background: true,
    });
    expect(isError).toBeFalsy();
    expect(answer).toEqual({ id: expect.stringMatching(/^cmd-/), state: "running" });
    const { id } = answer;
    const first = await call(terminalOutput, { id, wait_seconds: 10 });
    expect(first).toMatchObject({ answer: { id, state: "running", output: "up\n", cursor: 3 } });
    expect(first.outside).toBeUndefined();
    expect(terminalInput(terminals).effectOf?.({ id, text: "x" })).toEqual({ level: "write" });
    expect((await call(terminalInput(terminals), { id, text: "one\n", close: true })).content).toBe(
      "Sent 4 bytes and closed the input.",
    );
    expect(await saidBy(id)).toBe("got one\n");
    const last = await call(terminalOutput, { id, cursor: 0 });
    expect(last.answer).toMatchObject({ state: "ended", exit_status: 3, output: "up\ngot one\n" });
  });

  test("is stopped, and mistakes get one sentence", async () => {
    const { answer } = await call(terminal, { command: "sleep 88", background: true, cpu_seconds: 5 });
    const stopped = await call(terminalStop, { id: answer.id });
    expect(stopped.answer).toMatchObject({ state: "ended", ended_by: "stop", exit_status: null });
    for (const tool of [terminalOutput, terminalInput(terminals), terminalStop]) {
      const unknown = await call(tool, { id: "cmd-000000-1" });
      expect(unknown).toMatchObject({
        isError: true,
        content: expect.stringContaining("ended when the server restarted"),
      });
      expect((await call(tool, { id: answer.id }, { treeId: "tree-2", taskId: "x" })).isError).toBe(true);
    }
    expect((await call(terminalInput(terminals), { id: answer.id, text: "x" })).content).toContain("has ended");
    const nul = await call(terminal, { command: "a\0b", background: true });
    expect(nul).toMatchObject({ isError: true, content: expect.stringContaining("NUL") });
    const nowhere = await call(terminal, { command: "true", background: true }, { workplace: null });
    expect(nowhere).toMatchObject({ isError: true, content: expect.stringContaining("no workspace") });
  });
});

describe("a server in the background", () => {
  const serve = (text: string) =>
    `node -e 'require("http").createServer((_, answer) => answer.end("${text}\\n")).listen(3000, "127.0.0.1", () => console.log("up"))'`;
  const ask = (port: number) =>
    `node -e 'require("http").get("http://127.0.0.1:${port}/", (answer) => answer.pipe(process.stdout)).on("error", (error) => console.log(error.code))'`;
  const started = async (command: string, more: object = {}) => {
    const { answer } = await call(terminal, { command, background: true }, more);
    expect(answer).not.toHaveProperty("note");
    const { answer: first } = await call(terminalOutput, { id: answer.id, wait_seconds: 60 }, more);
    expect(first.output).toBe("up\n");
    return answer.id as string;
  };

  test("is reached by the other commands of its task, in both directions, and by no other task", async () => {
    const id = await started(serve("hello"));
    expect((await call(terminal, { command: ask(3000) })).answer.stdout).toBe("hello\n");
    const { answer } = await call(terminal, { command: ask(3000), background: true });
    expect(await saidBy(answer.id)).toBe("hello\n");
    const other = { taskId: "another-task" };
    expect((await call(terminal, { command: ask(3000) }, other)).answer.stdout).toBe("ECONNREFUSED\n");
    await started(serve("of another task"), other);
    expect((await call(terminal, { command: ask(3000) })).answer.stdout).toBe("hello\n");
    expect((await call(terminal, { command: ask(3000) }, other)).answer.stdout).toBe("of another task\n");
    await call(terminalStop, { id });
    expect((await call(terminal, { command: ask(3000) })).answer.stdout).toBe("ECONNREFUSED\n");
  });

  test("gives no way to the host's loopback, to the outside, or to a sibling's proxy", async () => {
    const server = http.createServer((_, response) => response.end("of the host\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await started(serve("hello"));
    expect((await call(terminal, { command: ask(port) })).answer.stdout).toBe("ECONNREFUSED\n");
    const { answer } = await call(terminal, {
      command:
        "cat /proc/net/dev | tail -n +3 | cut -d: -f1; grep Cap /proc/self/status | sort -u -k2 | wc -l; grep CapEff /proc/self/status",
    });
    expect(answer.stdout).toMatch(/^\s*lo\n1\nCapEff:\s+0+\n$/);
    const network = { allowed: true, hosts: [], privateHosts: [`127.0.0.1:${port}`] };
    const proxied = await call(
      terminal,
      { command: "echo up; sleep 600", background: true, network: [`127.0.0.1:${port}`] },
      { network },
    );
    await call(terminalOutput, { id: proxied.answer.id, wait_seconds: 60 });
    expect((await call(terminal, { command: ask(3128) })).answer.stdout).toBe("ECONNREFUSED\n");
    const alone = await call(terminal, { command: ask(3000), network: [`127.0.0.1:${port}`] }, { network });
    expect(alone.answer.stdout).toBe("ECONNREFUSED\n");
    server.close();
  });
});
