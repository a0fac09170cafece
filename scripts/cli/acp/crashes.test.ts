/** `banyan acp` when its server is killed, when it is killed itself, and when it gets input that it cannot use. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Page, Tree } from "@/core/shapes/shapes";
import { banyan, buildPrograms, dataFolder, json, scripted } from "@/scripts/testing/command-line";
import { crash, startEditor } from "@/scripts/testing/editor";
import { kill, seededFolder, startKillable } from "@/scripts/testing/killable-server";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { heldModel } from "@/tests/agents/services/held-model";

buildPrograms();

const LONG_MS = 400_000;
const WORKER = ["--agent", "worker"];
const treesIn = async (data: string) => ((await json(["trees", "--data", data])) as Page<Tree>).items;

test(
  "a session outlives the server's SIGKILL and its own, reports an outage once, and a repeated prompt starts no second tree",
  async () => {
    const { script, letGo } = heldModel();
    const [data, settings] = [await seededFolder(), await scripted(script)];
    const first = await startKillable(data, settings);
    const editor = await startEditor(data, { args: WORKER });
    const cwd = dataFolder();
    const session = await editor.open(cwd);
    const cut = editor.prompt(session, "Paint").catch((error: Error) => error.message);
    const known = async () => (await editor.agent.request("session/list", {})).sessions[0]?.title;
    // Its title is the tree's, which comes with the server's answer: only an outage after it is told.
    await expect.poll(known, { timeout: 60_000 }).toBe("Paint");
    expect(await treesIn(data)).toHaveLength(1);

    await kill(first);
    const lost = () => editor.text("agent_thought_chunk").split("The connection to Banyan is lost.").length - 1;
    await expect.poll(lost, { timeout: 60_000 }).toBe(1);
    const second = await startKillable(data, settings);
    await crash(editor);
    await cut;

    const again = await startEditor(data, { args: WORKER });
    await again.agent.request("session/load", { sessionId: session, cwd, mcpServers: [] });
    expect(again.text("user_message_chunk")).toBe("Paint");
    const turn = again.prompt(session, "Paint");
    await kill(second);
    await startKillable(data, settings);
    letGo();
    expect(await turn).toBe("end_turn");
    expect(again.text("agent_message_chunk")).toBe("Painted.");
    expect(await treesIn(data)).toMatchObject([{ status: "succeeded" }]);
    expect(lost()).toBe(1);

    const later = await startEditor(data, { args: WORKER });
    await later.agent.request("session/load", { sessionId: session, cwd, mcpServers: [] });
    expect([later.text("user_message_chunk"), later.text("agent_message_chunk")]).toEqual(["Paint", "Painted."]);
    expect(await later.prompt(session, "Once more")).toBe("end_turn");
    expect(await treesIn(data)).toHaveLength(1);
  },
  LONG_MS,
);

test(
  "an approval that was open in a crash is asked again when the session is loaded, and the tree continues",
  async () => {
    const script = agentScript({
      worker: [call("write_file", { path: "paint.txt", content: "green\n" }), endTask("Painted.")],
      task_evaluator: [passed()],
      "*": [endTask("noted")],
    });
    const [data, settings] = [await seededFolder(), await scripted(script)];
    await banyan(["tools", "policy", "write_file", "ask", "--data", data]);
    const server = await startKillable(data, settings);
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const never = new Promise<null>(() => {});
    const editor = await startEditor(data, {
      args: WORKER,
      onPermission: () => {
        asked();
        return never;
      },
    });
    const cwd = dataFolder();
    const session = await editor.open(cwd);
    const cut = editor.prompt(session, "Paint").catch((error: Error) => error.message);
    await isAsked;
    await kill(server);
    await crash(editor);
    await cut;
    await startKillable(data, settings);
    const again = await startEditor(data, { args: WORKER, onPermission: () => "allow_once" });
    await again.agent.request("session/load", { sessionId: session, cwd, mcpServers: [] });
    await expect.poll(() => again.text("agent_message_chunk"), { timeout: 60_000 }).toBe("Painted.");
    expect(readFileSync(join(cwd, "paint.txt"), "utf8")).toBe("green\n");
  },
  LONG_MS,
);

test(
  "a prompt that a crash left written down and unanswered is sent once when its session is loaded",
  async () => {
    const { script, letGo } = heldModel();
    letGo();
    const [data, settings] = [await seededFolder(), await scripted(script)];
    const server = await startKillable(data, settings);
    const editor = await startEditor(data, { args: WORKER });
    const cwd = dataFolder();
    const session = await editor.open(cwd);
    await kill(server);
    await expect(editor.prompt(session, "Paint")).rejects.toThrow("No server runs on this data folder.");
    await crash(editor);
    await startKillable(data, settings);

    const file = join(data, "acp", `${session}.json`);
    const kept = JSON.parse(readFileSync(file, "utf8"));
    const body = { task: "Paint", agent: "worker", workspace: cwd };
    const cut = { ...kept, open: [{ number: 1, text: "Paint", path: "trees", body, isAccepted: false }] };
    // The second time, the server had the prompt already.
    for (const _ of ["before it was sent", "before it was answered"]) {
      writeFileSync(file, JSON.stringify(cut));
      const again = await startEditor(data, { args: WORKER });
      await again.agent.request("session/load", { sessionId: session, cwd, mcpServers: [] });
      expect(await again.prompt(session, "Paint")).toBe("end_turn");
      expect(again.text("agent_message_chunk")).toBe("Painted.");
      expect(again.text("agent_thought_chunk")).toContain("Banyan has this prompt already");
      expect(await treesIn(data)).toHaveLength(1);
    }
  },
  LONG_MS,
);

test(
  "each input that cannot be used gets one sentence",
  async () => {
    const { script, letGo } = heldModel();
    const [data, settings] = [await seededFolder(), await scripted(script)];
    const none = await startEditor(data, { args: ["--no-start"] });
    const noServer = "No server runs on this data folder. Start Banyan with `npm start`, then try again.";
    await expect(none.open(dataFolder())).rejects.toThrow(noServer);
    expect(none.stderr()).toBe(`${noServer}\n`);
    for (const [args, sentence] of [
      [["--role", "owner"], '--role cannot be "owner": use viewer, operator, reviewer, admin.'],
      [["--max-tokens", "many"], "--max-tokens cannot be"],
    ] as const) {
      const { status, stdout, stderr } = await banyan(["acp", ...args, "--data", data]);
      expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(sentence)]);
    }

    await startKillable(data, settings);
    const editor = await startEditor(data, { args: WORKER });
    const file = join(dataFolder(), "file");
    writeFileSync(file, "");
    for (const [cwd, sentence] of [
      ["relative", 'The folder "relative" is not an absolute path.'],
      [join(data, "below"), "does not exist"],
      [file, "is not a folder"],
      [data, "Banyan's own data folder"],
    ] as const)
      await expect(editor.open(cwd)).rejects.toThrow(sentence);
    const unknown = "00000000-0000-4000-8000-000000000000";
    await expect(editor.prompt(unknown, "x")).rejects.toThrow(`There is no session "${unknown}" here`);
    for (const sessionId of [unknown, "../token"])
      await expect(editor.agent.request("session/load", { sessionId, cwd: "/", mcpServers: [] })).rejects.toThrow(
        "There is no session",
      );
    const cwd = dataFolder();
    const session = await editor.open(cwd);
    await expect(editor.prompt(session, " ")).rejects.toThrow("The prompt is empty: say what to do.");
    const image = [{ type: "image" as const, data: "", mimeType: "image/png" }];
    await expect(editor.agent.request("session/prompt", { sessionId: session, prompt: image })).rejects.toThrow(
      "Banyan reads only text and links to files: leave out images and sound.",
    );
    const turn = editor.prompt(session, "Paint");
    await expect.poll(() => treesIn(data), { timeout: 60_000 }).toHaveLength(1);
    const second = await editor.open(cwd);
    await expect(editor.prompt(second, "Paint too")).rejects.toThrow("works in");
    letGo();
    expect(await turn).toBe("end_turn");
    await expect(editor.agent.request("session/fly", {})).rejects.toThrow("session/fly");
  },
  LONG_MS,
);
