/**
 * Recounts every KPI from an export of all tables, as a second program that shares nothing with the first: no code of
 * Banyan, only the formulas of docs/kpis.md. A figure that is not measured is null.
 */

/** A row as SQLite has it. */
interface Row {
  [column: string]: string | number | null;
}

interface Export {
  tables: Record<string, Row[]>;
  gates: { outcome: string; started_at: string; gates: { gate: string }[] }[];
}

interface Asked {
  fromMs: number;
  untilMs: number;
  project: string | null;
}

const DAY = 86_400_000;
const PEOPLE_ACTS = ["retried", "granted", "unparked", "changed", "goal_changed"];
const PROGRAMS = ["runbook", "goal", "iteration"];
const MODEL_FAILURES =
  "rate_limited provider_failed model_silent endless_reply model_refused context_full model_gone request_rejected " +
  "key_rejected no_model no_price reply_without_call reply_cut unusable_call invalid_replies files_refused";

export function recount(json: string, asked: Asked): Record<string, number | null> {
  const { tables, gates } = JSON.parse(json) as Export;
  const all = (name: string) => tables[name] ?? [];
  const inside = (ms: unknown, from = asked.fromMs) => Number(ms) >= from && Number(ms) < asked.untilMs;
  const days = (asked.untilMs - asked.fromMs) / DAY;

  const treeBy = new Map(all("trees").map((tree) => [tree.id, tree]));
  const treeCalled = new Map(all("trees").map((tree) => [tree.uid, tree]));
  const taskBy = new Map(all("tasks").map((task) => [task.id, task]));
  const messageBy = new Map(all("messages").map((message) => [message.id, message]));
  const projectBy = new Map(all("projects").map((row) => [row.id, row.name]));
  const projectOfKey = new Map(all("project_repositories").map((row) => [row.key, projectBy.get(row.project_id ?? 0)]));
  const isMine = (repository: unknown) =>
    asked.project === null || projectOfKey.get(String(repository)) === asked.project;
  const bodyOf = (row: Row | undefined): Row => (typeof row?.body === "string" ? JSON.parse(row.body) : {});
  const ranHere = (tree: Row | undefined) =>
    tree !== undefined &&
    tree.archive_hash === null &&
    tree.created_by !== "Banyan (canary)" &&
    isMine(tree.repository);

  // Cycles.
  const isOfPeople = (tree: Row) =>
    tree.is_system === 0 && tree.forked_from === null && tree.created_by !== "Banyan (replay)" && ranHere(tree);
  const issueTrees = new Set([...all("forge_issues"), ...all("evolution_cycles")].map(({ tree }) => tree));
  const goals = all("trees")
    .filter((tree) => taskBy.get(tree.root_id)?.model === "goal" && tree.ended_at_ms !== null && isOfPeople(tree))
    .filter((tree) => !issueTrees.has(tree.uid))
    .map((tree) => ({ tree, ended: tree.ended_at_ms, end: taskBy.get(tree.root_id)?.status, sentBack: 0 }));
  const pullsBeside = new Set(all("forge_pulls").flatMap((row) => (row.pull === null ? [] : [row.issue_id])));
  const hasPull = (issue: Row) => issue.pull !== null || pullsBeside.has(issue.id ?? null);
  const issues = all("forge_issues").flatMap((issue) => {
    const tree = treeCalled.get(issue.tree);
    if (
      issue.cycle !== null ||
      !tree ||
      !isMine(tree.repository) ||
      !["merged", "closed", "failed"].includes(String(issue.state))
    )
      return [];
    const hasFailed = issue.state === "failed" || hasPull(issue);
    const end = issue.state === "merged" ? "succeeded" : hasFailed ? "failed" : "stopped";
    return [{ tree, ended: issue.changed_at_ms, end, sentBack: 0 }];
  });
  const evolved = all("evolution_cycles").flatMap((cycle) => {
    const tree = treeCalled.get(cycle.tree);
    if (!tree || !isMine(tree.repository) || cycle.state === "working" || cycle.state === "open") return [];
    const end = cycle.state === "accepted" ? "succeeded" : cycle.state === "stopped" ? "stopped" : "failed";
    // The words of the last try may not have reached the tree.
    const sentBack = Number(cycle.tries) - (cycle.words === null ? 1 : 2);
    return [{ tree, ended: cycle.changed_at_ms, end, sentBack }];
  });
  const cycles = [...goals, ...issues, ...evolved].filter(({ ended }) => inside(ended));
  const judged = cycles.filter(({ end }) => end !== "stopped");
  const byPerson = (row: Row) => row.addressee_id === null && row.rule_id === null && row.decided_by !== "the time-out";
  const steps = cycles.map(({ tree, sentBack }) => {
    const written = all("messages").filter((message) => {
      if (message.tree_id !== tree.id || message.origin_seq !== null) return false;
      const body = bodyOf(message);
      const isAct = message.kind === 5 || (message.kind === 6 && PEOPLE_ACTS.includes(String(body.type)));
      return isAct && typeof body.by === "string" && body.by !== "the supervisor";
    });
    const decided = all("reviews").filter(
      (row) =>
        row.tree_id === tree.id && byPerson(row) && ["approved", "rejected", "answered"].includes(String(row.status)),
    );
    return Math.max(0, written.length - sentBack) + decided.length;
  });
  const scores = cycles.flatMap(({ tree }) => {
    const root = tree.root_id;
    const checks = all("messages").filter((row) => row.task_id === root && row.kind === 4 && row.tool === "check_goal");
    // The first may only have remembered the files.
    const before =
      checks.map((row) => scoreOfChecks(String(bodyOf(row).text ?? "{}"))).find((score) => score !== null) ?? null;
    const ends = all("tasks")
      .filter((task) => task.parent_id === root && task.model === "iteration" && task.result_seq !== null)
      .sort((a, b) => Number(b.result_seq) - Number(a.result_seq));
    const records = ends.flatMap((task) => recordIn(bodyOf(messageBy.get(task.result_seq))) ?? []);
    const after = ends.length === 0 ? before : (records[0] ?? null);
    return before === null || after === null ? [] : [after - before];
  });
  const costs = cycles.map(({ tree }) => (Number(tree.micro_usd) - Number(tree.copied_micro_usd)) / 1e6);

  // Memory.
  const reached = all("goal_outcomes").filter(
    (row) =>
      row.succeeded === 1 &&
      inside(row.ended_at_ms, asked.untilMs - 90 * DAY) &&
      isMine(treeCalled.get(row.tree)?.repository ?? String(row.place).replace(/\/$/, "")),
  );
  const roundsOf = (arm: string) => reached.filter((row) => row.arm === arm).map(({ rounds }) => Number(rounds));
  const [held, helped] = [roundsOf("without"), roundsOf("with")];
  const hasBoth = held.length >= 20 && helped.length >= 20;

  // Quality.
  const whole = gates.filter(
    (run) => run.gates.some(({ gate }) => gate === "old_tests") && inside(Date.parse(run.started_at)),
  );
  const merged = all("forge_issues").filter(
    (row) =>
      row.state === "merged" &&
      hasPull(row) &&
      inside(row.changed_at_ms) &&
      (asked.project === null || projectBy.get(row.project_id ?? 0) === asked.project),
  );
  const watched = merged.filter(({ changed_at_ms: end, taken_back_at_ms: back, taken_back_read_ms: read }) => {
    const needed = Math.min(Number(end) + 14 * DAY, asked.untilMs - DAY);
    return back !== null || (read !== null && Number(read) >= needed);
  });
  const answered = all("page_times").flatMap(({ hour_ms: hour, step, pages }) =>
    inside(hour) ? Array<number>(Number(pages)).fill(Number(step)) : [],
  );
  const failures = all("failures").filter((row) => inside(row.at_ms) && isMine(treeBy.get(row.tree_id)?.repository));
  const became = failures.map((row) => becameOf(row));
  const settled = became.filter((what) => what !== "open");

  function becameOf(row: Row): string {
    const task = taskBy.get(row.task_id);
    const above = taskBy.get(task?.parent_id ?? null);
    const isAnswered = all("reviews").some(
      (review) =>
        review.task_id === row.task_id &&
        review.kind === "question" &&
        review.status === "answered" &&
        review.addressee_id === null &&
        review.decided_by !== "the time-out" &&
        Number(review.decided_at_ms) >= Number(row.at_ms),
    );
    if (row.is_helped === 1 || isAnswered) return "helped";
    if (task?.status === "succeeded") return "recovered";
    if (task?.ended_at_ms === null) return "open";
    if (above?.status === "succeeded") return "recovered";
    return above && above.ended_at_ms === null ? "open" : "lost";
  }

  // Tasks.
  const ends = all("attempts").filter(
    (row) =>
      inside(row.ended_at_ms) && ranHere(treeBy.get(row.tree_id)) && messageBy.get(row.result_seq)?.origin_seq === null,
  );
  const lasts = ends.filter((row) => {
    const task = taskBy.get(row.task_id);
    return task !== undefined && task.attempt === row.attempt && task.ended_at_ms !== null;
  });
  const spent = lasts.flatMap((row) => {
    const task = taskBy.get(row.task_id);
    if (!task || task.origin_id === null) return task ? [Number(task.micro_usd)] : [];
    const own = all("messages").filter((message) => message.task_id === task.id && message.origin_seq === null);
    return own.map((message) => {
      const { u, microUsd } = bodyOf(message) as { u?: unknown; microUsd?: unknown };
      return Number((Array.isArray(u) ? u[4] : microUsd) ?? 0);
    });
  });
  const queued = ends.flatMap((row) => {
    const task = taskBy.get(row.task_id);
    if (row.attempt !== 1 || !task || task.started_at_ms === null || task.origin_id !== null) return [];
    const before = all("dependencies").filter((edge) => edge.task_id === task.id);
    const ready = Math.max(
      Number(task.created_at_ms),
      ...before.map((edge) => Number(taskBy.get(edge.on_id)?.ended_at_ms ?? 0)),
    );
    return [Math.max(0, Number(task.started_at_ms) - ready)];
  });
  const calls = all("messages").flatMap((reply) => {
    const task = taskBy.get(reply.task_id);
    const isReply = reply.kind === 2 && inside(reply.created_at_ms) && reply.origin_seq === null;
    if (!isReply || !task || !ranHere(treeBy.get(reply.tree_id)) || PROGRAMS.includes(String(task.model))) return [];
    const earlier = all("messages").findLast(
      (row) => row.task_id === reply.task_id && Number(row.id) < Number(reply.id),
    );
    if (!earlier || ["model_failed", "daily_cap"].includes(String(bodyOf(earlier).type))) return [];
    const began = Math.max(Number(earlier.created_at_ms), Number(task.started_at_ms ?? 0));
    return [Math.max(0, Number(reply.created_at_ms) - began)];
  });

  // Services.
  const targetBy = new Map(all("promotion_targets").map((target) => [target.id, target]));
  const reachedProduction = all("projects").flatMap((project) => {
    if (asked.project !== null && project.name !== asked.project) return [];
    const dones = all("promotions").filter((row) => {
      const target = targetBy.get(row.target_id ?? null);
      const isThere = target?.project_id === project.id && target?.name === "production";
      return isThere && row.state === "done" && row.kind === "promote";
    });
    const first = Math.min(...dones.map(({ changed_at_ms: ms }) => Number(ms)));
    if (dones.length === 0 || !inside(first)) return [];
    const submitted = all("trees")
      .filter(
        ({ repository, archive_hash: hash }) => hash === null && projectOfKey.get(String(repository)) === project.name,
      )
      .map(({ created_at_ms: ms }) => Number(ms));
    return [first - Math.min(Number(project.created_at_ms), ...submitted)];
  });

  // People.
  const settledOf = (row: Row) => row.decided_at_ms ?? taskBy.get(row.task_id)?.ended_at_ms ?? null;
  const beganOf = (row: Row) => Number(treeBy.get(row.tree_id)?.created_at_ms);
  const items = all("reviews").filter((row) => {
    const end = settledOf(row);
    if (row.addressee_id !== null || row.status === "open" || end === null) return false;
    return inside(end) && Number(end) >= beganOf(row) && ranHere(treeBy.get(row.tree_id));
  });
  const decided = items.filter((row) => byPerson(row) && row.status !== "withdrawn");
  const askedOf = (row: Row) => Math.max(Number(row.created_at_ms), beganOf(row));
  const waitOf = (row: Row) => Number(row.decided_at_ms) - askedOf(row);
  const heldOf = (row: Row) => {
    const until = JSON.parse(String(row.facts ?? "{}"))?.waits?.untilMs ?? Number.POSITIVE_INFINITY;
    const ended = taskBy.get(row.task_id)?.ended_at_ms ?? Number.POSITIVE_INFINITY;
    return Math.max(0, Math.min(Number(row.decided_at_ms), Number(until), Number(ended)) - askedOf(row));
  };
  const awaited = decided.filter(
    (row) =>
      row.kind === "question" || row.kind === "approval" || JSON.parse(String(row.facts ?? "{}"))?.waits !== undefined,
  );
  const starts = JSON.parse(String(all("facts").find(({ name }) => name === "starts")?.value ?? "[]")) as {
    startedAtMs: number;
    end: { how: string; atMs: number | null } | null;
  }[];
  const crashed = starts.filter(({ end }) => end?.how === "crashed" || end?.how === "machine");

  return {
    cycles_succeeded: share(judged, ({ end }) => end === "succeeded"),
    cycles_with_person: share(steps, (count) => count > 0),
    steps_per_cycle: mean(steps),
    quality_gain: mean(scores),
    gates_passed: asked.project === null ? share(whole, ({ outcome }) => outcome === "passed") : null,
    pulls_as_they_were: share(merged, ({ rounds }) => rounds === 0),
    merges_taken_back: share(
      watched,
      ({ changed_at_ms: end, taken_back_at_ms: back }) => back !== null && Number(back) < Number(end) + 14 * DAY,
    ),
    recovered: share(settled, (what) => what === "recovered"),
    cost_per_cycle: mean(costs),
    rounds_saved: hasBoth ? ((mean(held) ?? 0) - (mean(helped) ?? 0)) / (mean(held) ?? 1) : null,
    time_to_service: rank(reachedProduction, 0.5),
    tasks_per_day: ends.length === 0 ? null : lasts.length / days,
    queue_median: rank(queued, 0.5),
    queue_p95: rank(queued, 0.95),
    model_call_median: rank(calls, 0.5),
    model_call_p95: rank(calls, 0.95),
    page_p95: asked.project !== null || answered.length === 0 ? null : 1.05 ** (rank(answered, 0.95) ?? 0),
    attempts_failed: share(ends, ({ status }) => status === "failed"),
    attempts_again: share(ends, ({ attempt }) => Number(attempt) > 1),
    model_errors:
      ends.length === 0
        ? null
        : failures.filter(({ kind }) => MODEL_FAILURES.split(" ").includes(String(kind))).length / days,
    crashes:
      asked.project !== null || starts.length === 0
        ? null
        : crashed.filter(({ end, startedAtMs }) => inside(end?.atMs ?? startedAtMs)).length,
    calls_cut: ends.length === 0 ? null : failures.filter(({ kind }) => kind === "outcome_unknown").length,
    cost_per_day: ends.length === 0 ? null : sum(spent) / 1e6 / days,
    decided_by_people: items.length === 0 ? null : decided.length / items.length,
    decision_median: rank(decided.map(waitOf), 0.5),
    waited_for_people: awaited.length === 0 ? null : sum(awaited.map(heldOf)),
  };
}

function scoreOfChecks(text: string): number | null {
  // A check that could not run has a sentence in its place.
  if (!text.startsWith("{")) return null;
  const checks = (JSON.parse(text) as { checks?: { weight: number; share: number }[] }).checks ?? [];
  const weights = sum(checks.map(({ weight }) => weight));
  if (checks.length === 0 || weights === 0) return null;
  return Math.round((sum(checks.map(({ weight, share: part }) => weight * part)) / weights) * 10_000) / 10_000;
}

function recordIn(end: Row): number | null {
  const said = end.summary === "" || end.summary === undefined ? end.result : end.summary;
  try {
    const record = JSON.parse(String(said)) as { score?: number; broken?: boolean };
    return record.broken || record.score === undefined ? null : record.score;
  } catch {
    return null;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

function share<One>(values: readonly One[], isSo: (value: One) => boolean): number | null {
  return values.length === 0 ? null : values.filter(isSo).length / values.length;
}

function rank(values: readonly number[], part: number): number | null {
  if (values.length === 0) return null;
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil(part * ordered.length) - 1)] ?? null;
}
