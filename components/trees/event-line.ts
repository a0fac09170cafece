/** An event of the log as a plain sentence. Pure. */

import { plural } from "@/components/ui/format";
import type { IconName } from "@/components/ui/icon";
import type { FilesMerged, SubtaskResult, TaskEvent } from "@/core/log/entries";
import { REASONS, type Reason } from "@/core/log/reasons";
import type { ClaimMark } from "@/core/log/terms";
import { parseObject } from "./message-content";
import { sentence } from "./sentence";

export interface EventLine {
  icon: IconName;
  /** What happened, in one to three words. */
  title: string;
  text: string;
  /** A time that ends the text, ISO 8601. */
  at?: string;
  /** Tasks that it is about, as links after the text. */
  tasks?: { id: string; title: string }[];
  /** Another page that it is about, after the text. */
  link?: { href: string; title: string };
  /** Markdown: what was asked, found or answered. */
  body?: string;
  look?: "bad";
  /** Why the task was parked, or the model failed, without what follows from it. */
  cause?: string;
}

export const MODEL_FAILED = "Model failed";

const HELD = { paused: "Paused", paused_alone: "Paused alone", resumed: "Resumed", stepped: "Stepped" } as const;

type LineOf<Type extends TaskEvent["type"]> = (event: Extract<TaskEvent, { type: Type }>) => EventLine | null;

/** What another entry shows already: the call that asked, answered, ended, or began. */
const hidden = () => null;

const LINES: { [Type in TaskEvent["type"]]: LineOf<Type> } = {
  call_started: hidden,
  asked: hidden,
  approval_asked: hidden,
  question_closed: hidden,
  ending: hidden,
  subtasks_started: startedLine,
  subtask_ended: (event) => resultsLine("Subtask ended", [event.result]),
  predecessors_ended: (event) => resultsLine("Predecessors ended", event.results),
  correction: () => ({
    icon: "tri",
    title: "Corrected",
    text: "The reply had no tool call, so nothing happened; the agent was told so.",
  }),
  question: (event) => ({
    icon: "question",
    title: "Question",
    text: "A subtask asks:",
    tasks: [{ id: event.task, title: "its task" }],
    body: event.words,
  }),
  answered: (event) => ({ icon: "comment", title: "Answered", text: `By ${event.by}:`, body: answerIn(event.text) }),
  note: (event) => ({ icon: "info", title: "Note", text: event.by ? `By ${event.by}:` : "", body: event.text }),
  choice: (event) =>
    event.what === "none"
      ? { icon: "info", title: "Nothing chosen", text: event.why }
      : { icon: "info", title: "Chosen", text: `${event.what}. ${event.why}` },
  approval_decided: decidedLine,
  repeated: (event) => ({
    icon: "retry",
    title: "Goes round in a circle",
    text: `Calls of ${event.tool} had the same result over and over. The agent was told:`,
    body: event.text,
    look: "bad",
  }),
  stalled: (event) => ({
    icon: "tri",
    title: "No progress",
    text: `${plural(event.turns, "turn")} brought nothing new; the supervisor is asked what to do.`,
  }),
  restarted: (event) => ({ icon: "retry", title: "Began again", text: `By ${event.by}: ${event.text}` }),
  daily_cap: (event) => ({
    icon: "parked",
    title: "Cap of the day",
    text: `${sentence(event.message)} It is parked until`,
    cause: sentence(event.message),
    at: new Date(event.untilMs).toISOString(),
  }),
  changed: (event) => ({
    icon: "change",
    title: "Changed",
    text: `${sentence(event.text)} What it has said and done stays.`,
  }),
  forked: forkedLine,
  files_saved: savedLine,
  files_copied: () => ({
    icon: "doc",
    title: "Files copied",
    text: "From here on it works in a copy of the folder as it was then.",
  }),
  files_merged: mergedLine,
  model_failed: failureLine,
  grant_low: (event) => ({ icon: "tri", title: event.last ? "Last turn" : "Grant nearly gone", text: event.text }),
  overrun: (event) => ({
    icon: "tri",
    title: "Overrun",
    text: `The call cost ${costOf(event)} more than was reserved for it; the tree's reserve pays.`,
  }),
  unconfirmed: (event) => ({
    icon: "tri",
    title: "Unconfirmed cost",
    text: `${event.why} It is charged with all that was reserved: ${costOf(event)}.`,
  }),
  too_long: (event) => ({
    icon: "tri",
    title: "Too long",
    text: `${sentence(event.message)} Its oldest part is summed up.`,
  }),
  outputs_shortened: (event) => ({
    icon: "doc",
    title: "Outputs shortened",
    text: `Its last turn alone does not fit: of each output the agent now sees at most ${plural(event.maxChars, "character")}, and can page through the rest.`,
  }),
  compacted: (event) => ({
    icon: "doc",
    title: "Compacted",
    text: `The oldest ${plural(event.dropped, "message")} of the conversation gave way to this summary:`,
    body: event.summary || "The model gave no summary; the beginning and the end were kept.",
  }),
  tools_changed: (event) => ({
    icon: "plus",
    title: "Tools added",
    text: `From the next turn on it has ${event.tools.join(", ")}.`,
  }),
  configured: (event) => ({ icon: "plus", title: "Approved", text: `By ${event.by}:`, body: event.text }),
  claims_checked: (event) => claimsLine(event.marks),
  sent_back: (event) => ({
    icon: "flag",
    title: "Sent back",
    text: "The result does not hold, so the task goes on with the reasons:",
    body: event.reasons.map((reason) => `- ${reason}`).join("\n"),
    look: "bad",
  }),
  unparked: (event) => ({
    icon: "retry",
    title: "Resumed",
    text: `${event.by} did not wait until the provider's time had come.`,
  }),
  granted: (event) => ({ icon: "plus", title: "Granted", text: event.text }),
  held: (event) => ({
    icon: "pause",
    title: HELD[event.what],
    text: `By ${event.by} at`,
    at: new Date(event.atMs).toISOString(),
  }),
  stepping: (event) => ({
    icon: "pause",
    title: "Stepping",
    text:
      event.mode === "manual"
        ? `${event.by} steps it by hand: it waits before each turn.`
        : `${event.by} let it go on by itself.`,
  }),
  retried: (event) => ({
    icon: "retry",
    title: `Attempt ${event.attempt}`,
    text: `${event.by} retried it. The conversation begins again; what stands above is kept.`,
  }),
  ended: endedLine,
};

/** null where the log shows no entry for it. */
export function eventLine<Type extends TaskEvent["type"]>(event: Extract<TaskEvent, { type: Type }>): EventLine | null {
  const line: LineOf<Type> | undefined = LINES[event.type as Type];
  return line?.(event) ?? null;
}

function decidedLine({ approved, by, rule }: Extract<TaskEvent, { type: "approval_decided" }>): EventLine {
  const who = rule ? "By a rule" : `By ${by}`;
  return approved
    ? { icon: "approval", title: "Approved", text: `${who}: the call runs.` }
    : {
        icon: "approval",
        title: "Rejected",
        text: `${who}: the call is not run, and the agent reads why.`,
        look: "bad",
      };
}

function forkedLine({ from, by, what, files }: Extract<TaskEvent, { type: "forked" }>): EventLine {
  const kept = files ? "with the files as they were then" : "with a fresh folder";
  return {
    icon: "fork",
    title: "Forked",
    text: `${by} forked it ${what}, ${kept}. What stands above was copied from tree ${from}.`,
    link: { href: `/trees/${from}`, title: "Open it" },
  };
}

function savedLine({ changed, skipped, problem }: Extract<TaskEvent, { type: "files_saved" }>): EventLine {
  if (problem)
    return {
      icon: "doc",
      title: "Files not kept",
      text: `${sentence(problem.charAt(0).toUpperCase() + problem.slice(1))} The task goes on.`,
    };
  const left = skipped > 0 ? `; ${plural(skipped, "file")} left out` : "";
  const what = changed === 0 ? "Nothing changed" : `${plural(changed, "file")} changed`;
  return {
    icon: "doc",
    title: "Files kept",
    text: `${what} since the last time${left}. A fork from here begins with them.`,
  };
}

function mergedLine({ changed, conflicts, copies, problem, skipped = 0 }: FilesMerged): EventLine {
  const because = problem ? ` ${sentence(problem.charAt(0).toUpperCase() + problem.slice(1))}` : "";
  if (conflicts.length === 0 && !problem) {
    const what = changed === 0 ? "It had changed nothing" : `${plural(changed, "change")} of its own folder`;
    const left = skipped > 0 ? ` ${plural(skipped, "file")} could not be copied.` : "";
    const text = changed === 0 ? `${what}.` : `${what} went into the one above.`;
    return { icon: "doc", title: "Files merged", text: `${text}${left}` };
  }
  const lie = copies ? ` Its versions lie under ${copies}.` : "";
  return {
    icon: "doc",
    title: "Files not merged",
    text: `${plural(changed, "change")} of its own folder stayed there.${because}${lie}`,
    ...(conflicts.length > 0 && { body: conflicts.map((path) => `- ${path}`).join("\n") }),
    look: "bad",
  };
}

function costOf({ tokens, microUsd }: { tokens: number; microUsd: number }): string {
  return `${plural(tokens, "token")}, $${(microUsd / 1_000_000).toFixed(4)}`;
}

function claimsLine(marks: ClaimMark[]): EventLine {
  const count = (mark: ClaimMark["mark"]) => marks.filter((one) => one.mark === mark).length;
  const parts = [
    count("shown") > 0 && `${count("shown")} shown by a command`,
    count("failed") > 0 && `${count("failed")} not held`,
    count("neither") > 0 && `${count("neither")} not shown by any command`,
  ].filter(Boolean);
  const text = `${plural(marks.length, "claim")}: ${parts.join(", ")}.`;
  return { icon: "judged", title: "Claims checked", text, ...(count("failed") > 0 && { look: "bad" as const }) };
}

function startedLine({ subtasks }: Extract<TaskEvent, { type: "subtasks_started" }>): EventLine {
  const isFinishing = subtasks.every((one) => one.role === "finishing");
  const tasks = subtasks.map((one) => ({ id: one.task, title: isFinishing ? one.agent : one.title }));
  if (isFinishing) return { icon: "judged", title: "Finishing", text: "Its result is checked and summed up by", tasks };
  return { icon: "tree", title: "Subtasks started", text: `${plural(tasks.length, "subtask")}:`, tasks };
}

function resultsLine(title: string, results: SubtaskResult[]): EventLine {
  const tasks = results.map((one) => ({ id: one.task, title: `${one.title}, ${one.status}` }));
  const parts = results.map((one) => (results.length > 1 ? `**${one.title}**\n\n${one.summary}` : one.summary));
  return { icon: "tree", title, text: "", tasks, body: parts.join("\n\n") };
}

const FINAL_FAILURES = new Set(["refused", "bad_request", "no_key"]);

function failureLine(event: Extract<TaskEvent, { type: "model_failed" }>): EventLine {
  const line: EventLine = {
    icon: "tri",
    title: MODEL_FAILED,
    text: sentence(event.message),
    cause: sentence(event.message),
    look: "bad",
  };
  if (FINAL_FAILURES.has(event.kind)) return line;
  const tries = event.tries > 1 ? ` That was try ${event.tries}.` : "";
  const next = event.parks ? "It is parked until" : "It tries again at";
  return { ...line, text: `${line.text}${tries} ${next}`, at: new Date(event.untilMs).toISOString() };
}

function endedLine({ status, reason, detail, verdict }: Extract<TaskEvent, { type: "ended" }>): EventLine {
  if (status === "succeeded") {
    const judged = { pass: "Its result was judged as done.", fail: "", unjudged: "Its result was not judged." };
    return { icon: "succeeded", title: "Succeeded", text: verdict ? judged[verdict.outcome] : "" };
  }
  const text = sentence(detail ?? (reason ? reasonText(reason) : ""));
  return status === "failed"
    ? { icon: "failed", title: "Failed", text, look: "bad" }
    : { icon: "stopped", title: "Stopped", text };
}

function reasonText(reason: Reason): string {
  return REASONS[reason].says;
}

/** An early answered question's answer stands as JSON in the second line of what the model reads. */
function answerIn(text: string): string {
  const json = parseObject(text.slice(text.indexOf("\n") + 1));
  return String(json?.answer ?? "");
}
