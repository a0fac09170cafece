/** A tool's response for people: the JSON of core tools, which is meant for models, becomes sentences. Pure. */
import type { Verdict } from "@/core/log/terms";
import { withoutDisguise } from "@/core/words/visible";
import { parseObject, readable } from "./message-content";

export interface ReadAnswer {
  /** A word for the folded line; null: the line shows the number of lines instead. */
  word: string | null;
  text: string;
  /** The text is Markdown rather than raw output. */
  isProse: boolean;
}

interface CoreAnswer {
  status?: string;
  summary?: string;
  plan?: string;
  verdict?: Pick<Verdict, "outcome" | "reasons">;
  subtasks?: { title: string; status: string }[];
  answer?: string;
  by?: string;
  tries_left?: number;
}

const OUTCOMES = { pass: "passed", fail: "not passed", unjudged: "not judged" };

/** How a command ended. */
export interface CommandEnd {
  exitStatus: number | null;
  /** Why the host ended it. */
  endedBy: string | null;
  ms: number;
}

/** The answer may be cut, so that it is no longer JSON. These fields stand at its beginning. */
const COMMAND_END =
  /^\{"exit_status":(-?\d+|null),(?:"ended_by":"(\w+)",)?(?:"problem":"(?:[^"\\]|\\.)*",)?"duration_ms":(\d+)/;

/** Returns how the command of a `use_terminal` call ended, or null for other answers. */
export function commandEnd(tool: string, text: string): CommandEnd | null {
  const found = tool === "use_terminal" ? COMMAND_END.exec(text) : null;
  if (!found) return null;
  return { exitStatus: found[1] === "null" ? null : Number(found[1]), endedBy: found[2] ?? null, ms: Number(found[3]) };
}

/** Returns the exit status in words. */
export function exitText({ exitStatus, endedBy }: CommandEnd): string {
  return exitStatus === null ? `ended: ${(endedBy ?? "unknown").replaceAll("_", " ")}` : `exit ${exitStatus}`;
}

export function readAnswer(tool: string, text: string): ReadAnswer {
  const parsed = parseObject(text);
  if (!parsed) return { word: null, text, isProse: false };
  const read = READERS[tool]?.(parsed as CoreAnswer);
  return read ? { ...read, isProse: true } : { word: null, text: readable(parsed), isProse: false };
}

const READERS: Record<string, (answer: CoreAnswer) => Omit<ReadAnswer, "isProse">> = {
  start_subtask: readSubtask,
  break_down_task: readSubtask,
  wait_for_subtasks: ({ status, subtasks = [] }) =>
    status
      ? { word: "returned early", text: "The subtasks are still running. Each result follows as its own message." }
      : { word: "ended", text: subtasks.map((one) => `- ${withoutDisguise(one.title)}: ${one.status}`).join("\n") },
  ask: ({ answer, by }) =>
    answer === undefined
      ? { word: "returned early", text: "No answer yet. It follows as its own message." }
      : { word: `answered by ${by}`, text: answer },
  end_task: ({ status = "", verdict, tries_left }) => {
    const outcome = verdict ? `${OUTCOMES[verdict.outcome]}.` : "";
    const left = tries_left === undefined ? "" : `${tries_left} ${tries_left === 1 ? "try" : "tries"} left.`;
    const head = [`${capital(status)}${outcome ? `, ${outcome}` : "."}`, left].filter(Boolean).join(" ");
    return { word: status, text: [head, ...(verdict?.reasons ?? []).map((reason) => `- ${reason}`)].join("\n") };
  },
  answer: () => ({ word: "answered", text: "The subtask continues with the answer." }),
  pass_up: (answer) => ({
    word: "passed up",
    text: `The question now waits for ${(answer as { to?: string }).to ?? "a person"}.`,
  }),
  stop_subtask: () => ({ word: "stopping", text: "The subtask is being stopped, with all of its subtasks." }),
  flag_for_review: () => ({ word: "flagged", text: "A person reviews the flag. The task continues." }),
};

function readSubtask({ status = "", summary, plan, verdict }: CoreAnswer): Omit<ReadAnswer, "isProse"> {
  if (status === "running") {
    return { word: "returned early", text: "The subtask is still running. Its result follows as its own message." };
  }
  const judged = verdict ? `, ${OUTCOMES[verdict.outcome]}` : "";
  return { word: status, text: plan ?? `${capital(status)}${judged}.\n\n${summary ?? ""}` };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
