/** External events of a driven task: letters, ending subtasks, changing leases, and time. */
import type { Rest } from "@/core/decision";
import { evolve } from "@/core/evolve";
import type { Facts, Letter, LetterBody } from "@/core/facts";
import type { Entry } from "@/core/log/entries";
import type { TaskState } from "@/core/state";
import type { Random } from "./simulation/random";
import { relatives } from "./specification";

export interface Driver {
  random: Random;
  entries: Entry[];
  state: TaskState;
  facts: Facts;
  letters: number;
  ids: number;
  turnsLeft: number;
  retries: number;
  /** The subtask's agent repeats itself. */
  circles: boolean;
  /** Reviews of calls that needed approval, including cancelled calls. */
  approvals: string[];
  /** Its own questions, including answered ones. */
  questions: string[];
}

export function append(driver: Driver, entries: Entry[]): void {
  for (const entry of entries) {
    evolve(driver.state, entry);
    driver.entries.push(entry);
  }
}

function send(driver: Driver, body: LetterBody): void {
  driver.letters += 1;
  driver.facts.letters.push({ id: driver.letters, ...body } as Letter);
}

/** Sends events between two decisions. */
export function happen(driver: Driver): void {
  const { random, facts, state } = driver;
  facts.nowMs += random.between(0, 50);
  if (state.ended) return;
  if (random.chance(0.04)) facts.lease += 1;
  personWrites(driver);
  facts.held = random.chance(0.03);
  if (random.chance(0.003)) facts.exhausted = { why: "All is spent." };
  for (const key of facts.relatives.keys()) if (random.chance(0.05)) endRelative(driver, key);
  for (const [root, subtask] of state.subtasks) {
    if (subtask.role === "work" && !facts.relatives.get(root)?.result && random.chance(0.03)) {
      driver.ids += 1;
      send(driver, { kind: "question", review: `r${driver.ids}`, task: root, title: subtask.title, text: "Which?" });
    }
  }
}

/** Sends letters at any moment, even while calls are open, and sometimes the same letter twice. */
function personWrites(driver: Driver): void {
  const { random } = driver;
  if (random.chance(0.05)) send(driver, { kind: "steer", text: "Mind the gap.", by: "anna" });
  if (random.chance(0.01)) send(driver, { kind: "stepping", mode: random.pick(["manual", "automatic"]), by: "anna" });
  if (random.chance(0.005)) send(driver, { kind: "stop", status: "stopped", reason: "by_person", detail: "Enough." });
  if (random.chance(0.003)) send(driver, { kind: "restart", text: "Begin again.", by: "the supervisor" });
  if (random.chance(0.03)) send(driver, { kind: "granted", by: "anna", text: "Anna granted more.", tokens: 100 });
  if (random.chance(0.03)) send(driver, changeOf(random));
  if (random.chance(0.02)) send(driver, { kind: "unpark", by: "anna" });
  if (driver.approvals.length > 0 && random.chance(0.05)) decideReview(driver, random.pick(driver.approvals));
  if (driver.questions.length > 0 && random.chance(0.03)) answer(driver, random.pick(driver.questions));
}

function changeOf(random: Random): LetterBody & { kind: "change" } {
  const what = random.pick(["model", "agent", "priority"] as const);
  return {
    kind: "change",
    by: "anna",
    setup: what === "model" ? { model: "anthropic/other" } : what === "agent" ? { agent: "coder", maxTurns: 40 } : {},
    ...(what === "priority" && { priority: 3 }),
    text: `Anna changed the ${what}.`,
  };
}

function decideReview(driver: Driver, review: string): void {
  const approved = driver.random.chance(0.7);
  send(driver, { kind: "approval", review, approved, by: "anna", reason: approved ? "" : "Too dear." });
}

function answer(driver: Driver, review: string): void {
  send(driver, { kind: "answer", review, text: "That one.", by: "anna" });
}

export function endRelative({ random, facts }: Driver, name: string): void {
  if (facts.relatives.get(name)?.result) return;
  const outcome = random.weighted({ pass: 6, fail: 3, nonsense: 1 });
  const status = random.weighted({ succeeded: 8, failed: 1, stopped: 1 });
  const [ended] = relatives({ [name]: { status, result: JSON.stringify({ outcome, reasons: [] }) } }).values();
  if (ended) facts.relatives.set(name, ended);
}

/** Lets the event happen that the task waits for, or its timeout. */
export function passTime(driver: Driver, { waits, parkedUntilMs, step }: Rest): void {
  const { facts, random } = driver;
  facts.held = false;
  if (parkedUntilMs !== null) facts.nowMs = Math.max(facts.nowMs, parkedUntilMs);
  if (step) facts.turnsAllowed = driver.state.turn + 1;
  if (!waits) return;
  for (const task of waits.tasks) if (random.chance(0.6)) endRelative(driver, task);
  if (waits.untilMs && random.chance(0.3)) facts.nowMs = Math.max(facts.nowMs, waits.untilMs);
  for (const review of waits.reviews) {
    if (!random.chance(0.6)) continue;
    if (waits.kind === "approval") decideReview(driver, review);
    else answer(driver, review);
  }
}
