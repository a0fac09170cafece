/**
 * The first check of a goal: what holds before anybody works on it. A setup that was refused a host is no fault that agents
 * could mend, so a person is asked before the first round.
 */
import { continuedAfter, continuedBefore, triesIn } from "@/core/goals/course/go-on";
import { placeOf } from "@/core/goals/course/round-task";
import { answerIn, isStop } from "@/core/goals/facts/answers";
import { batchOf } from "@/core/goals/facts/calls";
import { type Checked, checkOf, readChecked } from "@/core/goals/facts/checked";
import { cut } from "@/core/goals/facts/record";
import type { Goal } from "@/core/log/goal";
import type { Answer, Conversation } from "@/core/programs/conversation";
import { type Batch, idOfCall, type PlannedCall, type ProgramEnd } from "@/core/programs/program";

/** How often a person is asked for the same hosts, before the goal ends. */
const MOST_ASKED = 5;

export interface Start {
  first: Checked;
  /** How often a person had continued the goal before this check. */
  continued: number;
}

/** Checks what holds at the start. `start`: a snapshot that was taken before; null: now. */
export function* checkedStart(
  goal: Goal,
  start: string | null,
  conversation: Conversation,
): Generator<Batch, Start | { end: ProgramEnd }, Answer[]> {
  const says = "Looks at what holds at the start.";
  const begun = yield* checkedNow({ goal, start, name: "start", says }, conversation);
  return "end" in begun ? begun : yield* withHosts(goal, begun, conversation);
}

interface Look {
  goal: Goal;
  start: string | null;
  /** Starts the keys of its calls. */
  name: string;
  says: string;
}

function* checkedNow(
  { goal, start, name, says }: Look,
  conversation: Conversation,
): Generator<Batch, Start | { end: ProgramEnd }, Answer[]> {
  let answer: Answer | undefined;
  for (const again of triesIn(conversation)) {
    const key = `${name}${again}`;
    const place = placeOf(conversation, key);
    [answer] = yield batchOf(says, startCheck(goal, start, key));
    const first = readChecked(answer?.content ?? "");
    if (first) return { first, continued: continuedBefore(conversation, place) };
  }
  return { end: failed(`The goal could not be checked: ${cut(answer?.content ?? "", 2_000)}`) };
}

export function startCheck(goal: Goal, start: string | null, key: string): PlannedCall {
  const input = { ...checkOf(goal, goal.scope), ...(start !== null && { start }) };
  return { key, name: "check_goal", input };
}

/** Asks for the hosts that the setup was refused, and checks again, until it was refused none. */
function* withHosts(
  goal: Goal,
  begun: Start,
  conversation: Conversation,
): Generator<Batch, Start | { end: ProgramEnd }, Answer[]> {
  let now = begun;
  for (let times = 1; (now.first.hosts_refused ?? []).length > 0; times += 1) {
    const { first } = now;
    const key = `hosts-${times}`;
    const input = { question: hostsText(goal, first) };
    const [said] = yield batchOf("Asks for the hosts of the setup.", { key, name: "ask", input });
    const answer = answerIn(said as Answer).trim();
    const name = `start-hosts-${times}`;
    // An older version also went on for a goal that had been continued before the question.
    const wentOn = continuedAfter(conversation, key) || conversation.asked.has(idOfCall(conversation, name));
    if ((answer === "" || isStop(answer) || times % MOST_ASKED === 0) && !wentOn)
      return { end: failed(`The setup could not run. ${hostsNeeded(first)}`, "by_person") };
    const says = "Looks again at what holds at the start.";
    const again = yield* checkedNow({ goal, start: first.start, name, says }, conversation);
    if ("end" in again) return again;
    now = again;
  }
  return now;
}

function hostsText({ setup_command }: Goal, checked: Checked): string {
  const setup = setup_command === null ? "The setup" : `\`${cut(setup_command, 200)}\``;
  return `${setup} failed, and was refused hosts. ${hostsNeeded(checked)}\n\nThe commands of the goal cannot run without it. Allow them and answer “Check again”, or “Stop” to end.\n\n- Check again\n- Stop`;
}

/** Returns what an admin has to do, in a sentence for each kind. */
function hostsNeeded({ hosts_refused = [] }: Checked): string {
  const named = (why: "not_allowed" | "private") =>
    hosts_refused.filter((one) => one.why === why).map(({ host }) => host);
  const [unlisted, isPrivate] = [named("not_allowed"), named("private")];
  return [
    ...(unlisted.length > 0
      ? [
          `Nobody has allowed ${unlisted.join(", ")}: an admin does it under “Allowed hosts” on the page Settings, or with \`npx banyan policy --allow ${unlisted.join(",")}\`.`,
        ]
      : []),
    ...(isPrivate.length > 0
      ? [`${isPrivate.join(", ")} has a private address: the setting BANYAN_PRIVATE_HOSTS must name it.`]
      : []),
  ].join(" ");
}

function failed(result: string, reason?: string): ProgramEnd {
  return { status: "failure", result, ...(reason && { reason }) };
}
