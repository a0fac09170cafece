/**
 * Drives the real `decide` of one task with random replies, letters, subtasks and crashes. The seed determines the
 * run.
 */
import { cutOf } from "@/core/compact";
import { decide } from "@/core/decide";
import type { Decision } from "@/core/decision";
import { fold } from "@/core/evolve";
import type { Facts } from "@/core/facts";
import type { Entry, SubtaskStart } from "@/core/log/entries";
import { response } from "@/core/notes";
import { markOf } from "@/core/rules/claims";
import type { Call, TaskState } from "@/core/state";
import { unfinishedSubtasks } from "@/core/waits";
import { modelCall } from "./drive-model";
import { append, type Driver, endRelative, happen, passTime } from "./drive-outside";
import { createRandom, type Random } from "./simulation/random";
import { event, factsOf, relatives, task } from "./specification";

export interface Drive {
  entries: Entry[];
  /** Each decision with its log and its facts. */
  points: { length: number; facts: Facts; decision: Decision }[];
  state: TaskState;
}

/** A task with more decisions than this counts as endless. */
const MOST_DECISIONS = 3_000;

/** Drives the task to its end; throws when it does not end. */
export function drive(seed: number): Drive {
  const random = createRandom(seed);
  const entries = beginning(random);
  const circles = random.chance(0.1);
  const driver: Driver = {
    random,
    entries,
    state: fold(entries),
    facts: factsOf({
      relatives: relatives(random.chance(0.2) ? { first: random.chance(0.7) ? {} : { status: "failed" } } : {}),
    }),
    letters: 0,
    ids: 0,
    turnsLeft: circles ? 20 : random.between(0, 12),
    retries: random.between(0, 1),
    circles,
    approvals: [],
    questions: [],
  };
  const points: Drive["points"] = [];
  while (points.length < MOST_DECISIONS) {
    happen(driver);
    const facts = { ...driver.facts, letters: [...driver.facts.letters], relatives: new Map(driver.facts.relatives) };
    const decision = decide(driver.state, driver.facts);
    points.push({ length: driver.entries.length, facts, decision: structuredClone(decision) });
    if (decision.kind === "rest" && driver.state.ended) {
      if (driver.retries-- <= 0) return { entries: driver.entries, points, state: driver.state };
      const attempt = driver.state.attempt + 1;
      append(driver, [event(driver.state.turn, { type: "retried", attempt, by: "anna", text: "Again." })]);
    } else carryOut(driver, decision);
  }
  throw new Error(`The task of seed ${seed} does not come to an end: ${JSON.stringify(points.at(-1)?.decision)}`);
}

function beginning(random: Random): Entry[] {
  const choice = random.pick(["never", "auto", "always"] as const);
  return task(
    {
      agent: random.chance(0.15) ? "agent_selector" : "worker",
      finishing: { evaluate: choice, summarize: choice, document: choice },
      askDefault: random.pick([null, "Go on without it."]),
    },
    {
      depth: random.between(0, 1),
      stepping: random.chance(0.1) ? "manual" : "automatic",
      dependsOn: random.chance(0.2) ? ["first"] : [],
      ...(random.chance(0.2) && { workspace: "own" as const, folder: "task" }),
    },
  );
}

function carryOut(driver: Driver, decision: Decision): void {
  const { state, facts } = driver;
  if (decision.kind === "rest") passTime(driver, decision);
  else if (decision.kind === "start_finishing") {
    start(
      driver,
      state.ending?.call ?? "",
      decision.starts.map(({ purpose }) => purpose),
    );
  } else if (decision.kind === "settle") for (const call of decision.calls) append(driver, settle(driver, call));
  else {
    if (decision.kind === "note") {
      facts.letters = facts.letters.filter((letter) => !decision.letters?.includes(letter.id));
      for (const stop of decision.stopTasks ?? []) endRelative(driver, stop);
    }
    append(driver, entriesOf(driver, decision));
  }
}

function entriesOf(
  driver: Driver,
  decision: Exclude<Decision, { kind: "rest" | "start_finishing" | "settle" }>,
): Entry[] {
  const { state, facts } = driver;
  switch (decision.kind) {
    case "note":
      return decision.entries;
    case "ask_approval":
      return decision.calls.map((call) => {
        const review = `approval-${call.id}`;
        driver.approvals.push(review);
        const untilMs = driver.random.chance(0.3) ? facts.nowMs + 1_000 : null;
        return event(state.turn, { type: "approval_asked", call: call.id, review, untilMs });
      });
    case "run_tool":
      if (asks(driver, decision.call)) return askInside(driver, decision.call);
      return [response(state, decision.call, driver.random.chance(0.7) ? "done" : `done at ${facts.nowMs}`)];
    case "call_model":
      return modelCall(driver);
    case "check_claims": {
      const marks = (state.ending?.claims ?? []).map((claim) =>
        markOf(claim, { exitStatus: driver.random.chance(0.3) ? 1 : 0, output: "" }),
      );
      return [event(state.turn, { type: "claims_checked", call: state.ending?.call ?? "", marks })];
    }
    case "merge_files": {
      const conflicts = driver.random.chance(0.3) ? ["a.txt"] : [];
      const outcome = { into: null, commit: "merged", theirs: "theirs", changed: 1, conflicts, copies: null };
      return [event(state.turn, { type: "files_merged", ...outcome })];
    }
    case "compact": {
      const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
      const dropped = cutOf(state.messages) ?? 0;
      return [event(state.turn, { type: "compacted", summary: "S", dropped, usage, microUsd: 1, text: "S" })];
    }
    case "end": {
      facts.letters = [];
      facts.exhausted = null;
      const { status, reason, detail, result, verdict } = decision;
      const summary = decision.summary ?? "";
      const answers = [...state.open.values()].map((call) => response(state, call, decision.response ?? "It ended."));
      return [...answers, event(state.turn, { type: "ended", status, reason, detail, result, summary, verdict })];
    }
  }
}

/** Whether the call asks a person before it ends: it can continue later, and has no answer yet. */
function asks({ state, random }: Driver, call: Call): boolean {
  if (call.mode === "once" && !call.resumes) return false;
  return [...state.callAsks.values()].some(({ answer }) => answer !== null) || random.chance(0.3);
}

/** A call uses a stored answer, or asks and is set aside. */
function askInside(driver: Driver, call: Call): Entry[] {
  const { state, facts, random } = driver;
  const [kept] = [...state.callAsks].filter(([, { answer }]) => answer !== null);
  if (kept) {
    const used = event(state.turn, { type: "answer_used", review: kept[0], call: call.id });
    return [used, response(state, call, kept[1].answer?.approved ? "done" : "refused")];
  }
  driver.ids += 1;
  const review = `inside-${driver.ids}`;
  const what = random.pick(["permission", "question"] as const);
  (what === "permission" ? driver.approvals : driver.questions).push(review);
  const untilMs = random.chance(0.3) ? facts.nowMs + 1_000 : null;
  const asked = { type: "call_asked", call: call.id, review, key: review, what, untilMs } as const;
  return [event(state.turn, asked), event(state.turn, { type: "call_set_aside", call: call.id })];
}

function start(driver: Driver, call: string, purposes: SubtaskStart["purpose"][]): void {
  const subtasks = purposes.map((purpose): SubtaskStart => {
    driver.ids += 1;
    const name = `t${driver.ids}`;
    driver.facts.relatives.set(name, { task: name, status: "ready", result: null });
    return { task: name, call, title: name, agent: "worker", role: purpose ? "finishing" : "work", purpose };
  });
  append(driver, [event(driver.state.turn, { type: "subtasks_started", subtasks })]);
}

function settle(driver: Driver, call: Call): Entry[] {
  const { state, facts, random } = driver;
  if (call.tool === "start_subtask" || call.tool === "break_down_task") {
    if (random.chance(0.1)) return [response(state, call, "Refused.", true)];
    start(driver, call.id, [null]);
    return [];
  }
  if (call.tool === "ask") {
    driver.ids += 1;
    const review = `r${driver.ids}`;
    driver.questions.push(review);
    const untilMs = random.chance(0.4) ? facts.nowMs + 1_000 : null;
    const { askDefault } = state.setup;
    return [event(state.turn, { type: "asked", call: call.id, review, untilMs, fallback: askDefault ?? null })];
  }
  if (call.tool !== "end_task") return [response(state, call, "ok")];
  if (state.open.size > 1 || unfinishedSubtasks(state, facts).length > 0)
    return [response(state, call, "Not ended.", true)];
  const status = random.chance(0.8) ? "success" : "failure";
  return [
    event(state.turn, {
      type: "ending",
      call: call.id,
      status,
      claims: [],
      result: "R".repeat(random.between(1, 3_000)),
    }),
  ];
}
