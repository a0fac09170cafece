/** What a tool answered, as a person reads it. Core tools answer with JSON that models read; here it becomes sentences. Pure. */
import type { Verdict } from "@/core/log/terms";
import { parseObject, readable } from "./message-content";

export interface ReadAnswer {
  /** A word for the folded line, where there is one that says more than a number of lines. */
  word: string | null;
  text: string;
  /** The text is Markdown of a model, not output. */
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

const OUTCOMES = { pass: "judged as done", fail: "judged as not done", unjudged: "not judged" };

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
      ? { word: "answered early", text: "They still run; what each finds follows as a message of its own." }
      : { word: "ended", text: subtasks.map((one) => `- ${one.title}: ${one.status}`).join("\n") },
  ask: ({ answer, by }) =>
    answer === undefined
      ? { word: "answered early", text: "Nobody has answered yet; the answer follows as a message of its own." }
      : { word: `answered by ${by}`, text: answer },
  end_task: ({ status = "", verdict, tries_left }) => {
    const outcome = verdict ? `${OUTCOMES[verdict.outcome]}.` : "";
    const left =
      tries_left === undefined ? "" : `It may try ${tries_left === 1 ? "once" : `${tries_left} times`} more.`;
    const head = [`${capital(status)}${outcome ? `, ${outcome}` : "."}`, left].filter(Boolean).join(" ");
    return { word: status, text: [head, ...(verdict?.reasons ?? []).map((reason) => `- ${reason}`)].join("\n") };
  },
  answer: () => ({ word: "answered", text: "The subtask goes on with it." }),
  pass_up: (answer) => ({
    word: "passed up",
    text: `The question now waits for ${(answer as { to?: string }).to ?? "a person"}.`,
  }),
  stop_subtask: () => ({ word: "stopping", text: "It is being stopped, with everything below it." }),
  flag_for_review: () => ({ word: "flagged", text: "It is before a person; the task goes on." }),
};

function readSubtask({ status = "", summary, plan, verdict }: CoreAnswer): Omit<ReadAnswer, "isProse"> {
  if (status === "running") {
    return { word: "answered early", text: "It still runs; its result follows as a message of its own." };
  }
  const judged = verdict ? `, ${OUTCOMES[verdict.outcome]}` : "";
  return { word: status, text: plan ?? `${capital(status)}${judged}.\n\n${summary ?? ""}` };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
