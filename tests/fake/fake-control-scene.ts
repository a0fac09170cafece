/** Adds a tree with approvals at every depth, tasks parked for two reasons, a stepped task and a fork. */
import type { Review, Task, Tree } from "@/core/shapes/shapes";
import { actOf } from "@/core/words/acts/acts";
import { dailyCapSentence } from "@/core/words/daily-cap";
import { forkTree } from "./fake-forks";
import { addRule } from "./fake-rules";
import type { FakeStore } from "./fake-store";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const inMinutes = (minutes: number) => minutesAgo(-minutes);
const spent = (usd: number, tokens: number) => ({ tokens, cost_usd: usd, tasks: 1, depth: 0, seconds: 60 });
const CAP = dailyCapSentence({ unit: "microUsd", amount: 5_000_000, person: null, isHeld: false });

export function playRelease(store: FakeStore): Tree {
  const tree = store.addTree({ title: "Publish release 2.4 and tell everybody", created_at: minutesAgo(40) });
  const waits = { kind: "subtasks", tasks: [], reviews: [] } as const;
  const waiting = (title: string, parent: Task | null, usd: number) =>
    store.addTask(tree, parent, {
      title,
      status: "waiting",
      waiting_for: { ...waits, tasks: [], reviews: [] },
      turns: 3,
      started_at: minutesAgo(39),
      spent: spent(usd, Math.round(usd * 90_000)),
    });
  const root = waiting(tree.title, null, 0.482113);
  const publish = waiting("Publish the packages", root, 0.210007);
  const client = waiting("Publish the client", publish, 0.120004);
  askToFetch(store, waiting("Read the registry's terms", client, 0.041213));
  askToFetch(store, waiting("Read the registry's terms for the server", publish, 0.031));
  askToDelete(store, waiting("Remove the old tags", publish, 0.022001));
  flag(store, client);
  playParked(store, tree, root);
  playEvents(store, root);
  addRule(
    store,
    { tool: "web_search", exact: false, why: "Searching costs nothing here.", created_by: "Mara Lind" },
    7,
  ).uses = 3;
  const over = addRule(
    store,
    { tool: "use_terminal", exact: true, why: "The nightly build.", created_by: "Jonas Weil" },
    1,
  );
  Object.assign(over, { revoked_by: "Mara Lind", revoked_at: minutesAgo(5), uses: 1 });
  const fork = forkTree(store, publish, { seq: root ? 1 : 0, by: "Mara Lind", what: "with another instruction" });
  finish(store, fork);
  return tree;
}

function ask(store: FakeStore, task: Task, fields: Partial<Review> & { title: string }): void {
  const id = store.newId("r");
  const review = {
    id,
    tree_id: task.tree_id,
    task_id: task.id,
    kind: "approval",
    detail: `${task.agent} wants to call ${fields.title.split(" ", 1)[0]} in “${task.title}”.`,
    evidence: null,
    attention: 12,
    waiting_tasks: 1,
    blast_radius: 3,
    uncertainty: 3,
    if_ignored: "The task and everything that depends on it wait. Everything else continues.",
    default_answer: null,
    dangers: [],
    risk: { level: "Medium", says: "it reaches the network" },
    tool: fields.kind === undefined || fields.kind === "approval" ? (fields.title.split(" ", 1)[0] ?? null) : null,
    alike: 1,
    status: "open",
    answer: null,
    created_at: minutesAgo(9),
    decided_by: null,
    decided_by_rule: null,
    decided_at: null,
    ...fields,
  } satisfies Omit<Review, "act">;
  store.reviews.set(id, { ...review, act: actOf(review) });
  const waiting_for = { kind: "approval", tasks: [], reviews: [id] } as const;
  if (review.kind === "approval")
    store.change(task, { status: "waiting", waiting_for: { ...waiting_for, tasks: [], reviews: [id] } }, "Asks.");
}

function askToFetch(store: FakeStore, task: Task): void {
  const input = { url: "https://registry.example/terms", maxBytes: 200_000 };
  ask(store, task, {
    title: `web_fetch ${JSON.stringify(input)}`,
    evidence: JSON.stringify(input, null, 1),
    attention: 20,
  });
}

function askToDelete(store: FakeStore, task: Task): void {
  const command =
    "git fetch --tags\nfor tag in $(git tag --list 'v2.3-rc*'); do\n  git push origin --delete \"$tag\"\ndone";
  ask(store, task, {
    title: `use_terminal ${JSON.stringify({ command })}`,
    evidence: JSON.stringify({ command }, null, 1),
    attention: 60,
    blast_radius: 5,
    uncertainty: 4,
    if_ignored: `The task waits until ${inMinutes(25)}, then continues without the call.`,
    default_answer: null,
  });
}

function flag(store: FakeStore, task: Task): void {
  ask(store, task, {
    kind: "flag",
    title: "The client's licence differs from the server's",
    detail: "package.json says MIT, LICENSE says Apache-2.0.",
    attention: 4,
    if_ignored: null,
    default_answer: null,
  });
}

function playParked(store: FakeStore, tree: Tree, root: Task): void {
  const parked = (title: string, fields: Partial<Task>) =>
    store.addTask(tree, root, {
      title,
      status: "parked",
      turns: 2,
      started_at: minutesAgo(30),
      spent: spent(0.0612, 5_400),
      ...fields,
    });
  const capped = parked("Translate the notes", {
    reason_detail: CAP,
    parked_until: inMinutes(300),
    parked_by: "daily_cap",
  });
  store.note(capped, {}, { type: "daily_cap", message: CAP, untilMs: Date.parse(inMinutes(300)) });
  const limited = parked("Proofread the notes", {
    model: "openai/gpt-large",
    reason_detail: "OpenAI's tokens per hour are used up.",
    parked_until: inMinutes(12),
  });
  const message = "OpenAI's tokens per hour are used up";
  const untilMs = Date.parse(inMinutes(12));
  store.note(limited, {}, { type: "model_failed", kind: "rate_limit", message, tries: 1, untilMs, parks: true });
  store.addTask(tree, root, { title: "Count the downloads", status: "paused", turns: 4, started_at: minutesAgo(20) });
  const say = { rule: "repeated_call", action: "nudge", seq: null, created_at: minutesAgo(14) } as const;
  store.interventions.push(
    { tree_id: tree.id, task_id: limited.id, ...say, evidence: "The same command three times, with the same output" },
    {
      tree_id: tree.id,
      task_id: root.id,
      rule: "supervisor",
      action: "extend",
      seq: null,
      evidence: `It still makes progress: ${"one more package was published between two looks; ".repeat(12)}`,
      created_at: minutesAgo(22),
    },
  );
}

function playEvents(store: FakeStore, root: Task): void {
  const by = "Mara Lind";
  const decided = { type: "approval_decided", call: "c1", review: "r1" } as const;
  store.note(root, {}, { ...decided, approved: true, by });
  store.note(root, {}, { ...decided, approved: true, by: "rule p000001", rule: "p000001" });
  store.note(root, {}, { ...decided, approved: false, by });
  const text = "You called read_file five times with the same result. Do something else, or end the task.";
  store.note(root, {}, { type: "repeated", tool: "read_file", text });
  store.note(
    root,
    {},
    {
      type: "changed",
      by,
      setup: {},
      text: `${by} changed the model to anthropic/claude-opus of this task.`,
    },
  );
  store.note(root, {}, { type: "files_saved", commit: "abc", changed: 4, skipped: 1 });
  const problem = "the folder holds more than 20,000 files";
  store.note(root, {}, { type: "files_saved", commit: null, changed: 0, skipped: 0, problem });
  store.append(root, "steer", { text: "Do not tell the press before Monday.", by });
  const of = { turn: 3, tool: "read_file", tool_call_id: "f1" };
  store.append(root, "tool_call", { input: { path: "CHANGELOG.md" }, mode: "repeat" }, of);
  store.append(root, "tool_response", { text: "# 2.4\n\n- Faster\n- Smaller", isError: false }, of);
}

function finish(store: FakeStore, fork: Tree): void {
  const root = store.findTask(fork.root_task_id);
  const claims = [
    { statement: "The tag is there.", command: "git tag", mark: "shown", exit_status: 0, output: "v2.4" },
    { statement: "The notes read well.", mark: "judged", exit_status: null, output: "They do." },
  ] as const;
  const ended = {
    ended_at: new Date().toISOString(),
    waiting_for: null,
    parked_until: null,
    parked_by: null,
    reason_detail: null,
  };
  for (const task of fork.tasks) store.change(task, { status: "succeeded", ...ended }, "Ended.");
  store.change(root, {
    result:
      "**Published.** The client and the server stand at 2.4:\n\n- the notes are in `docs/notes.md`\n- nobody was told yet",
    verdict: { outcome: "pass", reasons: ["Both packages can be installed."], claims: [...claims] },
    spent: spent(0.301204, 27_108),
  });
}
