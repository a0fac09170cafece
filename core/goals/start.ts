/**
 * The first check of a goal: what holds before anybody works on it. A setup that was refused a host is no fault that agents
 * could mend, so a person is asked before the first round.
 */
import type { Goal } from "@/core/log/goal";
import type { Answer, Conversation } from "@/core/programs/conversation";
import type { Batch, PlannedCall, ProgramEnd } from "@/core/programs/program";
import { answerIn, isStop } from "./answers";
import { batchOf } from "./calls";
import { type Checked, checkOf, readChecked } from "./checked";
import { continuedBefore, triesIn } from "./go-on";
import { cut } from "./record";
import { placeOf } from "./round-task";

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
  let answer: Answer | undefined;
  for (const again of triesIn(conversation)) {
    const key = `start${again}`;
    const place = placeOf(conversation, key);
    [answer] = yield batchOf("Looks at what holds at the start.", startCheck(goal, start, key));
    const first = readChecked(answer?.content ?? "");
    if (first) return yield* withHosts(goal, { first, continued: continuedBefore(conversation, place) }, conversation);
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
  let { first, continued } = begun;
  // Each time that a person continues the goal takes back an end.
  let ends = continuedBefore(conversation, Number.POSITIVE_INFINITY);
  for (let times = 1; (first.hosts_refused ?? []).length > 0; times += 1) {
    const question = hostsText(goal, first);
    const [said] = yield batchOf("Asks for the hosts of the setup.", {
      key: `hosts-${times}`,
      name: "ask",
      input: { question },
    });
    const answer = answerIn(said as Answer).trim();
    if (answer === "" || isStop(answer) || times % MOST_ASKED === 0) {
      if (ends === 0) return { end: failed(`The setup could not run. ${hostsNeeded(first)}`, "by_person") };
      ends -= 1;
    }
    const key = `start-hosts-${times}`;
    const place = placeOf(conversation, key);
    const [checked] = yield batchOf("Looks again at what holds at the start.", startCheck(goal, first.start, key));
    const again = readChecked(checked?.content ?? "");
    if (!again) return { end: failed(`The goal could not be checked: ${cut(checked?.content ?? "", 2_000)}`) };
    first = again;
    continued = continuedBefore(conversation, place);
  }
  return { first, continued };
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
