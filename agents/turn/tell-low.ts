/** Tells an agent before its next reply that its grant, its turns or its time run low, so that it can end with what it has. */
import { isProgram } from "@/core/programs/names";
import { isLow, isNearlyOver } from "@/core/rules/grants";
import { isSelector } from "@/core/selection";
import { turnsLeft } from "@/core/state";
import { leftWords } from "@/core/words/spending/grants";
import { grantNow, note, type OpenTask } from "./open-task";
import { timeLeftMs } from "./time-left";
import type { World } from "./world";

/** What of a task runs low. */
type LowOf = "grant" | "turns" | "seconds";

/** Tells once of each what is 80 % used and how much is left, and before the last turn of its agent that it is the last. */
export function tellWhenLow(world: World, task: OpenTask): void {
  tellOfGrant(task);
  // A program counts its own steps, and would take the words for a person's.
  if (isProgram(task.state.setup.model)) return;
  tellOfTurns(task);
  tellOfTime(world, task);
}

/** Tells the agent, after `why`, that its next reply is its last. */
export function tellLast(task: OpenTask, why: string, of: LowOf = "grant"): void {
  const end = isSelector(task.state.setup.agent) ? "start the subtask now" : "call end_task with what you have";
  tell(task, of, true, `${why} Your next reply is your last: ${end}.`);
}

function tellOfGrant(task: OpenTask): void {
  const { state } = task;
  const grant = grantNow(task);
  if (state.toldLow || state.turn === 0 || !isLow(grant)) return;
  const left = leftWords(grant, state.assignment.depth === 0);
  tellLow(task, "grant", `80 % of your grant is spent; ${left} are left for you.`);
}

function tellOfTurns(task: OpenTask): void {
  const { state } = task;
  const { maxTurns } = state.setup;
  const left = turnsLeft(state);
  if (maxTurns === null || left === null || state.toldTurns === "last") return;
  if (left === 1) tellLast(task, `This is turn ${maxTurns} of ${maxTurns}.`, "turns");
  else if (state.toldTurns === null && isNearlyOver(left, maxTurns))
    tellLow(task, "turns", `80 % of your turns are used; ${left} of ${maxTurns} are left.`);
}

function tellOfTime(world: World, task: OpenTask): void {
  const { seconds } = task.grant.cap;
  if (seconds === null || task.state.toldSeconds) return;
  const left = Math.floor(timeLeftMs(world, task) / 1_000);
  if (isNearlyOver(left, seconds))
    tellLow(task, "seconds", `80 % of your time is used; ${left} of ${seconds} seconds are left.`);
}

function tellLow(task: OpenTask, of: LowOf, what: string): void {
  const end = isSelector(task.state.setup.agent) ? "start the subtask" : "finish what matters most and call end_task";
  tell(task, of, false, `${what} Conclude: ${end}.`);
}

function tell(task: OpenTask, of: LowOf, last: boolean, text: string): void {
  const content = { type: "grant_low", last, ...(of !== "grant" && { of }), text } as const;
  note(task, [{ kind: "event", turn: task.state.turn, content }]);
}
