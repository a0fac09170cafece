/** Puts the questions that a server asks during a call to a person, as questions of the task. */
import { createHash } from "node:crypto";
import type { CallAsk } from "@/agents/tools/contract/ask";
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { Level } from "@/core/log/entries";
import type { OnQuestion } from "@/lib/mcp/calls/questions";
import { quoted } from "@/lib/mcp/config/errors";
import { canonicalJson } from "@/lib/mcp/config/schema";
import { readAnswer } from "@/lib/mcp/forms/answer";
import type { ServerForm } from "@/lib/mcp/forms/form";
import { visibleJson } from "@/lib/mcp/forms/plain";
import { type Asker, permissionText, questionText } from "@/lib/mcp/forms/question";

/** What runs when the server asks. */
export interface AskingCall {
  asker: Asker;
  /** The name of the call, as agents use it. */
  name: string;
  input: unknown;
  level: Level;
}

/** A person may answer one form this often, until the answer fits. */
const MOST_ANSWERS = 3;
const MOST_TITLE = 200;
/** Of the arguments of the call, as JSON. What is asked is shown whole. */
const MOST_INPUT = 20_000;

/** Returns how a server's questions are asked; undefined when nobody can be asked. */
export function questionsOf(call: AskingCall, { ask }: Pick<ToolContext, "ask">): OnQuestion | undefined {
  if (!ask) return undefined;
  return (form) => (form.fields.length === 0 ? askPermission(call, form, ask) : askForValues(call, form, ask));
}

type Ask = NonNullable<ToolContext["ask"]>;

async function askPermission(call: AskingCall, form: ServerForm, ask: Ask): ReturnType<OnQuestion> {
  const { approved } = await ask({
    ...shownOf(call, form),
    what: "permission",
    subject: `${call.name}:permission`,
    input: identityOf(call, form, null),
    detail: permissionText(call.asker, form),
    why: "The server wants a person to decide.",
  });
  return { answer: approved ? { action: "accept", content: {} } : { action: "decline" } };
}

/** Asks again while the answer does not fit the form. */
async function askForValues(call: AskingCall, form: ServerForm, ask: Ask): ReturnType<OnQuestion> {
  let misfit: Misfit | null = null;
  for (let times = 1; times <= MOST_ANSWERS; times += 1) {
    const { approved, text } = await ask({
      ...shownOf(call, form),
      what: "question",
      subject: `${call.name}:question`,
      input: identityOf(call, form, misfit),
      detail: questionText(call.asker, form, misfit?.problem ?? null),
    });
    if (!approved || text === null) return { answer: { action: "decline" } };
    const read = readAnswer(form, text);
    if (read.means === "values") return { answer: { action: "accept", content: read.content } };
    if (read.means === "decline") return { answer: { action: "decline" } };
    misfit = { times, problem: read.problem };
  }
  const note = `The question of the server ${call.asker.server} got ${MOST_ANSWERS} answers that do not fit it, so it was declined.`;
  return { answer: { action: "decline" }, note };
}

interface Misfit {
  times: number;
  problem: string;
}

function shownOf({ asker, input, level }: AskingCall, form: ServerForm) {
  const { server, tool } = asker;
  const fields = form.fields.map(({ name, title, description, isRequired, choices, schema }) => {
    return { name, title, description, required: isRequired, choices, schema };
  });
  return {
    title: `${server} asks: ${quoted(form.message)}`.slice(0, MOST_TITLE),
    evidence: visibleJson({ server, tool, message: form.message, fields, arguments: shownInput(input) }),
    level,
  } satisfies Partial<CallAsk>;
}

/** Returns the arguments of the call; long ones as JSON that is cut. */
function shownInput(input: unknown): unknown {
  const json = visibleJson(input ?? {});
  if (json.length <= MOST_INPUT) return input ?? {};
  return `${json.slice(0, MOST_INPUT)}\n[cut: ${json.length - MOST_INPUT} more characters]`;
}

/**
 * Returns the identity of a question: the call with its arguments, the form, and the earlier answer that did not fit.
 * So an answer from before a crash is not used for another call.
 */
function identityOf({ input }: AskingCall, form: ServerForm, misfit: Misfit | null) {
  return { call: hashOf(input ?? {}), form: hashOf(form), ...(misfit && { misfit }) };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
