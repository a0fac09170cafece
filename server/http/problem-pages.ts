/** The explanations of problems, at the addresses that the `type` of a problem names. They are public, as the source is. */
import type { ServerResponse } from "node:http";
import { problem } from "@/lib/http/problem";
import { explained, PROBLEM_KINDS, PROBLEMS_PATH, typeOf } from "@/lib/http/problem-kinds";
import { sendProblem, sendText } from "../answers/send";

/** Returns whether an address is one of an explanation, or of the list of them. */
export function isOfProblems({ pathname }: URL): boolean {
  return pathname === PROBLEMS_PATH || pathname.startsWith(`${PROBLEMS_PATH}/`);
}

/** Sends the explanation of a kind, or the list of kinds. */
export function sendExplanation(response: ServerResponse, url: URL): void {
  const kind = url.pathname.slice(PROBLEMS_PATH.length + 1);
  const text = kind === "" ? listed() : explained(kind);
  if (text === null) sendProblem(response, problem("not-found", `No problem has this name. See ${PROBLEMS_PATH}.`));
  else sendText(response, 200, text);
}

function listed(): string {
  const kinds = Object.keys(PROBLEM_KINDS) as (keyof typeof PROBLEM_KINDS)[];
  return kinds
    .map((kind) => `${typeOf(kind)} (${PROBLEM_KINDS[kind].status}): ${PROBLEM_KINDS[kind].means}`)
    .join("\n");
}
