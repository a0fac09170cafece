/** Says what of an answer is wrong, knowing what the request was meant to be. */
import type { Contract, ContractOperation } from "@/core/contract/contract";
import type { GivenAnswer } from "@/core/contract/exchange";
import type { ContractFinding } from "@/core/contract/findings";
import { faultsOfAnswer } from "../answers";
import type { DraftCase } from "../generate/drafts";
import type { SendProblem, Sent } from "./send";

export type Found = Omit<ContractFinding, "operation" | "steps">;

/** What the request was: valid, or broken by one rule at one place. */
export interface Meant extends Pick<DraftCase, "rule" | "place"> {
  /** What is unusual about a valid request, as part of a sentence; empty: nothing. */
  special?: string;
}

const PROBLEMS: Record<SendProblem, string> = {
  "connection-failed": "The connection of {key} ended without an answer.",
  "answer-too-slow": "{key} did not answer in time.",
  "answer-too-large": "{key} answered more than is read.",
  "answer-malformed": "The answer of {key} is not valid HTTP, or ended before its length.",
};

export function judged(contract: Contract, operation: ContractOperation, meant: Meant, sent: Sent): Found[] {
  const { key, pointer } = operation;
  if ("problem" in sent) {
    const text = PROBLEMS[sent.problem].replace("{key}", key);
    return [{ code: sent.problem, place: "answer", pointer, text }];
  }
  const { answer } = sent;
  if (isFailure(operation, answer)) {
    const text = `${key} answered ${answer.status} to ${meant.rule === null ? `a valid request${meant.special ?? ""}` : `a request whose ${saidOf(meant)}`}.`;
    return [{ code: "server-error", place: meant.place || "status", pointer, text, ...ruleOf(meant) }];
  }
  if (meant.rule !== null && isAccepted(answer)) {
    const text = `${key} answered ${answer.status} to a request whose ${saidOf(meant)}.`;
    return [{ code: "invalid-accepted", place: meant.place, pointer, text, ...ruleOf(meant) }];
  }
  // Any service may limit the number of requests.
  if (answer.status === 429) return [];
  return faultsOfAnswer(contract, operation, answer).map((fault) => {
    const text =
      fault.code === "status-undocumented" ? `${key} ${fault.text}` : `${key}, answer ${answer.status}: ${fault.text}`;
    return { ...fault, text: `${text}.` };
  });
}

function ruleOf({ rule }: Meant): { rule?: string } {
  return rule === null ? {} : { rule };
}

const WORDS: Record<NonNullable<Meant["rule"]>, string> = {
  type: "has another type",
  null: "is null",
  enum: "is not one of the listed values",
  format: "does not have its format",
  "too-long": "is too long",
  "too-short": "is too short",
  "too-low": "is too low",
  "too-high": "is too high",
  "too-many": "has too many items",
  "too-few": "has too few items",
  missing: "is missing",
  "unknown-field": "is not described",
  malformed: "is malformed",
  "media-type": "is not listed",
};

function saidOf({ rule, place }: Meant): string {
  return rule === null ? place : `${place} ${WORDS[rule]}`;
}

/** A service may describe that it is not available or that it has not built something, and say so. */
function isFailure({ answers }: ContractOperation, { status }: GivenAnswer): boolean {
  if (status < 500) return false;
  const isDescribed = answers.some((answer) => answer.status === String(status));
  return !(isDescribed && (status === 501 || status === 503));
}

export function isAccepted({ status }: GivenAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Whether the document says that the operation answers so when there is no such resource. */
export function describesAbsence({ answers }: ContractOperation): boolean {
  return answers.some(({ status }) => ["404", "410", "4XX"].includes(status.toUpperCase()));
}

/** Two findings with the same key are the same fault. The index in a list does not matter. */
export function keyOf(operation: string, { code, place, rule }: Found): string {
  return JSON.stringify([operation, code, place.replace(/\/\d+(?=\/|$)/g, "/0"), rule ?? ""]);
}
