/** A real ACP client drives trees through `banyan acp` on a real server. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ApiToken } from "@/core/rules/roles";
import type { Page, Review, Tree } from "@/core/shapes/shapes";
import { banyan, buildPrograms, dataFolder, json, scripted } from "@/scripts/testing/command-line";
import { startEditor } from "@/scripts/testing/editor";
import { seededFolder, startKillable } from "@/scripts/testing/killable-server";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed, startSubtask } from "@/tests/agents/replies";

buildPrograms();

const LONG_MS = 400_000;
const WORKER = ["--agent", "worker"];

const write = (path: string) => call("write_file", { path, content: "green\n" });

const model = agentScript({
  agent_selector: [startSubtask({ instruction: "", agent: "worker" })],
  worker: ({ instruction, messages, turn }) => {
    const last = messages.findLast((message) => message.role === "user")?.text ?? "";
    if (last.includes("go on")) return endTask("Went on.");
    if (instruction.includes("ask"))
      return turn === 0 ? call("ask", { question: "Which colour?" }) : endTask("Painted.");
    if (instruction.includes("divide"))
      return turn === 0
        ? startSubtask(
            { title: "Walls", instruction: "write walls", agent: "coder", workspace: "shared" },
            { title: "Roof", instruction: "fail at the roof", agent: "coder", workspace: "shared" },
          )
        : endTask("Built.");
    return turn === 0 ? write("paint.txt") : endTask("Painted.");
  },
  coder: ({ instruction, turn }) => {
    if (instruction.includes("fail")) return call("end_task", { status: "failure", result: "No ladder." });
    return turn === 0 ? write("walls.txt") : endTask("Walls stand.");
  },
  task_evaluator: [passed()],
  "*": [endTask("noted")],
});

async function start({ policy = "auto", more = {} }: { policy?: "ask" | "auto"; more?: Record<string, string> } = {}) {
  const [data, settings] = [await seededFolder(), await scripted(model)];
  const { status, stderr } = await banyan(["tools", "policy", "write_file", policy, "--data", data]);
  expect([status, stderr]).toEqual([0, ""]);
  await startKillable(data, { ...settings, ...more });
  return data;
}

test(
  "a tree is driven end to end: plan, calls with differences, the answer; later prompts continue it",
  async () => {
    const data = await start();
    const editor = await startEditor(data);
    const cwd = dataFolder();
    writeFileSync(join(cwd, "old.txt"), "x");
    const session = await editor.open(cwd);
    expect(await editor.prompt(session, "divide the house")).toBe("end_turn");
    expect(readFileSync(join(cwd, "walls.txt"), "utf8")).toBe("green\n");
    const plans = editor.updates.flatMap((update) => (update.sessionUpdate === "plan" ? [update.entries] : []));
    expect(plans.at(-1)).toMatchObject([
      { content: "Walls", status: "completed" },
      { content: "Roof (failed)", status: "completed" },
    ]);
    expect(plans.length).toBeGreaterThan(1);
    const called = editor.updates.find((update) => update.sessionUpdate === "tool_call");
    const path = join(cwd, "walls.txt");
    expect(called).toMatchObject({ title: "Walls: write_file walls.txt", kind: "edit", locations: [{ path }] });
    expect(called).toMatchObject({ content: [{ type: "diff", path, newText: "green\n" }] });
    const ended = editor.updates.filter((update) => update.sessionUpdate === "tool_call_update");
    expect(ended).toMatchObject([{ toolCallId: called?.toolCallId, status: "completed" }]);
    expect(editor.text("agent_message_chunk")).toBe("Built.");
    expect(editor.text("user_message_chunk")).toBe("");

    expect(await editor.prompt(session, "now go on")).toBe("end_turn");
    expect(editor.text("agent_message_chunk")).toBe("Built.\nWent on.");
    expect(editor.text("user_message_chunk")).toBe("");
    const { items } = (await json(["trees", "--data", data])) as Page<Tree>;
    expect(items).toMatchObject([{ workspace: cwd, status: "succeeded" }]);
    const { sessions } = await editor.agent.request("session/list", {});
    expect(sessions).toMatchObject([{ sessionId: session, cwd, title: items[0]?.title }]);
  },
  LONG_MS,
);

test(
  "an approval is asked in the editor, and decided as the person chooses; an approved call runs once",
  async () => {
    const data = await start({ policy: "ask" });
    const asked: unknown[] = [];
    const choices = ["allow_once", "reject_once"];
    const editor = await startEditor(data, {
      args: WORKER,
      onPermission: (request) => {
        asked.push(request);
        return choices[asked.length - 1] ?? null;
      },
    });
    const cwd = dataFolder();
    const session = await editor.open(cwd);
    expect(await editor.prompt(session, "paint")).toBe("end_turn");
    const called = editor.updates.find((update) => update.sessionUpdate === "tool_call");
    expect(called).toMatchObject({ status: "pending" });
    const path = join(cwd, "paint.txt");
    expect(asked).toMatchObject([
      {
        toolCall: { toolCallId: called?.toolCallId, rawInput: { path: "paint.txt" } },
        options: [{ kind: "allow_once" }, { kind: "reject_once" }],
      },
    ]);
    expect(asked).toMatchObject([{ toolCall: { content: [{ type: "diff", path, newText: "green\n" }, {}] } }]);
    const other = await editor.open(dataFolder());
    expect(await editor.prompt(other, "paint again")).toBe("end_turn");
    expect(asked).toHaveLength(2);
    expect(editor.updates.findLast((update) => update.sessionUpdate === "tool_call_update")).toMatchObject({
      status: "failed",
    });
    const { items } = (await json(["reviews", "--data", data])) as Page<Review>;
    expect(items.map(({ status, decided_by }) => [status, decided_by])).toEqual([
      ["rejected", expect.stringContaining("banyan acp")],
      ["approved", expect.stringContaining("banyan acp")],
    ]);
  },
  LONG_MS,
);

test(
  "a role that may not decide leaves the approval to Review, and the turn continues when a person decides there",
  async () => {
    const cwd = dataFolder();
    const data = await start({ policy: "ask", more: { BANYAN_WORKSPACE_ROOTS: cwd } });
    let requests = 0;
    const editor = await startEditor(data, {
      args: [...WORKER, "--role", "operator"],
      onPermission: () => {
        requests += 1;
        return "allow_once";
      },
    });
    await expect(editor.open(dataFolder())).rejects.toThrow("BANYAN_WORKSPACE_ROOTS");
    const turn = editor.prompt(await editor.open(cwd), "paint");
    await expect.poll(() => editor.text("agent_message_chunk"), { timeout: 60_000 }).toContain("/review?item=");
    const { items } = (await json(["reviews", "--data", data])) as Page<Review>;
    expect(editor.text("agent_message_chunk")).toContain(`/review?item=${items[0]?.id}`);
    await banyan(["approve", items[0]?.id ?? "", "--data", data]);
    expect([await turn, requests]).toEqual(["end_turn", 0]);
  },
  LONG_MS,
);

test(
  "a token that is revoked while the editor is asked decides nothing, and the editor gets one sentence",
  async () => {
    const data = await start({ policy: "ask" });
    let revoked: unknown = null;
    const revoke = async () => {
      const { items } = (await json(["token", "list", "--data", data])) as Page<ApiToken>;
      const { status, stderr } = await banyan(["token", "revoke", items[0]?.id ?? "", "--data", data]);
      revoked = [status, stderr];
      return "allow_once";
    };
    const editor = await startEditor(data, { args: WORKER, onPermission: revoke });
    const cwd = dataFolder();
    const session = await editor.open(cwd);
    expect(await editor.prompt(session, "paint")).toBe("end_turn");
    expect(revoked).toEqual([0, ""]);
    expect(editor.text("agent_message_chunk") + editor.text("agent_thought_chunk")).toContain(
      "refuses this session's token",
    );
    await expect(editor.prompt(session, "go on")).rejects.toThrow("refuses this session's token");
    const { items } = (await json(["reviews", "--data", data])) as Page<Review>;
    expect(items).toMatchObject([{ status: "open", decided_by: null }]);
    expect(existsSync(join(cwd, "paint.txt"))).toBe(false);
  },
  LONG_MS,
);

test(
  "cancelling stops the tree, and the next prompt continues it",
  async () => {
    const data = await start({ policy: "ask" });
    let cancel = () => {};
    const editor = await startEditor(data, {
      args: WORKER,
      onPermission: async () => {
        cancel();
        return null;
      },
    });
    const session = await editor.open(dataFolder());
    cancel = () => void editor.agent.notify("session/cancel", { sessionId: session });
    expect(await editor.prompt(session, "paint")).toBe("cancelled");
    const { items } = (await json(["trees", "--data", data])) as Page<Tree>;
    expect(items).toMatchObject([{ status: "stopped", reason: "by_person" }]);
    expect(await editor.prompt(session, "go on")).toBe("end_turn");
    expect(editor.text("agent_message_chunk")).toContain("Went on.");
    expect(((await json(["trees", "--data", data])) as Page<Tree>).items).toMatchObject([{ status: "succeeded" }]);
  },
  LONG_MS,
);

test(
  "where only a fork can continue, the session moves to it and repeats nothing",
  async () => {
    const data = await start();
    const editor = await startEditor(data, { args: WORKER });
    const cwd = dataFolder();
    const session = await editor.open(cwd);
    expect(await editor.prompt(session, "paint")).toBe("end_turn");
    // Its question keeps the folder locked.
    const other = await startEditor(data, { args: WORKER });
    expect(await other.prompt(await other.open(cwd), "ask me")).toBe("end_turn");
    expect(await editor.prompt(session, "now go on")).toBe("end_turn");
    expect(editor.text("agent_message_chunk")).toBe("Painted.\nWent on.");
    expect(editor.text("agent_thought_chunk")).toContain("A fork continues from the end of this task");
    expect(editor.text("user_message_chunk")).toBe("");
    const { items } = (await json(["trees", "--data", data])) as Page<Tree>;
    expect(items.filter(({ forked_from }) => forked_from !== null)).toMatchObject([{ status: "succeeded" }]);
  },
  LONG_MS,
);

test(
  "a question is a form, or a message that the next prompt answers; to decline is an answer",
  async () => {
    const data = await start();
    const forms: string[] = [];
    const withForms = await startEditor(data, {
      args: WORKER,
      onForm: (message) => {
        forms.push(message);
        return forms.length === 1 ? { action: "accept", content: { answer: "Blue." } } : { action: "decline" };
      },
    });
    for (const _ of ["accepted", "declined"])
      expect(await withForms.prompt(await withForms.open(dataFolder()), "ask me")).toBe("end_turn");
    expect(forms).toEqual([expect.stringContaining("Which colour?"), expect.stringContaining("Which colour?")]);

    const without = await startEditor(data, { args: WORKER });
    const session = await without.open(dataFolder());
    expect(await without.prompt(session, "ask me")).toBe("end_turn");
    expect(without.text("agent_message_chunk")).toMatch(
      /Which colour\?[\s\S]*Answer with your next message, or at http/,
    );
    expect(await without.prompt(session, "Red.")).toBe("end_turn");
    expect(without.text("agent_message_chunk")).toContain("Painted.");
    const { items } = (await json(["reviews", "--data", data])) as Page<Review>;
    expect(items.map(({ answer }) => answer).sort()).toEqual([
      "Blue.",
      "Red.",
      expect.stringContaining("The person declined to answer."),
    ]);
  },
  LONG_MS,
);
