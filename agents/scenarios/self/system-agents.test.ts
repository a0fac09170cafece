/** P6: what a system agent may do is changed only by an admin, whichever way somebody takes. */
import { expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import type { AgentBody, ToolBody } from "@/core/rules/configuration";
import { type Actor, ownerCalled, tokenActorName } from "@/core/rules/roles";
import { agentFile } from "@/seeds/write";
import { call, endTask } from "@/tests/agents/replies";
import { runRoot, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";
import type { ImportedEntry } from "../../application";

const start = trialsOfThisFile();
const JUDGE = "task_evaluator";
const ADMIN = ownerCalled("Ann");
const MEMBERS: [string, Actor][] = [
  ["a member", { id: "user:2", name: "mia@example.com", role: "reviewer" }],
  ["a member's token", { id: "token:1", name: tokenActorName("mia@example.com", "laptop"), role: "reviewer" }],
];
const [[, MEMBER]] = MEMBERS as [[string, Actor]];

const commandsOf = (trial: Trial, actor: Actor) => guarded(trial.runtime.application, actor).commands;

function bodyOf(trial: Trial, name: string): AgentBody & { version: number } {
  const found = trial.runtime.configuration.agents().find((agent) => agent.name === name);
  if (!found) throw new Error(`There is no agent ${name}.`);
  const { edited: _, ...body } = found;
  return body;
}

function changed(trial: Trial, change: Partial<AgentBody>): AgentBody {
  const { version: _, ...body } = bodyOf(trial, JUDGE);
  return { ...body, ...change };
}

/** Each part of an agent but its texts, as a refusal names it. */
const GUARDED: [string, Partial<AgentBody>][] = [
  ["tools", { tools: ["run_coding_agent"] }],
  ["model", { model: "runbook" }],
  ["web search", { webSearch: true }],
  ["confined", { confined: true }],
  ["rights", { rights: ["host"] }],
  ["limits", { limits: { maxTurns: 1 } }],
  ["effort", { effort: "high" }],
  ["grant", { grant: { tokens: 10 } }],
  ["answer by A2A", { a2aAnswer: "message" }],
];

test.each(MEMBERS)(
  "%s changes texts of a system agent, and nothing else: saved, imported or restored",
  async (_, actor) => {
    const trial = await start(null, { work: false });
    const commands = commandsOf(trial, actor);
    const before = bodyOf(trial, JUDGE);
    const imported = (body: AgentBody): ImportedEntry[] => [{ kind: "agent", body }];
    for (const [part, change] of GUARDED) {
      const refusal = `task_evaluator is a system agent, so only an admin can change more than its description, instruction and documents; this changes: ${part}.`;
      const body = changed(trial, change);
      await expect(commands.importEntries({ entries: imported(body) })).rejects.toThrow(refusal);
      const files = [{ file: "a.md", text: agentFile(body) }];
      await expect(commands.importFiles({ kind: "agent", files })).rejects.toThrow(refusal);
    }
    const { fields } = await trial.runtime.application.queries.getEntry("agent", JUDGE);
    const save = (more: object) => commands.saveEntry({ kind: "agent", fields: { ...fields, ...more } });
    await expect(save({ tools: ["run_coding_agent"], instruction: "Pass." })).rejects.toThrow("this changes: tools.");
    // Two at once are refused, too, because nothing is written before all are looked at.
    const both = [...imported(changed(trial, { documents: [] })), ...imported({ ...changed(trial, {}), name: "goal" })];
    await expect(commands.importEntries({ entries: both })).rejects.toThrow("goal is a system agent");
    expect(bodyOf(trial, JUDGE)).toEqual(before);

    await commands.importEntries({ entries: imported(changed(trial, { instruction: "Judge twice." })) });
    await save({ description: "Judges what others have done, twice.", instruction: "Twice.", documents: [] });
    expect(bodyOf(trial, JUDGE)).toMatchObject({
      ...before,
      version: 3,
      instruction: "Twice.",
      documents: [],
      description: expect.anything(),
    });
    await commandsOf(trial, ADMIN).importEntries({
      entries: imported(changed(trial, { tools: ["run_coding_agent"] })),
    });
    expect(bodyOf(trial, JUDGE)).toMatchObject({ version: 4, tools: ["run_coding_agent"] });
    await expect(commands.restoreVersion({ kind: "agent", name: JUDGE, version: 1 })).rejects.toThrow(
      "this changes: tools.",
    );
    await commandsOf(trial, ADMIN).restoreVersion({ kind: "agent", name: JUDGE, version: 1 });
    await commands.restoreVersion({ kind: "agent", name: JUDGE, version: 3 });
    expect(bodyOf(trial, JUDGE)).toMatchObject({ version: 6, tools: before.tools, instruction: "Twice." });
  },
);

test("a system agent is removed and made again only by an admin, and others by everybody who may change agents", async () => {
  const trial = await start(null, { work: false });
  const member = commandsOf(trial, MEMBER);
  const admin = commandsOf(trial, ADMIN);
  const { version: _, ...reviewer } = bodyOf(trial, "review_agent");
  await expect(member.removeEntry({ kind: "agent", name: "review_agent" })).rejects.toThrow(
    "only an admin can remove it",
  );
  await admin.removeEntry({ kind: "agent", name: "review_agent" });
  const entry: ImportedEntry = { kind: "agent", body: { ...reviewer, tools: ["run_coding_agent"] } };
  await expect(member.importEntries({ entries: [entry] })).rejects.toThrow("only an admin can create it");
  await expect(member.restoreVersion({ kind: "agent", name: "review_agent", version: 1 })).rejects.toThrow(
    "only an admin can create it",
  );
  await admin.restoreVersion({ kind: "agent", name: "review_agent", version: 1 });
  const { version: __, ...coder } = bodyOf(trial, "coder");
  await member.importEntries({
    entries: [{ kind: "agent", body: { ...coder, tools: ["read_file"], model: "runbook" } }],
  });
  await member.removeEntry({ kind: "agent", name: "coder" });
});

test("a member's save that an admin's overtakes takes nothing back", async () => {
  const trial = await start(null, { work: false });
  const [ofAdmin, ofMember] = [{ tools: ["read_file"] }, { instruction: "Judge." }].map((change): ImportedEntry[] => [
    { kind: "agent", body: changed(trial, change) },
  ]) as [ImportedEntry[], ImportedEntry[]];
  const both = await Promise.allSettled([
    commandsOf(trial, ADMIN).importEntries({ entries: ofAdmin }),
    commandsOf(trial, MEMBER).importEntries({ entries: ofMember }),
  ]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(bodyOf(trial, JUDGE)).toMatchObject({ version: 2, tools: ["read_file"] });
});

test("a server whose tools a system agent has is removed only by an admin", async () => {
  const trial = await start(null, { work: false });
  const body: ToolBody = {
    name: "metals",
    title: "Metals",
    description: "Names metals.",
    level: "network",
    source: "mcp",
    optional: true,
    policy: "inherit",
    availability: { available: true, since: "1" },
    server: {
      config: { kind: "http", name: "metals", url: "https://metals.example/mcp" },
      tools: [],
      scope: "shared",
      workspace: "none",
    },
  };
  await trial.runtime.store.configuration.put({ kind: "tool", name: "metals", description: "", body }, "Ann", "");
  await changeAgent(trial, "review_agent", { tools: ["metals"] });
  const removal = commandsOf(trial, MEMBER).removeTool({ id: "metals" });
  await expect(removal).rejects.toThrow("The system agent review_agent has the tool metals");
  await changeAgent(trial, "review_agent", { tools: [] });
  await commandsOf(trial, MEMBER).removeTool({ id: "metals" });
});

/** Lets a task propose, and returns the items by their titles. */
async function proposals(trial: Trial): Promise<Map<string, string>> {
  await changeAgent(trial, "worker", { tools: ["propose_agent"] });
  await runRoot(trial);
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  return new Map(items.map(({ id, title }) => [title, id]));
}

const proposes = (name: string, change: object) =>
  call("propose_agent", { name, why: "It judges wrongly.", ...change });

test("a proposal for a system agent: its tools need an admin, as proposed, as edited, at the end of its trial and when it is undone", async () => {
  const trial = await start({
    root: [
      proposes(JUDGE, { instruction: "Judge by what was run." }),
      proposes("review_agent", { tools: ["run_coding_agent"] }),
      proposes("goal_planner", { instruction: "Plan in three steps." }),
      endTask("proposed"),
    ],
  });
  const items = await proposals(trial);
  const idOf = (name: string) => items.get(`Change the agent ${name}`) ?? "";
  const [member, admin] = [guarded(trial.runtime.application, MEMBER), guarded(trial.runtime.application, ADMIN)];
  const mayNot = async (name: string, actor: Actor) =>
    (await trial.runtime.application.queries.getReviewItem(idOf(name), actor)).may_not.approve;

  expect(await mayNot("review_agent", MEMBER)).toContain("review_agent is a system agent");
  expect(await mayNot("review_agent", ADMIN)).toBeNull();
  expect(await mayNot(JUDGE, MEMBER)).toBeNull();
  const approve = (name: string, edited?: Record<string, string>) =>
    member.commands.decide({ id: idOf(name), decision: "approved", reason: "", ...(edited && { edited }) });
  await expect(approve("review_agent")).rejects.toThrow("this changes: tools.");
  await expect(approve(JUDGE, { tools: "run_coding_agent" })).rejects.toThrow("this changes: tools.");
  // Nor all alike at once, nor by a rule: a rule approves calls, and never a proposal.
  const alike = member.commands.decide({ id: idOf("review_agent"), decision: "approved", reason: "", alike: true });
  await expect(alike).rejects.toThrow("this changes: tools.");
  await expect(member.commands.addRule({ item: idOf("review_agent"), why: "It is right." })).rejects.toThrow(
    "not an approval",
  );
  await member.commands.addRule({ tool: "propose_agent", why: "It is right." });
  expect((await member.queries.getReview(idOf("review_agent"))).status).toBe("open");
  await approve(JUDGE, { instruction: "Judge by what was run, always." });
  await admin.commands.decide({
    id: idOf("goal_planner"),
    decision: "approved",
    reason: "",
    edited: { tools: "run_coding_agent" },
  });
  await admin.commands.decide({ id: idOf("review_agent"), decision: "approved", reason: "" });

  const trials = new Map((await member.queries.listTrials()).map(({ name, id }) => [name, id]));
  expect([...trials.keys()].sort()).toEqual(["goal_planner", "review_agent", JUDGE]);
  const take = (name: string, app: typeof member) =>
    app.commands.endTrial({ id: trials.get(name) ?? "", decision: "take" });
  await expect(take("review_agent", member)).rejects.toThrow("this changes: tools.");
  // The old version stays without an admin: nothing of the agent changes.
  await member.commands.endTrial({ id: trials.get("goal_planner") ?? "", decision: "back" });
  await take("review_agent", admin);
  await take(JUDGE, member);
  expect(bodyOf(trial, "review_agent")).toMatchObject({ version: 2, tools: ["run_coding_agent"] });
  const undo = (name: string, app: typeof member) => app.commands.restoreBefore({ id: idOf(name) });
  await expect(undo("review_agent", member)).rejects.toThrow("this changes: tools.");
  await undo("review_agent", admin);
  await undo(JUDGE, member);
  expect(bodyOf(trial, "review_agent").tools).not.toContain("run_coding_agent");
});
