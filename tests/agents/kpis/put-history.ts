/**
 * Puts three months of work into a database: goals with rounds, issues with pull requests, decisions, failures and
 * comparisons of memory, in two projects and in none. The rows follow a pattern and no chance, so each run makes the same
 * history before `nowMs`.
 */
import type Database from "better-sqlite3";

type Sqlite = Database.Database;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const GOALS = 66;
const PLACES = ["/srv/shop", "/srv/docs", "/srv/other"];
/** Changes of several repositories by their issue: the folders of each. Some are in further repositories alone; `untouched` has no pull request. */
const BESIDE: Record<number, string[]> = {
  1: ["own", "lib"],
  2: ["lib"],
  3: ["lib", "core"],
  5: ["lib"],
  11: ["untouched"],
};
/** Numbers of `db/file/rows.ts`. */
const KIND = { instruction: 1, reply: 2, response: 4, steer: 5, event: 6 };

export function putHistory(sqlite: Sqlite, nowMs: number): void {
  sqlite.transaction(() => {
    for (const [at, name] of ["shop", "docs"].entries()) putProject(sqlite, name, PLACES[at] ?? "", nowMs);
    for (let at = 0; at < GOALS; at += 1) putGoal(sqlite, at, nowMs);
    for (let at = 0; at < 14; at += 1) putIssue(sqlite, at, nowMs);
    for (let at = 0; at < 21; at += 1) putCycle(sqlite, at, nowMs);
    for (let at = 0; at < 100; at += 1) putOutcome(sqlite, at, nowMs);
    putStarts(sqlite, nowMs);
    putPages(sqlite, nowMs);
  })();
}

/** Inserts a row and returns its id. */
function insert(sqlite: Sqlite, table: string, row: Record<string, unknown>): number {
  const columns = Object.keys(row);
  const { lastInsertRowid } = sqlite
    .prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((name) => `@${name}`).join(", ")})`)
    .run(row);
  return Number(lastInsertRowid);
}

function putProject(sqlite: Sqlite, name: string, address: string, nowMs: number): void {
  const id = insert(sqlite, "projects", {
    name,
    address,
    check_command: "npm test",
    check_by: "anna",
    check_at_ms: nowMs,
    found: '{"check":null,"setup":null,"files":[]}',
    defaults: "{}",
    created_by: "anna",
    created_at_ms: nowMs,
  });
  insert(sqlite, "project_repositories", { key: address, project_id: id });
}

interface Tree {
  id: number;
  uid: string;
  root: number;
}

function putTree(sqlite: Sqlite, { uid, title, place, status, model, cost, fromMs, endMs }: TreeToPut): Tree {
  const id = insert(sqlite, "trees", {
    uid,
    title,
    workspace: place,
    in_place: 0,
    repository: place,
    created_by: "anna",
    created_at_ms: fromMs,
    ended_at_ms: endMs,
    micro_usd: cost,
    tasks_total: 1,
    tasks_ended: 1,
    work_total: 1,
  });
  const root = putTask(sqlite, { treeId: id, uid: `${uid}-root`, parent: null, model, status, fromMs, endMs, cost });
  sqlite.prepare("UPDATE trees SET root_id = ? WHERE id = ?").run(root, id);
  return { id, uid, root };
}

interface TreeToPut {
  uid: string;
  title: string;
  place: string;
  status: string;
  model: string;
  cost: number;
  fromMs: number;
  endMs: number;
}

interface TaskToPut extends Pick<TreeToPut, "uid" | "status" | "model" | "cost" | "fromMs" | "endMs"> {
  treeId: number;
  parent: number | null;
  reason?: string;
  waitedMs?: number;
  attempt?: number;
}

function putTask(sqlite: Sqlite, task: TaskToPut): number {
  const { treeId, uid, parent, model, status, fromMs, endMs, cost, reason = null, waitedMs = 400, attempt = 1 } = task;
  return insert(sqlite, "tasks", {
    uid,
    tree_id: treeId,
    parent_id: parent,
    role: "work",
    agent: model === "goal" ? "goal" : model === "iteration" ? "iteration" : "coder",
    model,
    title: uid,
    depth: parent === null ? 0 : 1,
    status,
    reason: status === "failed" ? reason : null,
    attempt,
    micro_usd: cost,
    created_at_ms: fromMs,
    started_at_ms: fromMs + waitedMs,
    ended_at_ms: endMs,
  });
}

function say(
  sqlite: Sqlite,
  tree: Tree,
  task: number,
  kind: number,
  body: object,
  atMs: number,
  tool?: string,
): number {
  return insert(sqlite, "messages", {
    tree_id: tree.id,
    task_id: task,
    turn: 1,
    kind,
    tool: tool ?? null,
    body: JSON.stringify(body),
    created_at_ms: atMs,
  });
}

/** Ends an attempt with an entry of its log. */
function end(
  sqlite: Sqlite,
  tree: Tree,
  task: number,
  attempt: number,
  status: string,
  atMs: number,
  seq: number,
): void {
  sqlite.prepare("UPDATE tasks SET result_seq = ? WHERE id = ?").run(seq, task);
  insert(sqlite, "attempts", {
    task_id: task,
    attempt,
    tree_id: tree.id,
    status,
    reason: status === "failed" ? (attempt === 1 ? "claims_failed" : "timeout") : null,
    result_seq: seq,
    ended_at_ms: atMs,
  });
}

const TITLES = ["Make the tests pass", "Load the basket sooner", "Refuse orders with 200 lines", "Say what went wrong"];

function putGoal(sqlite: Sqlite, at: number, nowMs: number): void {
  const endMs = nowMs - ((at * 29) % 83) * DAY_MS - at * HOUR_MS;
  const fromMs = endMs - 2 * HOUR_MS;
  const status = at % 9 === 4 ? "failed" : at % 17 === 3 ? "stopped" : "succeeded";
  const tree = putTree(sqlite, {
    uid: `history-goal-${at}`,
    title: `${TITLES[at % TITLES.length]}, ${at}`,
    place: PLACES[at % 3] ?? "",
    status,
    model: "goal",
    cost: 0,
    fromMs,
    endMs,
  });
  const start = (at % 4) * 0.2;
  const check = { checks: [{ weight: 1, share: start, met: false, evidence: "" }] };
  const seq = say(
    sqlite,
    tree,
    tree.root,
    KIND.response,
    { text: JSON.stringify(checkedOf(check)) },
    fromMs + 900,
    "check_goal",
  );
  const rounds = 1 + (at % 3);
  for (let round = 1; round <= rounds; round += 1) {
    const score = status === "succeeded" && round === rounds ? 1 : Math.max(0, start + (round % 2 === 0 ? -0.1 : 0.1));
    putRound(sqlite, tree, { number: round, score, fromMs: fromMs + round * 60_000, at });
  }
  if (at % 11 === 2) say(sqlite, tree, tree.root, KIND.steer, { text: "Mind the API.", by: "anna" }, fromMs + 90_000);
  if (at % 11 === 5)
    say(sqlite, tree, tree.root, KIND.steer, { text: "Go on.", by: "the supervisor" }, fromMs + 90_000);
  if (at % 13 === 6)
    say(sqlite, tree, tree.root, KIND.event, { type: "granted", by: "bob", text: "More." }, fromMs + 95_000);
  if (at % 5 === 1) putReview(sqlite, tree, at, fromMs);
  end(sqlite, tree, tree.root, 1, status, endMs, seq);
  sqlite
    .prepare("UPDATE trees SET micro_usd = (SELECT sum(micro_usd) FROM tasks WHERE tree_id = trees.id) WHERE id = ?")
    .run(tree.id);
}

/** What `check_goal` answers. */
function checkedOf(more: object): object {
  const none = { start: "s", commit: "c", files: "f", at_ms: 0, valid: null, tests: null, signature: null, why: "" };
  const changed = { changed: 0, changes: "", put_back: [], passes_as_changed: false, doubts: [] };
  return { ...none, ...changed, spent: { tokens: 0, cost_usd: 0, overhead: 0 }, ...more };
}

interface Round {
  number: number;
  score: number;
  fromMs: number;
  at: number;
}

/** A round with a coder, whose first attempt fails now and then. */
function putRound(sqlite: Sqlite, tree: Tree, { number, score, fromMs, at }: Round): void {
  const endMs = fromMs + 50_000;
  const uid = `${tree.uid}-round-${number}`;
  const ended = { treeId: tree.id, status: "succeeded", fromMs, endMs };
  const round = putTask(sqlite, { ...ended, uid, parent: tree.root, model: "iteration", cost: 0 });
  const isSecond = (at + number) % 7 === 0;
  const cost = 290_000 + ((at * 31 + number) % 9) * 140_000;
  const model = at % 4 === 0 ? "openai/gpt-5-mini" : "anthropic/claude-sonnet-4-5";
  const waitedMs = 200 + ((at * 13 + number) % 40) * 150;
  const coder = putTask(sqlite, {
    ...ended,
    uid: `${uid}-coder`,
    parent: round,
    model,
    cost,
    waitedMs,
    attempt: isSecond ? 2 : 1,
  });
  say(sqlite, tree, coder, KIND.instruction, { instruction: "Do it." }, fromMs);
  const reply = { parts: [], valid: true, u: [1_000, 0, 0, 100, cost] };
  const last = say(sqlite, tree, coder, KIND.reply, reply, fromMs + waitedMs + 1_500 + ((at * 17 + number) % 23) * 700);
  if (isSecond) end(sqlite, tree, coder, 1, "failed", endMs - 20_000, last);
  end(sqlite, tree, coder, isSecond ? 2 : 1, "succeeded", endMs - 1_000, last);
  const record = {
    number,
    plan: "p",
    score_before: 0,
    score,
    verdict: "better",
    files: "f",
    commit: "c",
    at_ms: endMs,
  };
  const seq = say(
    sqlite,
    tree,
    round,
    KIND.event,
    { type: "note", text: "", summary: "", result: JSON.stringify(record) },
    endMs,
  );
  end(sqlite, tree, round, 1, "succeeded", endMs, seq);
  if ((at + number) % 3 === 0) {
    const kind =
      ["claim_failed", "rate_limited", "command_timed_out", "outcome_unknown"][(at + number) % 5] ?? "same_error";
    const failed = {
      kind,
      task_id: coder,
      tree_id: tree.id,
      turn: 1,
      agent: "coder",
      seq: last,
      at_ms: fromMs + 9_000,
    };
    insert(sqlite, "failures", { ...failed, is_helped: at % 6 === 0 ? 1 : 0 });
  }
}

function putReview(sqlite: Sqlite, tree: Tree, at: number, atMs: number): void {
  const [status, by] = (
    [
      ["approved", "anna"],
      ["answered", "bob"],
      ["approved", "a rule"],
      ["answered", "the time-out"],
      ["withdrawn", null],
    ] as const
  )[Math.floor(at / 5) % 5] ?? ["approved", "anna"];
  insert(sqlite, "reviews", {
    uid: `history-review-${at}`,
    tree_id: tree.id,
    task_id: tree.root,
    kind: status === "answered" ? "question" : at % 2 === 0 ? "approval" : "flag",
    title: "May it?",
    detail: "",
    rule_id: by === "a rule" ? 1 : null,
    status,
    created_at_ms: atMs,
    decided_by: by,
    // Older versions stored no time for what was withdrawn.
    decided_at_ms: status === "withdrawn" && at % 2 === 0 ? null : atMs + (2 + ((at * 7) % 50)) * 60_000,
  });
}

function putIssue(sqlite: Sqlite, at: number, nowMs: number): void {
  const endMs = nowMs - ((at * 5) % 60) * DAY_MS - HOUR_MS;
  const state = at % 6 === 5 ? "closed" : at % 6 === 4 ? "failed" : "merged";
  const isShop = at % 2 === 0;
  const tree = putTree(sqlite, {
    uid: `history-issue-${at}`,
    title: `Issue ${at}`,
    place: isShop ? "/srv/shop" : "/srv/docs",
    status: "succeeded",
    model: at % 3 === 0 ? "goal" : "anthropic/claude-sonnet-4-5",
    cost: 700_000 + at * 50_000,
    fromMs: endMs - HOUR_MS,
    endMs: endMs - 1_000,
  });
  const seq = say(sqlite, tree, tree.root, KIND.response, { text: "" }, endMs - 2_000);
  end(sqlite, tree, tree.root, 1, "succeeded", endMs - 1_000, seq);
  const folders = BESIDE[at] ?? [];
  const isOffered = state !== "failed" && (folders.length === 0 || folders.includes("own"));
  const issue = insert(sqlite, "forge_issues", {
    project_id: sqlite
      .prepare("SELECT id FROM projects WHERE name = ?")
      .pluck()
      .get(isShop ? "shop" : "docs"),
    number: at + 1,
    title: `Issue ${at}`,
    url: `https://forge.test/issues/${at}`,
    body: "",
    author: "eve",
    asked_by: "ann",
    tree: tree.uid,
    state,
    branch: `banyan/${at}`,
    pull: isOffered ? 100 + at : null,
    rounds: at % 5 === 0 ? 1 : 0,
    created_at_ms: endMs - HOUR_MS,
    changed_at_ms: endMs,
    ...takenBack(at, endMs, nowMs),
  });
  for (const [index, folder] of folders.entries())
    insert(sqlite, "forge_pulls", {
      issue_id: issue,
      folder,
      state: state === "merged" ? "merged" : "closed",
      pull: folder === "untouched" ? null : 200 + index,
      created_at_ms: endMs - HOUR_MS,
      changed_at_ms: endMs,
    });
}

/** Some were taken back in time, one too late, the base of one was read for a day only and of one never. */
function takenBack(at: number, endMs: number, nowMs: number) {
  const daysAfter = ({ 0: 0, 2: 3, 6: 20 } as Record<number, number>)[at];
  if (at === 1) return {};
  return {
    taken_back_at_ms: daysAfter === undefined ? null : endMs + daysAfter * DAY_MS + 1_000,
    taken_back_read_ms: at === 7 ? endMs + DAY_MS : Math.min(nowMs, endMs + 15 * DAY_MS),
  };
}

/** Pages of every third hour. */
function putPages(sqlite: Sqlite, nowMs: number): void {
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  for (let at = 0; at < 700; at += 1)
    for (let step = 60 + (at % 7); step < 120; step += 13)
      insert(sqlite, "page_times", { hour_ms: hourMs - at * 3 * HOUR_MS, step, pages: 1 + ((at + step) % 5) });
}

/** Cycles of an evolution in every state. */
function putCycle(sqlite: Sqlite, at: number, nowMs: number): void {
  const endMs = nowMs - ((at * 3) % 60) * DAY_MS - HOUR_MS;
  const states = ["accepted", "accepted", "rejected", "failed", "stopped", "open", "working"];
  const tree = putTree(sqlite, {
    uid: `history-cycle-${at}`,
    title: `Cycle ${at}`,
    place: "/srv/shop",
    status: "succeeded",
    model: "goal",
    cost: 300_000 + at * 10_000,
    fromMs: endMs - HOUR_MS,
    endMs: endMs - 1_000,
  });
  const seq = say(sqlite, tree, tree.root, KIND.response, { text: "" }, endMs - 2_000);
  end(sqlite, tree, tree.root, 1, "succeeded", endMs - 1_000, seq);
  // Some were sent back, one of them by words that never arrived, and to one a person wrote besides.
  const isSentBack = at % 3 === 1;
  const retried = { type: "retried", attempt: 2, by: "anna", text: "Again.", words: "It still finds it." };
  if (isSentBack) say(sqlite, tree, tree.root, KIND.event, retried, endMs - 3_000);
  if (at % 4 === 1) say(sqlite, tree, tree.root, KIND.steer, { text: "Mind the API.", by: "anna" }, endMs - 4_000);
  const project = sqlite.prepare("SELECT id FROM projects WHERE name = 'shop'").pluck().get();
  insert(sqlite, "evolution_runs", {
    uid: `history-run-${at}`,
    project_id: project,
    cause: "person",
    maker: "{}",
    cycles_max: 1,
    state: "ended",
    created_at_ms: endMs - HOUR_MS,
  });
  insert(sqlite, "evolution_cycles", {
    uid: `history-cycle-${at}`,
    project_id: project,
    run_id: sqlite.prepare("SELECT max(id) FROM evolution_runs").pluck().get(),
    insight: "{}",
    insight_uid: `in-${at}`,
    score: 0.5,
    paths: "[]",
    tree: tree.uid,
    state: states[at % states.length],
    tries: (isSentBack ? 2 : 1) + (at % 5 === 3 ? 1 : 0),
    words: at % 5 === 3 ? "{}" : null,
    cap_micro_usd: 2_000_000,
    created_at_ms: endMs - HOUR_MS,
    changed_at_ms: endMs,
  });
}

/** A comparison whose tree was deleted since. */
function putOutcome(sqlite: Sqlite, at: number, nowMs: number): void {
  const arm = at % 2 === 0 ? "with" : "without";
  insert(sqlite, "goal_outcomes", {
    tree: `history-gone-${at}`,
    place: at % 10 < 8 ? "/srv/shop/" : "/srv/docs",
    arm,
    succeeded: at % 15 === 14 ? 0 : 1,
    rounds: (arm === "with" ? 2 : 4) + (at % 3),
    cost_usd: 1.5,
    met_again: 0,
    ended_at_ms: nowMs - ((at * 37) % 85) * DAY_MS - 5_000,
  });
}

function putStarts(sqlite: Sqlite, nowMs: number): void {
  const process = { pid: 1, pidNamespace: "n", processStart: "1", bootId: "gone" };
  const start = (at: number) => ({
    id: `history-${at}`,
    role: "all",
    version: "0.1.0",
    commit: null,
    startedAtMs: nowMs - at * 9 * DAY_MS,
    process,
    end: {
      how: at === 1 ? "crashed" : at === 3 ? "machine" : "signal",
      atMs: nowMs - at * 9 * DAY_MS + HOUR_MS,
      by: null,
    },
  });
  sqlite
    .prepare(
      "INSERT INTO facts (name, value) VALUES ('starts', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .run(JSON.stringify([1, 2, 3, 4].map(start)));
}

/** Puts promotions of both projects: `shop` reached production 20 days before `nowMs`, and `docs` only a test target. */
export function putPromotions(sqlite: Sqlite, nowMs: number): void {
  const projectId = sqlite.prepare("SELECT id FROM projects WHERE name = ?").pluck();
  const put = (project: string, name: string, done: readonly { daysAgo: number; kind: string; state: string }[]) => {
    const texts = { secrets: "{}", plan_secrets: "{}", hosts: "[]" };
    const target = { project_id: projectId.get(project), name, deploy_command: "true", ...texts };
    const target_id = insert(sqlite, "promotion_targets", target);
    for (const [at, { daysAgo, kind, state }] of done.entries()) {
      const ms = nowMs - daysAgo * DAY_MS;
      const times = { created_at_ms: ms - HOUR_MS, changed_at_ms: ms };
      insert(sqlite, "promotions", {
        uid: `${project}-${name}-${at}`,
        target_id,
        kind,
        state,
        asked_by: "anna",
        ...times,
      });
    }
  };
  put("shop", "production", [
    { daysAgo: 25, kind: "promote", state: "taken_back" },
    { daysAgo: 20, kind: "promote", state: "done" },
    { daysAgo: 3, kind: "promote", state: "done" },
    { daysAgo: 2, kind: "rollback", state: "done" },
  ]);
  put("docs", "test", [{ daysAgo: 5, kind: "promote", state: "done" }]);
}
