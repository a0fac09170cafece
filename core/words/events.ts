/** An event of a task's log as sentences: pages, command line and downloads show the same. Pure. */
import type { SubtaskResult, TaskEvent } from "@/core/log/entries";
import type { ExecutorCall } from "@/core/log/executor";
import type { ShownLesson } from "@/core/log/lessons";
import type { ClaimMark } from "@/core/log/terms";
import { placedText } from "@/core/runners/waits";
import { REASON_WORDS } from "@/core/words/reasons";
import { dailyCapSentence } from "./daily-cap";
import { exactMoney, plural } from "./figures";
import { proposedLine, shownLine } from "./lessons";
import { mergedLine, savedLine } from "./saved-files";
import { sentence } from "./sentence";

export interface EventLine {
  /** What happened, in one to three words. */
  title: string;
  text: string;
  /** A time that ends the text, ISO 8601. */
  at?: string;
  /** Related tasks, as links after the text. */
  tasks?: { id: string; title: string }[];
  /** A related page, as a link after the text. */
  link?: { href: string; title: string };
  /** Lessons that were shown, each with what a person can say of it. */
  lessons?: readonly ShownLesson[];
  /** Markdown: what was asked, found or answered. */
  body?: string;
  look?: "bad";
  /** The task ended here: nothing can continue after it. */
  isEnd?: true;
  /** Why the task was parked, or the model failed, without what follows from it. */
  cause?: string;
}

const HELD = { paused: "Paused", paused_alone: "Paused alone", resumed: "Resumed", stepped: "Stepped" } as const;

const LOW_TITLES = {
  grant: "Grant nearly used up",
  turns: "Turns nearly used up",
  seconds: "Time nearly used up",
} as const;

type LineOf<Type extends TaskEvent["type"]> = (event: Extract<TaskEvent, { type: Type }>) => EventLine | null;

/** Shown by another entry: the call that asked, answered, ended, or started. */
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
    title: "Corrected",
    text: "The reply had no tool call. The agent was told to make one.",
  }),
  question: (event) => ({
    title: "Question",
    text: "A subtask asks:",
    tasks: [{ id: event.task, title: "Open the subtask" }],
    body: event.words,
  }),
  answered: (event) => ({ title: "Answered", text: `By ${event.by}:`, body: event.answer ?? olderAnswer(event.text) }),
  note: (event) => ({ title: "Note", text: event.by ? `By ${event.by}:` : "", body: event.text }),
  choice: (event) =>
    event.what === "none"
      ? { title: "Nothing chosen", text: event.why }
      : { title: "Chosen", text: `${event.what}. ${event.why}` },
  approval_decided: decidedLine,
  call_asked: ({ what }) => ({
    title: what === "permission" ? "Permission asked" : "Question asked",
    text: "In the middle of the call. It goes on with the answer.",
  }),
  call_answered: callAnsweredLine,
  call_set_aside: () => ({
    title: "Set aside",
    text: "The call rests until a person has answered. Then it goes on where it was.",
  }),
  answer_used: hidden,
  executor_started: ({ executor, version, isLoaded }) => ({
    title: isLoaded ? "Session continued" : "Session begun",
    text: `${executor}${version === null ? "" : ` ${version}`} works on the prompt.`,
  }),
  executor_call: executorCallLine,
  repeated: (event) => ({
    title: "Repeating itself",
    text: `Calls of ${event.tool} returned the same result again and again. The agent was told:`,
    body: event.text,
    look: "bad",
  }),
  stalled: (event) => ({
    title: "No progress",
    text: `Nothing new in ${plural(event.turns, "turn")}. The supervisor decides what to do.`,
  }),
  restarted: (event) => ({ title: "Restarted", text: `By ${event.by}: ${event.text}` }),
  daily_cap: (event) => ({
    title: "Daily cap",
    text: `${capText(event)} Parked until`,
    cause: capText(event),
    at: new Date(event.untilMs).toISOString(),
  }),
  changed: (event) => ({
    title: "Changed",
    text: `${sentence(event.text)} The conversation and the work so far are kept.`,
  }),
  goal_changed: ({ text }) => ({ title: "Goal changed", text }),
  forked: forkedLine,
  files_saved: savedLine,
  files_copied: () => ({
    title: "Files copied",
    text: "From here on the task works in its own copy of the folder.",
  }),
  files_merged: mergedLine,
  placed: (event) => ({ title: event.from === null ? "Placed" : "Moved", text: placedText(event) }),
  model_failed: failureLine,
  grant_low: ({ last, of, text }) => ({ title: last ? "Last turn" : LOW_TITLES[of ?? "grant"], text }),
  lessons_shown: shownLine,
  lesson_proposed: proposedLine,
  overrun: (event) => ({
    title: "Overrun",
    text: `The call cost ${costOf(event)} more than was reserved for it. The tree's reserve pays the difference.`,
  }),
  unconfirmed: (event) => ({
    title: "Unconfirmed cost",
    text: `${event.why} Charged: ${costOf(event)}.`,
  }),
  tool_charged: ({ why, tokensIn, tokensOut, microUsd }) => ({
    title: "Charged",
    text: `${why} Charged: ${costOf({ tokens: tokensIn + tokensOut, microUsd })}.`,
  }),
  too_long: (event) => ({
    title: "Too long",
    text: `${sentence(event.message)} ${afterTooLong(event)}`,
  }),
  outputs_shortened: (event) => ({
    title: "Outputs shortened",
    text: `The last turn alone is too long for the model. The agent now sees at most ${plural(event.maxChars, "character")} of each output and can page through the rest.`,
  }),
  files_left_out: (event) => ({
    title: "Files left out",
    text: `${sentence(event.message)} The agent goes on without the images and PDF files of earlier results.`,
  }),
  compacted: (event) => ({
    title: "Compacted",
    text: `A summary replaces the oldest ${plural(event.dropped, "message")} of the conversation:`,
    body: event.summary || "The model wrote no summary. The beginning and the end were kept.",
  }),
  tools_changed: (event) => ({
    title: "Tools added",
    text: `From the next turn: ${event.tools.join(", ")}.`,
  }),
  configured: (event) => ({ title: "Approved", text: `By ${event.by}:`, body: event.text }),
  claims_checked: (event) => claimsLine(event),
  sent_back: (event) => ({
    title: "Sent back",
    text: "The result was not accepted. The task continues with these reasons:",
    body: event.reasons.map((reason) => `- ${reason}`).join("\n"),
    look: "bad",
  }),
  unparked: (event) => ({
    title: "Resumed",
    text: `${event.by} resumed it before the provider's wait was over.`,
  }),
  granted: (event) => ({ title: "Granted", text: event.text }),
  borrowed: borrowedLine,
  held: (event) => ({
    title: HELD[event.what],
    text: `By ${event.by} at`,
    at: new Date(event.atMs).toISOString(),
  }),
  stepping: (event) => ({
    title: "Stepping",
    text:
      event.mode === "manual"
        ? `${event.by} turned stepping on: it pauses before each turn.`
        : `${event.by} turned stepping off.`,
  }),
  retried: (event) => ({
    title: event.words === undefined ? "Retried" : "Continued",
    text:
      event.words === undefined
        ? `By ${event.by}. The conversation starts over; the entries above are kept.`
        : `By ${event.by}: ${event.words}`,
  }),
  ended: endedLine,
  unknown: unknownLine,
};

/** null where the log shows no entry for it. */
export function eventLine<Type extends TaskEvent["type"]>(event: Extract<TaskEvent, { type: Type }>): EventLine | null {
  const line: LineOf<Type> | undefined = LINES[event.type as Type];
  return line ? line(event) : unknownLine({ type: "unknown", of: event.type });
}

function unknownLine({ of }: Extract<TaskEvent, { type: "unknown" }>): EventLine {
  return { title: "Newer entry", text: `A newer version of Banyan wrote it (${of}); this version cannot show it.` };
}

function callAnsweredLine({ approved, by, answer, rule }: Extract<TaskEvent, { type: "call_answered" }>): EventLine {
  const who = rule ? "By a rule" : `By ${by}`;
  const body = answer !== null && { body: answer };
  if (!approved)
    return { title: "Refused", text: `${who}: the agent reads that it is not allowed.`, ...body, look: "bad" };
  return { title: "Answered", text: `${who}. It counts once.`, ...body };
}

/** The kinds of tool calls of the Agent Client Protocol. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  read: "Read",
  search: "Search",
  edit: "Edit",
  delete: "Delete",
  move: "Move",
  execute: "Command",
  fetch: "Fetch",
  think: "Thought",
};

function executorCallLine({ title, kind, status, files, diff, output }: ExecutorCall): EventLine {
  const named = files.length > 0 ? ` ${files.join(", ")}` : "";
  const shown = [diff && fenced(diff.trimEnd(), "diff"), output && fenced(output.trimEnd(), "text")];
  const body = shown.filter(Boolean).join("\n\n");
  const isBad = status === "failed" && { look: "bad" as const };
  return {
    title: KIND_WORDS[kind] ?? "Tool call",
    text: `${title || "A call"} (${status}).${named}`,
    ...(body && { body }),
    ...isBad,
  };
}

/** Returns a fenced block whose fence the text cannot close. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function decidedLine({ approved, by, rule }: Extract<TaskEvent, { type: "approval_decided" }>): EventLine {
  const who = rule ? "By a rule" : `By ${by}`;
  return approved
    ? { title: "Approved", text: `${who}: the call runs.` }
    : {
        title: "Rejected",
        text: `${who}: the call does not run, and the agent reads why.`,
        look: "bad",
      };
}

function forkedLine({ from, by, what, files }: Extract<TaskEvent, { type: "forked" }>): EventLine {
  const kept = files ? "with the files of that moment" : "with an empty folder";
  return {
    title: "Forked",
    text: `By ${by}, ${what}, ${kept}. The entries above were copied from tree ${from}.`,
    link: { href: `/trees/${from}`, title: "Open the tree" },
  };
}

function costOf({ tokens, microUsd }: { tokens: number; microUsd: number }): string {
  return `${plural(tokens, "token")}, ${exactMoney(microUsd / 1_000_000)}`;
}

function borrowedLine({ from, tokens, microUsd, tasks, by }: Extract<TaskEvent, { type: "borrowed" }>): EventLine {
  const amounts = [
    tokens > 0 && plural(tokens, "token"),
    microUsd > 0 && exactMoney(microUsd / 1_000_000),
    tasks > 0 && plural(tasks, "task"),
  ].filter(Boolean);
  const why = by ? `Asked for by ${by}.` : "Its share of the grant had run out.";
  return {
    title: "Borrowed",
    text: `${amounts.join(" and ")} more. ${why} Lent by`,
    tasks: [{ id: from, title: "the task above" }],
  };
}

function claimsLine({ marks, runner }: Extract<TaskEvent, { type: "claims_checked" }>): EventLine {
  const count = (mark: ClaimMark["mark"]) => marks.filter((claimMark) => claimMark.mark === mark).length;
  const parts = [
    count("shown") > 0 && `${count("shown")} shown by a command`,
    count("failed") > 0 && `${count("failed")} not true`,
    count("neither") > 0 && `${count("neither")} not shown by any command`,
  ].filter(Boolean);
  const text = `${plural(marks.length, "claim")}${runner ? ` on the runner ${runner}` : ""}: ${parts.join(", ")}.`;
  return { title: "Claims checked", text, ...(count("failed") > 0 && { look: "bad" as const }) };
}

function startedLine({ subtasks }: Extract<TaskEvent, { type: "subtasks_started" }>): EventLine {
  const isFinishing = subtasks.every((subtask) => subtask.role === "finishing");
  const tasks = subtasks.map((subtask) => ({ id: subtask.task, title: isFinishing ? subtask.agent : subtask.title }));
  if (isFinishing) return { title: "Finishing", text: "The result is judged and documented by", tasks };
  return { title: "Subtasks started", text: `${plural(tasks.length, "subtask")}:`, tasks };
}

function resultsLine(title: string, results: SubtaskResult[]): EventLine {
  const tasks = results.map((result) => ({ id: result.task, title: `${result.title}, ${result.status}` }));
  const parts = results.map((result) =>
    results.length > 1 ? `**${result.title}**\n\n${result.summary}` : result.summary,
  );
  return { title, text: "", tasks, body: parts.join("\n\n") };
}

const FINAL_FAILURES = new Set(["refused", "bad_request", "no_key", "no_price"]);

function afterTooLong({ asked, unsaid }: Extract<TaskEvent, { type: "too_long" }>): string {
  if (asked !== undefined) return "The next call asks for a shorter reply.";
  const shorter = "The oldest part of the conversation is summarized";
  return unsaid ? `${shorter}, once: it had become far longer than what the provider took before.` : `${shorter}.`;
}

function failureLine(event: Extract<TaskEvent, { type: "model_failed" }>): EventLine {
  const line: EventLine = {
    title: "Model failed",
    text: sentence(event.message),
    cause: sentence(event.message),
    look: "bad",
  };
  if (FINAL_FAILURES.has(event.kind)) return line;
  const tries = event.tries > 1 ? ` Try ${event.tries}.` : "";
  const next = event.parks ? "Parked until" : "Next try at";
  return { ...line, text: `${line.text}${tries} ${next}`, at: new Date(event.untilMs).toISOString() };
}

function endedLine({
  status,
  reason,
  detail,
  verdict,
  refused = [],
}: Extract<TaskEvent, { type: "ended" }>): EventLine {
  if (status === "succeeded") {
    const judged = { pass: "The result passed.", fail: "", unjudged: "The result was not judged." };
    return {
      title: "Succeeded",
      text: [verdict ? judged[verdict.outcome] : "", refusedWords(refused)].join(" ").trim(),
      isEnd: true,
    };
  }
  const text = sentence(detail ?? (reason ? REASON_WORDS[reason].says : ""));
  return {
    isEnd: true,
    ...(status === "failed" ? { title: "Failed", text, look: "bad" } : { title: "Stopped", text }),
  };
}

/** Logs from before a cap was recorded as data have its sentence only. */
function capText({ cap, message }: Extract<TaskEvent, { type: "daily_cap" }>): string {
  return cap ? dailyCapSentence(cap) : sentence(message);
}

/** Logs from before `answer` was recorded have it in the JSON of their second line. */
function olderAnswer(text: string): string {
  try {
    const json: unknown = JSON.parse(text.slice(text.indexOf("\n") + 1));
    return String((json as { answer?: unknown } | null)?.answer ?? "");
  } catch {
    return "";
  }
}

/** Returns the sentence that names the subtasks that a task asked for and did not get; empty for none. */
function refusedWords(titles: string[]): string {
  if (titles.length === 0) return "";
  return `${plural(titles.length, "subtask")} ${titles.length === 1 ? "was" : "were"} refused: ${titles.map((title) => `“${title}”`).join(", ")}.`;
}
