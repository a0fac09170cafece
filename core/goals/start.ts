/**
 * The first check of a goal: what holds before anybody works on it. Agents can mend neither a setup that was refused a host
 * nor a command whose program is missing, and may not widen the scope, so a person is asked before the first round.
 */
import { continuedAfter, continuedBefore, triesIn } from "@/core/goals/course/go-on";
import { changedBy } from "@/core/goals/course/goal-changes";
import { placeOf } from "@/core/goals/course/round-task";
import { answerIn, isStop, isYes } from "@/core/goals/facts/answers";
import { batchOf } from "@/core/goals/facts/calls";
import { type Checked, checkOf, readChecked } from "@/core/goals/facts/checked";
import { cut, scoreOf } from "@/core/goals/facts/record";
import type { Goal } from "@/core/log/goal";
import type { Answer, Conversation } from "@/core/programs/conversation";
import { type Batch, idOfCall, type PlannedCall, type ProgramEnd } from "@/core/programs/program";

/** How often a person is asked for the same, before the goal ends. */
const MOST_ASKED = 5;

export interface Start {
  first: Checked;
  /** The goal with what a person changed to make its commands run. */
  goal: Goal;
  /** How often a person had continued the goal before this check. */
  continued: number;
}

type Starting<Result> = Generator<Batch, Result | { end: ProgramEnd }, Answer[]>;

/** Checks what holds at the start. `start`: a snapshot that was taken before; null: now. */
export function* checkedStart(goal: Goal, start: string | null, conversation: Conversation): Starting<Start> {
  const says = "Looks at what holds at the start.";
  let now = yield* checkedNow({ goal, start, name: "start", says }, conversation);
  const asked = { hosts: 0, programs: 0 };
  let goesOn = false;
  while (!("end" in now)) {
    const why = whyNot(now.first, goesOn);
    if (why === null) return yield* withScope(now, conversation);
    asked[why] += 1;
    const next: Start | { end: ProgramEnd } | "goes_on" = yield* askedAbout(why, asked[why], now, conversation);
    if (next === "goes_on") goesOn = true;
    else now = next;
  }
  return now;
}

/** Returns why the commands of the goal cannot run. */
function whyNot({ hosts_refused = [], cannot_run = [] }: Checked, goesOn: boolean): "hosts" | "programs" | null {
  if (hosts_refused.length > 0) return "hosts";
  return cannot_run.length > 0 && !goesOn ? "programs" : null;
}

interface Look {
  goal: Goal;
  start: string | null;
  /** Starts the keys of its calls. */
  name: string;
  says: string;
}

function* checkedNow({ goal, start, name, says }: Look, conversation: Conversation): Starting<Start> {
  let answer: Answer | undefined;
  for (const again of triesIn(conversation)) {
    const key = `${name}${again}`;
    const place = placeOf(conversation, key);
    [answer] = yield batchOf(says, startCheck(goal, start, key));
    const first = readChecked(answer?.content ?? "");
    if (first) return { first, goal, continued: continuedBefore(conversation, place) };
  }
  return { end: failed(`The goal could not be checked: ${cut(answer?.content ?? "", 2_000)}`) };
}

export function startCheck(goal: Goal, start: string | null, key: string): PlannedCall {
  const input = { ...checkOf(goal, goal.scope), ...(start !== null && { start }) };
  return { key, name: "check_goal", input };
}

/** Asks a person, and checks again. Returns `goes_on` when the person wants rounds all the same. */
function* askedAbout(
  why: "hosts" | "programs",
  times: number,
  { goal, first }: Start,
  conversation: Conversation,
): Generator<Batch, Start | { end: ProgramEnd } | "goes_on", Answer[]> {
  const key = `${why}-${times}`;
  const [asks, question, fault] =
    why === "hosts"
      ? ["Asks for the hosts of the setup.", hostsText(goal, first), `The setup could not run. ${hostsNeeded(first)}`]
      : ["Asks about commands that cannot run.", programsText(first), programsNeeded(first)];
  const [said] = yield batchOf(asks, { key, name: "ask", input: { question } });
  const answer = answerIn(said as Answer).trim();
  const name = `start-${key}`;
  // An older version also went on for a goal that had been continued before the question.
  const wentOn = continuedAfter(conversation, key) || conversation.asked.has(idOfCall(conversation, name));
  if ((answer === "" || isStop(answer) || times % MOST_ASKED === 0) && !wentOn)
    return { end: failed(fault, "by_person") };
  if (why === "programs" && isYes(answer)) return "goes_on";
  // A person who is asked about a command may have changed it.
  const changed = why === "programs" ? changedBy(conversation.said, goal, placeOf(conversation, name)) : goal;
  const says = "Looks again at what holds at the start.";
  return yield* checkedNow({ goal: changed, start: first.start, name, says }, conversation);
}

/** Asks before the first round about a proposed scope that leaves out most of what may be the work. */
function* withScope(now: Start, conversation: Conversation): Starting<Start> {
  const { goal, first } = now;
  const isHeld = scoreOf(first.checks) >= goal.success_threshold && first.valid !== false;
  const { left_out } = first;
  if (!left_out || isHeld) return now;
  for (let times = 1; ; times += 1) {
    const key = times === 1 ? "scope" : `scope-${times}`;
    const input = { question: scopeText(first.scope ?? [], left_out) };
    const [said] = yield batchOf("Asks about the scope.", { key, name: "ask", input });
    const answer = answerIn(said as Answer).trim();
    if (isAdd(answer) && isWhole(left_out))
      return { ...now, goal: { ...goal, may_change: [...goal.may_change, ...left_out.files.map(literal)] } };
    const isEnd = answer === "" || isStop(answer);
    if (!isEnd) return now;
    // A person who continues the goal is asked again.
    if (!continuedAfter(conversation, key))
      return {
        end: failed("The scope was not confirmed: give one with `--scope`, and submit the goal again.", "by_person"),
      };
  }
}

type LeftOut = NonNullable<Checked["left_out"]>;

const isAdd = (answer: string) => /^\s*add\b/i.test(answer);
const isWhole = ({ files, count }: LeftOut) => files.length === count;

/** A name may hold signs of globs. */
function literal(path: string): string {
  return path.replace(/[[\]{}()*?!\\]/g, "\\$&");
}

const MOST_TOLD = 10;

function scopeText(scope: readonly string[], left: LeftOut): string {
  const told = left.files.slice(0, MOST_TOLD).join(", ");
  const more = left.count > MOST_TOLD ? ` and ${left.count - MOST_TOLD} more` : "";
  const add = isWhole(left) ? "\n- Add them" : "";
  const adds = isWhole(left) ? " Answer “Add them” to let the work change them too." : "";
  return `The proposed scope leaves out most files that the work may be about: ${told}${more} (${left.count} of ${left.of}). Their names are those of tests, scripts or settings of builds, which are as at the start in each check. The work may change: ${cut(scope.join(", "), 400)}.\n\n“Go on” keeps this scope.${adds} A scope of your own is given with \`--scope\`; “Stop” ends the goal.\n\n- Go on${add}\n- Stop`;
}

function programsText(checked: Checked): string {
  return `${programsNeeded(checked)}\n\nNo round can show the goal before that. Install the program below /usr, name a command in \`setup_command\` that installs it into the folder, or change the command of the goal, and answer “Check again”. “Go on” starts the rounds all the same, when the work itself is to bring it; “Stop” ends the goal.\n\n- Check again\n- Go on\n- Stop`;
}

/** Returns what cannot run, and where its program is, in a sentence for each command. */
function programsNeeded({ cannot_run = [] }: Checked): string {
  return cannot_run
    .map(({ command, program, why, places }) => {
      const what = program === null ? "its program" : program;
      const is =
        why === "not_run"
          ? `${what} cannot be run there: it is no program, or is not marked as one`
          : `${what} is not in the sandbox, which sees /usr and the folder of the goal`;
      const where = places.length > 0 ? ` On this machine there is ${places.join(", ")}.` : "";
      return `\`${cut(command, 200)}\` cannot run: ${is}.${where}`;
    })
    .join(" ");
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
