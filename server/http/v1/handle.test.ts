import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import type { ToolBody } from "@/core/rules/configuration";
import { ownerCalled } from "@/core/rules/roles";
import type { LessonList } from "@/core/shapes/memory";
import type { Review, Tree } from "@/core/shapes/shapes";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask, passed } from "@/tests/agents/replies";
import { startTrial, type TrialOptions } from "@/tests/agents/trial";
import { type ApiAnswer, handleApi } from "./handle";

async function start(options: TrialOptions = { work: false }) {
  const trial = await startTrial(options);
  onTestFinished(() => trial.close());
  const ask = (line: string, body?: unknown): Promise<ApiAnswer> => {
    const [method = "", address = ""] = line.split(" ");
    const url = new URL(address, "http://localhost/");
    const path = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
    return handleApi(guarded(trial.runtime.application, ownerCalled("anna")), {
      method,
      path,
      query: url.searchParams,
      body,
    });
  };
  const submit = async (body: unknown) => (await ask("POST trees", body)).body as Tree;
  return { trial, ask, submit };
}

const sentence = (text: string) => ({
  status: 200,
  body: expect.objectContaining({ sentence: expect.stringContaining(text) }),
});

test("a tree and a task are paused, previewed, changed, granted more and deleted", async () => {
  const { ask, submit } = await start();
  const tree = await submit({
    task: "Look",
    agent: "worker",
    model: "anthropic/claude-sonnet-4-5",
    grant: { cost_usd: 1 },
  });
  const task = `tasks/${tree.root_task_id}`;
  expect(await ask(`GET ${task}/next`)).toEqual(sentence("It asks anthropic/claude-sonnet-4-5 for turn 1"));
  expect(await ask(`GET trees/${tree.id}/next`)).toEqual(await ask(`GET ${task}/next`));
  expect(await ask(`POST ${task}/pause`, { alone: true })).toEqual(sentence("Paused: this task only"));
  expect(await ask(`POST trees/${tree.id}/pause`)).toEqual(sentence("Paused: the tree"));
  expect(await ask(`POST trees/${tree.id}/resume`)).toEqual(sentence("Resumed: the tree"));
  expect(await ask(`POST ${task}/change`, { agent: "coder", priority: 7 })).toEqual(sentence("the agent to coder"));
  expect(await ask(`POST trees/${tree.id}/change`, { model: "openai/gpt-5.1" })).toEqual(sentence("openai/gpt-5.1"));
  expect(await ask(`POST trees/${tree.id}/grant`, { cost_usd: 0.000001 })).toEqual(
    sentence("anna granted $0.000001 more."),
  );
  expect((await ask(`GET trees/${tree.id}`)).body).toMatchObject({ priority: 7, grant: { cost_usd: 1.000001 } });
  expect(await ask(`POST trees/${tree.id}/grant`, { tokens: 5 })).toMatchObject({ status: 409 });
  expect(await ask(`DELETE trees/${tree.id}`)).toEqual(sentence("Deleted the tree"));
  expect(await ask(`GET trees/${tree.id}`)).toMatchObject({ status: 404 });
  expect(await ask(`DELETE trees/${tree.id}`)).toMatchObject({ status: 404 });
});

test("runners and insights answer as lists do, and a tree goes on by `message` or by `text`", async () => {
  const { ask, submit } = await start();
  expect(await ask("GET runners")).toMatchObject({ status: 200, body: { items: [], next: null, runners: [] } });
  expect(await ask("GET insights?status=open")).toEqual({ status: 200, body: { items: [], next: null } });
  expect(await ask("GET insights?project=shop")).toMatchObject({ status: 404 });
  const tree = await submit({ task: "Look", agent: "worker", model: "anthropic/claude-sonnet-4-5" });
  const goOn = (body: unknown) => ask(`POST trees/${tree.id}/continue`, body);
  for (const body of [{ message: "Now the tests." }, { text: "And the docs." }])
    expect(await goOn(body)).toMatchObject({ status: 200, body: { by: "message" } });
  for (const body of [{}, { message: "Now the tests.", text: "Now the tests." }])
    expect(await goOn(body)).toMatchObject({
      status: 400,
      body: { detail: 'Say what the task should do now, either as "text" or as "message".' },
    });
});

test("lessons are listed page by page, also where only some of the words are found, and those of a task as a list", async () => {
  const { trial, ask, submit } = await start();
  const lesson = { kind: "fact", scope: "everywhere", place: null, trigger: "gardening" } as const;
  const made = Array.from({ length: 201 }, (_, at) => ({
    ...lesson,
    signature: `pest ${at}`,
    advice: `Water bed ${at}.`,
  }));
  const { store } = trial.runtime;
  const kept = { maker: "person", isTainted: false, reason: null, by: "anna", atMs: 0, source: null } as const;
  await store.lessons.add(made.map((one, at) => ({ ...one, ...kept, uid: `garden${at}` })));
  const paged = async (query: string) => {
    const pages: string[][] = [];
    for (let next: string | null = "0"; next !== null && pages.length < 9; ) {
      const { body } = await ask(`GET lessons?${query}&after=${next}`);
      const page = body as LessonList;
      pages.push(page.items.filter(({ trigger }) => trigger === "gardening").map(({ id }) => id));
      ({ next } = page);
    }
    return { sizes: pages.map(({ length }) => length), ids: new Set(pages.flat()).size };
  };
  expect(await paged("seeded=0")).toEqual({ sizes: [200, 1], ids: 201 });
  expect(await paged("seeded=0&limit=500")).toEqual({ sizes: [201], ids: 201 });
  expect(await paged("seeded=0&text=gardening&limit=67")).toEqual({ sizes: [67, 67, 67], ids: 201 });
  // No lesson has both words, so those with the rarest are listed, at most 40 of them.
  expect(await paged("status=live&text=gardening+tractor&limit=25")).toEqual({ sizes: [25, 15], ids: 40 });
  const { root_task_id } = await submit({ task: "Look", agent: "worker" });
  expect((await ask(`GET tasks/${root_task_id}/lessons`)).body).toEqual({ items: [], next: null });
});

test("a fork is a new tree and can be compared with its source", async () => {
  const { ask, submit } = await start();
  const tree = await submit({ task: "Look", agent: "worker", model: "anthropic/claude-sonnet-4-5" });
  const forked = await ask(`POST tasks/${tree.root_task_id}/fork`, { instruction: "Look twice" });
  expect(forked).toMatchObject({ status: 201, body: { forked_from: { tree_id: tree.id } } });
  const fork = forked.body as Tree;
  expect((await ask(`GET tasks/${fork.root_task_id}`)).body).toMatchObject({ instruction: "Look twice" });
  expect(await ask(`POST trees/${tree.id}/fork`)).toMatchObject({ status: 201 });
  expect(await ask(`POST trees/${tree.id}/fork`, { at: 999_999 })).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("has no message 999999") },
  });
  const compared = await ask(`GET trees/${tree.id}/compare?with=${fork.id.slice(0, 6)}`);
  expect(compared.body).toMatchObject({ trees: [{ tree_id: tree.id }, { tree_id: fork.id, copied: { tokens: 0 } }] });
  expect(await ask(`GET trees/${tree.id}/compare?with=zzzz`)).toMatchObject({ status: 404 });
});

test("interventions are listed for all trees, for one tree or for one task", async () => {
  const { trial, ask, submit } = await start();
  const tree = await submit({ task: "Look", agent: "worker" });
  const found = { rule: "no_progress", action: "nudge", evidence: "The same call three times." } as const;
  await trial.runtime.store.interventions.add(tree.root_task_id, found);
  const listed = { items: [{ tree_id: tree.id, task_id: tree.root_task_id, ...found }], next: null };
  expect((await ask("GET interventions?limit=5")).body).toMatchObject(listed);
  expect((await ask(`GET interventions?tree=${tree.id}`)).body).toMatchObject(listed);
  expect((await ask("GET interventions?limit=1")).body).toMatchObject(listed);
  expect((await ask("GET interventions?limit=1&after=1")).body).toEqual({ items: [], next: null });
  const other = await submit({ task: "Look again", agent: "worker" });
  expect((await ask(`GET interventions?tree=${other.id}`)).body).toEqual({ items: [], next: null });
  expect(await ask("GET interventions?tree=zzzz")).toMatchObject({ status: 404 });
  expect((await ask(`GET tasks/${tree.root_task_id}/interventions`)).body).toMatchObject(listed);
  expect((await ask(`GET tasks/${other.root_task_id}/interventions`)).body).toEqual({ items: [], next: null });
  expect(await ask("GET tasks/zzzz/interventions")).toMatchObject({ status: 404 });
  await trial.runtime.store.interventions.add(tree.root_task_id, { ...found, action: "stop" });
  expect((await ask("GET interventions?limit=1")).body).toMatchObject({ items: [{ action: "stop" }], next: "1" });
  expect((await ask("GET interventions?limit=1&after=1")).body).toMatchObject(listed);
});

test("approvals are read in full and decided singly, with all equal items, or by a rule that can be revoked", async () => {
  const script = agentScript({
    worker({ instruction, turn }) {
      const write = { name: "write_file", input: { path: "a.txt", content: "a" } };
      return turn > 0 ? endTask("written") : { calls: instruction === "One" ? [write, write] : [write] };
    },
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  const { trial, ask, submit } = await start({ script });
  const entry = trial.runtime.store.configuration
    .live()
    .find(({ kind, name }) => kind === "tool" && name === "write_file");
  const body: ToolBody = { ...(entry?.body as ToolBody), policy: "ask" };
  await trial.runtime.store.configuration.put(
    { kind: "tool", name: "write_file", description: "", body },
    "anna",
    "for a test",
  );
  const open = async () => ((await ask("GET reviews?open=1")).body as { items: Review[] }).items;
  const waiting = async (count: number) => {
    await expect.poll(async () => (await open()).length, { timeout: 120_000 }).toBe(count);
    return open();
  };
  const trees = [await submit({ task: "One", agent: "worker" })];
  const [first] = await waiting(2);
  const urgent = (await open()).map(({ id }) => id);
  const newest = (await ask("GET reviews?open=1&newest=1")).body as { items: Review[] };
  expect(newest.items.map(({ id }) => id)).toEqual(urgent.reverse());
  expect((await ask(`GET reviews/${first?.id}`)).body).toMatchObject({ kind: "approval", alike: 2, status: "open" });
  const decided = await ask(`POST reviews/${first?.id}/approve`, { alike: true, reason: "harmless" });
  expect(decided.body).toMatchObject({ decided: expect.arrayContaining([first?.id]) });
  expect((decided.body as { decided: string[] }).decided).toHaveLength(2);
  for (const { id } of trees) expect((await trial.ended(id)).status).toBe("succeeded");
  expect(await ask(`POST reviews/${first?.id}/reject`, {})).toMatchObject({ status: 409 });

  trees.push(await submit({ task: "Three", agent: "worker" }));
  const [third] = await waiting(1);
  const made = await ask("POST rules", { item: third?.id, why: "It is always the same.", hours: 1 });
  expect(made).toMatchObject({ status: 201, body: { decided: [third?.id] } });
  await trial.ended(trees[1]?.id ?? "");
  const { rule } = made.body as { rule: string };
  expect((await ask("GET rules")).body).toMatchObject({ items: [{ id: rule, exact: true, uses: 1 }], next: null });
  expect(await ask(`POST rules/${rule}/revoke`)).toMatchObject({ status: 200, body: { decided: [third?.id] } });
  expect(await ask(`POST rules/${rule}/revoke`)).toMatchObject({ status: 409 });

  await submit({ task: "Four", agent: "worker" });
  const [fourth] = await waiting(1);
  expect(await ask(`POST reviews/${fourth?.id}/reject`, { reason: "Not today." })).toEqual(sentence("not allowed"));
});

test("an invalid request gets an error that names the field", async () => {
  const { ask, submit } = await start();
  const { id } = await submit({ task: "Look", agent: "worker" });
  const cases: [string, unknown, string][] = [
    [`POST trees/${id}/pause`, { alone: "yes" }, '"alone" must be true or false.'],
    [`POST trees/${id}/pause`, [], "The body must be a JSON object."],
    [`POST trees/${id}/pause`, { all: true }, 'There is no field "all" in this request.'],
    [`POST trees/${id}/fork`, { at: "3" }, '"at" must be a number.'],
    [`POST trees/${id}/fork`, { at: 1.5 }, '"at" must be a whole number.'],
    [`POST trees/${id}/fork`, { at: 0 }, '"at" must be a whole number from 1 up.'],
    [`POST trees/${id}/fork`, { instruction: 5 }, '"instruction" must be text.'],
    [`POST trees/${id}/change`, { priority: "high" }, '"priority" must be a number.'],
    [`POST trees/${id}/change`, {}, "Say what to change: the agent, the model or the priority."],
    [`POST trees/${id}/grant`, { tokens: "1" }, '"tokens" must be a number.'],
    [`POST trees/${id}/grant`, undefined, "Say what to add: dollars, tokens, or time."],
    [`POST trees/${id}/steer`, {}, '"text" is missing: send it as a JSON string.'],
    [`POST reviews/x/approve`, { alike: 1 }, '"alike" must be true or false.'],
    [`POST reviews/x/reject`, { reason: 1 }, '"reason" must be text.'],
    ["POST rules", {}, '"tool" is required, or "item", but not both.'],
    [
      "POST rules",
      { tool: "write_file" },
      "Say why the rule may approve without a person. The reason is shown with the rule.",
    ],
    ["POST rules", { tool: "write_file", hours: "1" }, '"hours" must be a number.'],
    ["GET interventions?limit=0", undefined, '"limit" must be a whole number from 1 to 500.'],
    [`GET trees/${id}/compare`, undefined, '"with" is missing: add ?with= with the id of the other tree.'],
  ];
  for (const [line, body, detail] of cases)
    expect([line, body, await ask(line, body)]).toMatchObject([
      line,
      body,
      { status: 400, body: { type: "/problems/invalid-request", title: "Invalid request", status: 400, detail } },
    ]);
  for (const line of ["GET reviews/zzzz", "POST reviews/zzzz/approve", "POST rules/zzzz/revoke", "GET tasks/zzzz/next"])
    expect([line, await ask(line)]).toMatchObject([line, { status: 404 }]);
});

test("every id may be shortened to a prefix that no other has, and the audit has the whole", async () => {
  const { trial, ask } = await start();
  const { store } = trial.runtime;
  const folder = mkdtempSync(join(tmpdir(), "banyan-ids-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect((await ask("POST projects", { address: folder, name: "shop", check: "true" })).status).toBeLessThan(300);
  const place = { kind: "untyped", path: "a.ts", line: 1, end: 2, score: 1 } as const;
  const evidence = { facts: [], places: [], quote: [], impact: 1, confidence: 1, effort: 1 };
  const figures = { commit: "c", files: 1, code: 1, parsed: 1, left_out: 0, seconds: 1, not_measured: [] };
  const insights = ["insight1a", "insight2a"].map((uid) => ({ ...place, uid, title: uid, symbol: "", evidence }));
  await store.insights.settle("shop", { insights, unmeasured: [] }, { by: "anna", figures });
  const run = { project: "shop", cause: "person", maker: ownerCalled("anna"), cyclesMax: 1, work: {} } as const;
  await store.evolutions.begin({ ...run, uid: "run1", insight: null });
  const runId = store.evolutions.going()[0]?.id ?? 0;
  await store.evolutions.changeRun({ id: runId, state: "looking" }, { state: "running", why: null });
  const cycle = { runId, paths: [], tree: "none", capMicroUsd: 1 };
  await store.evolutions.claim({ ...cycle, uid: "cycle1aaa", insight: { ...place, id: "insight2a", title: "Two" } });
  const target = { name: "production", deploy: "true", plan: null, smoke: null, rollback: null };
  await store.promotions.setTarget("shop", { ...target, secrets: {}, plan_secrets: {}, hosts: [] });
  const targetId = store.promotions.targets("shop")[0]?.id ?? 0;
  const asked = { targetId, kind: "promote", branch: null, commit: null, askedBy: "you" } as const;
  await store.promotions.begin({ ...asked, uid: "promotion1" });
  await store.promotions.set({ uid: "promotion1", state: "preparing" }, { state: "failed" });
  await store.promotions.begin({ ...asked, uid: "promotion2" });
  const none = { branch: null, pull: null, pullHead: null, command: null, variables: {}, secrets: {} };
  for (const uid of ["environment1", "environment2"])
    await store.environments.add({ ...none, uid, project: "shop", name: uid.slice(-1), keepMs: 1, createdBy: "you" });
  for (const uid of ["webhook1", "webhook2"])
    await store.webhooks.add({ uid, url: `https://${uid}.example/`, events: ["needs_you"], createdBy: "you" });
  const reject = { reason: "No." };
  const lines: [line: string, body: object | undefined, status: number, says: string][] = [
    ["POST projects/shop/dismiss", { insight: "insight1", ...reject }, 200, "Dismissed: insight1a."],
    ["POST projects/shop/dismiss", { insight: "insight", ...reject }, 404, "More than one insight begins with insight"],
    ["POST projects/shop/reopen", { insight: "insight1" }, 200, "Open again: insight1a."],
    ["POST projects/shop/reject", { cycle: "cycle1", ...reject }, 409, "The cycle is working"],
    ["GET promotions/promotion/log", undefined, 404, "More than one promotion begins with promotion"],
    ["POST promotions/promotion1/reject", reject, 409, "it is failed"],
    ["POST promotions/promotion/reject", reject, 404, "More than one promotion begins with promotion"],
    ["POST webhooks/webhook/rotate", undefined, 404, "More than one webhook begins with webhook"],
    ["DELETE webhooks/webhook2", undefined, 200, "Removed the webhook."],
    ["DELETE webhooks/webho", undefined, 200, "Removed the webhook."],
    ["DELETE environments/environment", undefined, 404, "More than one environment begins with"],
    ["DELETE environments/environment2", undefined, 200, "2 of shop ends."],
  ];
  for (const [line, body, status, says] of lines) {
    const answer = await ask(line, body);
    const { sentence, detail } = answer.body as { sentence?: string; detail?: string };
    expect.soft([answer.status, sentence ?? detail], line).toEqual([status, expect.stringContaining(says)]);
  }
  await store.promotions.set({ uid: "promotion2", state: "preparing" }, { state: "failed" });
  await store.promotions.begin({ ...asked, uid: "later" });
  expect(await ask("GET promotions/lat/log")).toMatchObject({ status: 200 });
  expect(await ask("POST promotions/lat/reject", reject)).toMatchObject({ status: 200 });
  expect(await ask("GET environments/environment1")).toMatchObject({ body: { id: "environment1" } });
  expect(await ask("DELETE environments/environ")).toMatchObject({ status: 404 });
  const rows = store.audit.list({ action: "rejectPromotion", limit: 1 });
  expect(rows).toMatchObject({ items: [{ subject: "later" }] });
});

test("an invalid request gets every wrong field, each with a sentence of its own", async () => {
  const { ask } = await start();
  const { body } = await ask("POST rules", { tool: "", why: " ", hours: 0, most_uses: 0.5, agnt: "worker" });
  expect(body).toMatchObject({
    detail: "Choose the tool whose calls run without approval.",
    issues: [
      { path: ["tool"], message: "Choose the tool whose calls run without approval." },
      {
        path: ["why"],
        message: "Say why the rule may approve without a person. The reason is shown with the rule.",
      },
      { path: ["hours"], message: "A rule lasts more than 0 and at most 8760 hours, not 0." },
      { path: ["most_uses"], message: "The limit of a rule is a whole number of calls from 1 to 1000000, not 0.5." },
      { path: ["agnt"], message: 'There is no field "agnt" in this request.' },
    ],
  });
  expect((await ask("POST rules", { tool: "write_file", hours: "1" })).body).toMatchObject({
    issues: [{ path: ["hours"], message: "Must be a number." }],
  });
});

test("secrets can be set but never read; the audit log names who set them", async () => {
  const keys = mkdtempSync(join(tmpdir(), "banyan-api-keys-"));
  onTestFinished(() => rmSync(keys, { recursive: true, force: true }));
  const { ask } = await start({ work: false, env: { BANYAN_KEY_FILE: join(keys, "keys.json") } });
  expect(await ask("PUT secrets/deploy%2Ftoken", { value: "correct-horse-battery" })).toEqual(sentence("ends in tery"));
  const listed = await ask("GET secrets");
  expect(listed.body).toMatchObject({ items: [{ name: "deploy/token", last_four: "tery", updated_by: "anna" }] });
  expect(await ask("GET secrets/deploy%2Ftoken")).toMatchObject({ status: 405 });
  expect(await ask("PUT secrets/x", {})).toMatchObject({ status: 400 });
  expect(await ask("PUT secrets/X", { value: "correct-horse-battery" })).toMatchObject({ status: 400 });
  expect(await ask("POST secrets/rotate")).toEqual(sentence("with the new key: 1."));
  expect(await ask("POST secrets/other")).toMatchObject({
    status: 405,
    headers: { allow: "PUT, DELETE, OPTIONS" },
  });
  expect(await ask("DELETE secrets/deploy%2Ftoken")).toEqual(sentence("Removed the secret"));
  expect(await ask("DELETE secrets/deploy%2Ftoken")).toMatchObject({ status: 404 });
  const audit = await ask("GET audit?action=setSecret&limit=1");
  expect(audit.body).toMatchObject({ items: [{ actor: "anna", subject: "X" }], next: expect.any(String) });
  expect(await ask("GET audit?after=never")).toMatchObject({ status: 400 });
  expect(await ask("GET audit/verify")).toMatchObject({ status: 200, body: { ok: true, rows: 5, faults: [] } });
  expect(JSON.stringify([listed, audit])).not.toContain("correct");
});
