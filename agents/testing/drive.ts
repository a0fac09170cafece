/** Drives the real `decide` of one task with random replies, letters, subtasks and crashes; pure, and the same for the same seed. */
import { markOf } from "@/agents/core/claims";
import { cutOf } from "@/agents/core/compact";
import { type Decision, decide, type Rest } from "@/agents/core/decide";
import type { Entry, SubtaskStart } from "@/agents/core/entries";
import { evolve, fold } from "@/agents/core/evolve";
import type { Facts, Letter, LetterBody } from "@/agents/core/facts";
import { response } from "@/agents/core/notes";
import type { Call, TaskState } from "@/agents/core/state";
import { unfinishedSubtasks } from "@/agents/core/waits";
import { event, factsOf, type GivenCall, relatives, reply, task } from "./given";
import { createRandom, type Random } from "./simulation/random";

export interface Drive {
  entries: Entry[];
  /** Each decision with the log that it was made from and the facts that held. */
  points: { length: number; facts: Facts; decision: Decision }[];
  state: TaskState;
}

/** A task that does not end within so many decisions does not end at all. */
const MOST_DECISIONS = 3_000;

interface Driver {
  random: Random;
  entries: Entry[];
  state: TaskState;
  facts: Facts;
  letters: number;
  ids: number;
  turnsLeft: number;
  retries: number;
}

/** Throws when the task does not come to an end. */
export function drive(seed: number): Drive {
  const random = createRandom(seed);
  const entries = beginning(random);
  const driver: Driver = {
    random,
    entries,
    state: fold(entries),
    facts: factsOf({
      relatives: relatives(random.chance(0.2) ? { first: random.chance(0.7) ? {} : { status: "failed" } } : {}),
    }),
    letters: 0,
    ids: 0,
    turnsLeft: random.between(0, 12),
    retries: random.between(0, 1),
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
    },
    {
      depth: random.between(0, 1),
      stepping: random.chance(0.1) ? "manual" : "automatic",
      dependsOn: random.chance(0.2) ? ["first"] : [],
    },
  );
}

function append(driver: Driver, entries: Entry[]): void {
  for (const entry of entries) {
    evolve(driver.state, entry);
    driver.entries.push(entry);
  }
}

function send(driver: Driver, body: LetterBody): void {
  driver.letters += 1;
  driver.facts.letters.push({ id: driver.letters, ...body } as Letter);
}

/** What comes from outside, between two decisions. */
function happen(driver: Driver): void {
  const { random, facts, state } = driver;
  facts.nowMs += random.between(0, 50);
  if (state.ended) return;
  if (random.chance(0.04)) facts.lease += 1;
  if (random.chance(0.05)) send(driver, { kind: "steer", text: "Mind the gap.", by: "anna" });
  if (random.chance(0.01)) send(driver, { kind: "stepping", mode: random.pick(["manual", "automatic"]), by: "anna" });
  if (random.chance(0.005)) send(driver, { kind: "stop", status: "stopped", reason: "by_person", detail: "Enough." });
  facts.held = random.chance(0.03);
  if (random.chance(0.003)) facts.exhausted = "All is spent.";
  for (const one of facts.relatives.keys()) if (random.chance(0.05)) endTask(driver, one);
  for (const [one, subtask] of state.subtasks) {
    if (subtask.role === "work" && !facts.relatives.get(one)?.result && random.chance(0.03)) {
      driver.ids += 1;
      send(driver, { kind: "question", review: `r${driver.ids}`, task: one, title: subtask.title, text: "Which?" });
    }
  }
}

function endTask({ random, facts }: Driver, name: string): void {
  if (facts.relatives.get(name)?.result) return;
  const outcome = random.weighted({ pass: 6, fail: 3, nonsense: 1 });
  const status = random.weighted({ succeeded: 8, failed: 1, stopped: 1 });
  const [ended] = relatives({ [name]: { status, result: JSON.stringify({ outcome, reasons: [] }) } }).values();
  if (ended) facts.relatives.set(name, ended);
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
      for (const one of decision.stopTasks ?? []) endTask(driver, one);
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
        const untilMs = driver.random.chance(0.3) ? facts.nowMs + 1_000 : null;
        return event(state.turn, { type: "approval_asked", call: call.id, review, untilMs });
      });
    case "run_tool":
      return [response(state, decision.call, "done")];
    case "call_model":
      return modelCall(driver);
    case "check_claims": {
      const marks = (state.ending?.claims ?? []).map((claim) =>
        markOf(claim, { exitStatus: driver.random.chance(0.3) ? 1 : 0, output: "" }),
      );
      return [event(state.turn, { type: "claims_checked", call: state.ending?.call ?? "", marks })];
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
    return [event(state.turn, { type: "asked", call: call.id, review: `r${driver.ids}` })];
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

function modelCall(driver: Driver): Entry[] {
  const { random, state, facts } = driver;
  const isLate = driver.turnsLeft-- <= 0;
  if (!isLate && random.chance(0.15)) {
    if (random.chance(0.2)) return [event(state.turn, { type: "too_long", message: "Too long." })];
    const kind = random.weighted({ retry: 10, timeout: 5, quota: 5, refused: 1, bad_request: 1, no_key: 1 });
    const tries = state.modelTries + (kind === "quota" ? 0 : 1);
    return [
      event(state.turn, {
        type: "model_failed",
        kind,
        message: "It failed.",
        tries,
        untilMs: facts.nowMs + 5_000,
        parks: random.chance(0.5),
      }),
    ];
  }
  const calls: GivenCall[] = [];
  const call = (tool: string, mode: GivenCall["mode"]): void => {
    driver.ids += 1;
    calls.push({ id: `c${driver.ids}`, tool, ...(mode && { mode }), ...(mode === "invalid" && { problem: "No." }) });
  };
  if (isLate) call(unfinishedSubtasks(state, facts).length > 0 ? "wait_for_subtasks" : "end_task", "control");
  else for (let count = random.between(0, 3); count > 0; count -= 1) call(...anyCall(random));
  return reply(state.turn + 1, ...calls);
}

function anyCall(random: Random): [string, GivenCall["mode"]] {
  const tool = random.pick([
    "read_file",
    "use_terminal",
    "start_subtask",
    "start_subtask",
    "break_down_task",
    "ask",
    "wait_for_subtasks",
    "end_task",
    "flag_for_review",
    "no_such_tool",
  ]);
  const modes: Record<string, GivenCall["mode"]> = {
    read_file: "repeat",
    use_terminal: "once",
    no_such_tool: "invalid",
  };
  return [tool, modes[tool] ?? "control"];
}

/** Whatever the task waits for happens. */
function passTime(driver: Driver, { waits, parkedUntilMs, step }: Rest): void {
  const { facts, random } = driver;
  facts.held = false;
  if (parkedUntilMs !== null) facts.nowMs = Math.max(facts.nowMs, parkedUntilMs);
  if (step) facts.turnsAllowed = driver.state.turn + 1;
  if (!waits) return;
  for (const one of waits.tasks) if (random.chance(0.6)) endTask(driver, one);
  for (const review of waits.reviews) {
    if (random.chance(0.6)) send(driver, { kind: "answer", review, text: "That one.", by: "anna" });
  }
}
