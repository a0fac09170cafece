/** One run against a service: what was sent, what was found, and how much may still be sent. */
import type { Contract, ContractOperation } from "@/core/contract/contract";
import type { SentRequest } from "@/core/contract/exchange";
import type { ContractFinding, ContractNote, FindingStep, NoteCode, OperationTally } from "@/core/contract/findings";
import { type DraftCase, usualCase } from "../generate/drafts";
import { type Found, isAccepted, keyOf } from "./judge";
import { type Sent, send } from "./send";
import { curlOf } from "./write";

const ANSWER_MS = 10_000;
const ANSWER_BYTES = 5_000_000;
/** A service that has crashed is not asked a thousand times. */
const MOST_FAILURES = 5;

export interface ProbeOptions {
  /** The address that the paths of the document follow. */
  url: string;
  /** How many requests are sent; half as many again may be sent to make findings small. */
  requests: number;
  seed: number;
  /** For each request, with names in lower case. Their values are never shown. */
  headers: Readonly<Record<string, string>>;
  milliseconds: number;
  /** For tests: how long one answer may take. */
  answerMs?: number;
}

/** A resource of the service, and the request that made it. */
export interface Resource {
  id: string;
  origin: FindingStep | null;
}

export interface Probing {
  contract: Contract;
  options: ProbeOptions;
  endsAt: AbortSignal;
  left: { requests: number; shrinking: number; failures: number };
  findings: Map<string, ContractFinding>;
  notes: Map<string, ContractNote>;
  tallies: Map<string, OperationTally>;
  /** By the path of their collection, with the values of its parameters. */
  resources: Map<string, Resource[]>;
  /** Collections of which nothing more can be had. */
  empty: Set<string>;
  secret: ReadonlySet<string>;
  /** A usual request of each operation, by the parameters that come from the service. */
  usual: Map<string, DraftCase>;
}

export function usualOf(
  { usual, contract }: Probing,
  operation: ContractOperation,
  given: ReadonlySet<string>,
): DraftCase {
  const key = `${operation.key} ${[...given].join(" ")}`;
  const known = usual.get(key) ?? usualCase({ contract, operation, given });
  usual.set(key, known);
  return known;
}

export function createProbing(contract: Contract, options: ProbeOptions): Probing {
  return {
    contract,
    options,
    endsAt: AbortSignal.timeout(options.milliseconds),
    left: { requests: options.requests, shrinking: Math.ceil(options.requests / 2), failures: MOST_FAILURES },
    findings: new Map(),
    notes: new Map(),
    tallies: new Map(),
    resources: new Map(),
    empty: new Set(),
    secret: new Set(Object.keys(options.headers)),
    usual: new Map(),
  };
}

/** Sends a request and counts it. Resolves with null when no more may be sent. */
export async function ask(
  probing: Probing,
  operation: ContractOperation,
  request: SentRequest,
  budget: "requests" | "shrinking" = "requests",
): Promise<Sent | null> {
  const { left, endsAt, options } = probing;
  if (left[budget] <= 0 || endsAt.aborted || left.failures <= 0) {
    if (endsAt.aborted) note(probing, "cut-short", null, "Not everything was tried, because the time is over.");
    if (left.failures <= 0)
      note(probing, "cut-short", null, "Not everything was tried: the service no longer answers.");
    return null;
  }
  left[budget] -= 1;
  const milliseconds = options.answerMs ?? ANSWER_MS;
  const sent = await send(request, { milliseconds, bytes: ANSWER_BYTES, signal: endsAt });
  // The time of the whole run was over, which is no fault of this answer.
  if ("problem" in sent && endsAt.aborted) return null;
  const hasFailed = "problem" in sent && sent.problem === "connection-failed";
  left.failures = hasFailed ? left.failures - 1 : MOST_FAILURES;
  tally(probing, operation, sent);
  return sent;
}

function tally({ tallies }: Probing, { key }: ContractOperation, sent: Sent): void {
  const counted = tallies.get(key) ?? { operation: key, requests: 0, accepted: false, statuses: {} };
  const status = "answer" in sent ? String(sent.answer.status) : sent.problem;
  counted.requests += 1;
  counted.statuses[status] = (counted.statuses[status] ?? 0) + 1;
  tallies.set(key, counted);
}

/** Notes something once for each operation. */
export function note({ notes }: Probing, code: NoteCode, operation: string | null, text: string): void {
  const key = noteKey(code, operation);
  if (!notes.has(key)) notes.set(key, { code, operation, text });
}

export function isNoted({ notes }: Probing, code: NoteCode, operation: string): boolean {
  return notes.has(noteKey(code, operation));
}

function noteKey(code: NoteCode, operation: string | null): string {
  return `${code} ${operation ?? ""}`;
}

export function stepOf({ secret }: Probing, request: SentRequest, sent: Sent): FindingStep {
  return { curl: curlOf(request, secret), status: "answer" in sent ? sent.answer.status : null };
}

export function isKnown({ findings }: Probing, operation: string, found: Found): boolean {
  return findings.has(keyOf(operation, found));
}

/** Keeps a finding. A later one with the same key replaces it: it is smaller. */
export function keep({ findings }: Probing, operation: string, found: Found, steps: FindingStep[]): void {
  findings.set(keyOf(operation, found), { ...found, operation, steps });
}

/** Notes that a valid request was accepted. */
export function noteAccepted({ tallies }: Probing, { key }: ContractOperation, sent: Sent): void {
  const counted = tallies.get(key);
  if (counted && "answer" in sent && isAccepted(sent.answer)) counted.accepted = true;
}
