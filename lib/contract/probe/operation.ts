/** Tries one operation with valid requests, and with requests that it has to refuse. */
import fc from "fast-check";
import type { ContractOperation } from "@/core/contract/contract";
import { brokenCases, type Draft, type DraftCase, drawn, validCases } from "../generate/drafts";
import { requestFaults } from "../requests";
import { type Found, isAccepted, judged, keyOf } from "./judge";
import { forget, keysOf, pathValues } from "./paths";
import { ask, isKnown, keep, note, noteAccepted, type Probing, stepOf } from "./probing";
import { linksOf } from "./resources";
import type { Sent } from "./send";
import { written } from "./write";

/** Of the requests of an operation, the part that may be broken ones. */
const BROKEN_SHARE = 0.5;
/** A finding is tried again this often to make its request smaller. */
const MOST_SHRINKS = 40;

interface Trying {
  probing: Probing;
  operation: ContractOperation;
  given: ReadonlySet<string>;
  seed: number;
  /** Valid requests that were sent. */
  sent: { valid: number };
}

/** Sends about `share` requests. */
export async function tryOperation(
  probing: Probing,
  operation: ContractOperation,
  share: number,
  seed: number,
): Promise<void> {
  const given = keysOf(linksOf(probing.contract, operation));
  const trying: Trying = { probing, operation, given, seed, sent: { valid: 0 } };
  const parts = { contract: probing.contract, operation, given };
  const broken = brokenCases(parts).slice(0, Math.floor(share * BROKEN_SHARE));
  const valid = validCases(parts).slice(0, Math.max(1, share - broken.length));
  const rest = Math.max(1, share - broken.length - valid.length + 1);
  for (const [index, one] of valid.entries()) await tryCase(trying, one, index, index === 0 ? rest : 1);
  for (const [index, one] of broken.entries()) await tryCase(trying, one, index, 1);
  const { key } = operation;
  if (trying.sent.valid === 0 && probing.left.requests > 0)
    note(probing, "not-generated", key, `No valid request of ${key} could be made from the document.`);
  else if (!probing.accepted.has(key) && trying.sent.valid > 0) {
    const statuses = Object.entries(probing.tallies.get(key)?.statuses ?? {});
    const answers = statuses.map(([status, count]) => `${status} (${count})`).join(", ");
    note(
      probing,
      "never-accepted",
      key,
      `${key} accepted no valid request, so its good answer was not seen: ${answers}.`,
    );
  }
}

/** Runs a case. The first new finding is made smaller by fast-check, as long as it stays the same finding. */
async function tryCase(trying: Trying, one: DraftCase, index: number, runs: number): Promise<void> {
  const { probing, operation } = trying;
  const seed = trying.seed + index;
  // Drawing has a limit of time only here, so what cannot be drawn in time is not tried.
  if (!drawn(one.drafts, seed)) return;
  let target: string | null = null;
  let shrinks = 0;
  const property = fc.asyncProperty(one.drafts, async (draft) => {
    if (target === null) {
      const fresh = await tryDraft(trying, one, draft, "requests", (found) => !isKnown(probing, operation.key, found));
      if (fresh.length === 0) return true;
      target = keyOf(operation.key, fresh[0] as Found);
      return false;
    }
    shrinks += 1;
    if (shrinks > MOST_SHRINKS) return true;
    const same = await tryDraft(trying, one, draft, "shrinking", (found) => keyOf(operation.key, found) === target);
    return same.length === 0;
  });
  await fc.check(property, { seed, numRuns: runs, endOnFailure: false });
}

/** Sends a draft, keeps the findings that are wanted, and resolves with them. */
async function tryDraft(
  trying: Trying,
  one: DraftCase,
  draft: Draft,
  budget: "requests" | "shrinking",
  isWanted: (found: Found) => boolean,
): Promise<Found[]> {
  const { probing, operation, given } = trying;
  const path = await pathValues(probing, operation, one.rule === null && changesState(operation));
  if (!path) {
    note(
      probing,
      "no-resource",
      operation.key,
      `Nothing could be made or listed for ${operation.key}, so it was not tried.`,
    );
    return [];
  }
  const whole = { ...draft, parameters: { ...draft.parameters, ...path.values } };
  const request = written(probing.options.url, operation, whole, probing.options.headers);
  if (!request) return [];
  const faults = requestFaults(probing.contract, operation, request, probing.options.url).filter(
    ({ place }) => !given.has(place),
  );
  // What is drawn may be otherwise than wanted: a text may fit a pattern by chance, and a choice may allow it.
  if ((one.rule === null) !== (faults.length === 0)) return [];
  const sent = await ask(probing, operation, request, budget);
  if (!sent) return [];
  if (one.rule === null) noteValid(trying, sent, path.values);
  const found = judged(probing.contract, operation, one, sent).filter(isWanted);
  for (const each of found) keep(probing, operation.key, each, [...path.steps, stepOf(probing, request, sent)]);
  return found;
}

function noteValid(
  { probing, operation, sent: count }: Trying,
  sent: Sent,
  values: Readonly<Record<string, string>>,
): void {
  count.valid += 1;
  noteAccepted(probing, operation, sent);
  if (!("answer" in sent)) return;
  if (sent.answer.status === 429)
    note(probing, "rate-limited", null, "The service limits the number of requests (429), so some were not answered.");
  const last = Object.values(values).at(-1);
  if (operation.method === "delete" && last !== undefined && isAccepted(sent.answer)) forget(probing, last);
}

/** Such a request may be accepted only once for each resource. */
function changesState({ method }: ContractOperation): boolean {
  return method === "delete" || method === "post";
}
