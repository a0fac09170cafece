/** Tries one operation with valid requests, and with requests that it has to refuse. */
import fc from "fast-check";
import type { ContractOperation } from "@/core/contract/contract";
import { brokenCases, type Draft, type DraftCase, drawn, validCases } from "../generate/drafts";
import { type RequestFault, requestFaults } from "../requests";
import { type Found, isAccepted, judged, keyOf } from "./judge";
import { forget, givenIn, pathValues } from "./paths";
import { ask, isKnown, isNoted, keep, note, noteAccepted, type Probing, stepOf, usualOf } from "./probing";
import type { Sent } from "./send";
import { written } from "./write";

/** Up to these parts of its requests, an operation gets valid ones at the limits, then broken ones, then usual ones. */
const LIMITS_SHARE = 0.5;
const BROKEN_SHARE = 0.85;
/** A finding is tried again this often to make its request smaller. */
const MOST_SHRINKS = 40;

interface Trying {
  probing: Probing;
  operation: ContractOperation;
  given: ReadonlySet<string>;
  seed: number;
  /** The valid requests. Those that only read are not sent twice. */
  valid: { sent: number; seen: Set<string> };
  /** A schema takes too long to check, so nothing more is tried. */
  isStuck: boolean;
}

/** Sends about `share` requests. */
export async function tryOperation(
  probing: Probing,
  operation: ContractOperation,
  share: number,
  seed: number,
): Promise<void> {
  const given = givenIn(probing, operation);
  const parts = { contract: probing.contract, operation, given };
  const [usual, valid, broken] = [usualOf(probing, operation, given), validCases(parts), brokenCases(parts)];
  const trying: Trying = { probing, operation, given, seed, valid: { sent: 0, seen: new Set() }, isStuck: false };
  const least = probing.left.requests - share;
  const hasLeft = (part: number) => probing.left.requests > Math.max(0, least + share * (1 - part));
  await tryCase(trying, usual, 0, 1);
  const untried = [
    ...(await tryCases(trying, valid, () => hasLeft(LIMITS_SHARE))),
    ...(await tryCases(trying, broken, () => hasLeft(BROKEN_SHARE))),
  ];
  const skipped = await tryCases(trying, untried, () => hasLeft(1));
  if (hasLeft(1)) await tryCase(trying, usual, 1, probing.left.requests - Math.max(0, least), () => hasLeft(1));
  if (skipped.length > 0) {
    const { key } = operation;
    const text = `${skipped.length} of ${valid.length + broken.length} cases of ${key} were not tried: send more requests.`;
    note(probing, "cut-short", key, text);
  }
  noteUnseen(trying);
}

/** Says when the good answer of an operation was not seen, and why. */
function noteUnseen({ probing, operation: { key }, valid }: Trying): void {
  const tally = probing.tallies.get(key);
  if (tally?.accepted || isNoted(probing, "no-resource", key)) return;
  if (valid.sent === 0) {
    note(probing, "not-generated", key, `No valid request of ${key} could be sent.`);
    return;
  }
  const answers = Object.entries(tally?.statuses ?? {}).map(([status, count]) => `${status} (${count})`);
  const text = `${key} accepted no valid request, so its good answer was not seen: ${answers.join(", ")}.`;
  note(probing, "never-accepted", key, text);
}

/** Resolves with the cases for which nothing was left. */
async function tryCases(trying: Trying, cases: readonly DraftCase[], hasLeft: () => boolean): Promise<DraftCase[]> {
  for (const [index, one] of cases.entries()) {
    if (!hasLeft()) return cases.slice(index);
    await tryCase(trying, one, index, 1);
  }
  return [];
}

/** Runs a case. The first new finding is made smaller by fast-check, as long as it stays the same finding. */
async function tryCase(
  trying: Trying,
  one: DraftCase,
  index: number,
  runs: number,
  hasLeft = () => true,
): Promise<void> {
  const { probing, operation } = trying;
  const seed = trying.seed + index;
  if (trying.isStuck || probing.endsAt.aborted) return;
  // Drawing has a limit of time only here, so what cannot be drawn in time is not tried.
  if (!drawn(one.drafts, seed)) return;
  let target: string | null = null;
  let shrinks = 0;
  const property = fc.asyncProperty(one.drafts, async (draft) => {
    if (target === null) {
      if (!hasLeft()) return true;
      const fresh = await tryDraft(trying, one, draft, "requests", (found) => !isKnown(probing, operation.key, found));
      const [first] = fresh;
      if (!first || !(await isOwnFailure(trying, one, first))) return true;
      target = keyOf(operation.key, first);
      return false;
    }
    shrinks += 1;
    if (shrinks > MOST_SHRINKS) return true;
    const same = await tryDraft(trying, one, draft, "shrinking", (found) => keyOf(operation.key, found) === target);
    return same.length === 0;
  });
  await fc.check(property, { seed, numRuns: runs, endOnFailure: false });
}

/** The same case with other values, to see whether what is broken makes it fail. */
const MOST_AGAIN = 3;

/**
 * Whether a broken request fails because of what is broken. Where valid requests fail, too, their cause may be in any
 * request, so it has to fail each time.
 */
async function isOwnFailure(trying: Trying, one: DraftCase, found: Found): Promise<boolean> {
  const { probing, operation } = trying;
  const ofValid: Found = { code: "server-error", place: "status", pointer: "", text: "" };
  if (one.rule === null || found.code !== "server-error" || !isKnown(probing, operation.key, ofValid)) return true;
  const key = keyOf(operation.key, found);
  for (let again = 1; again <= MOST_AGAIN; again += 1) {
    const draft = drawn(one.drafts, trying.seed + again * 1_009);
    const same =
      draft && (await tryDraft(trying, one, draft, "shrinking", (other) => keyOf(operation.key, other) === key));
    if (same && same.length > 0) continue;
    probing.findings.delete(key);
    return false;
  }
  return true;
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
  if (one.rule === null && budget === "requests" && wasRead(trying, draft)) return [];
  const path = await pathValues(probing, operation, one.rule === null && changesState(operation));
  if (!path) {
    noteWithoutResource(trying);
    return [];
  }
  const whole = { ...draft, parameters: { ...draft.parameters, ...path.values } };
  const request = written(probing.options.url, operation, whole, probing.options.headers);
  if (!request) return [];
  const faults = requestFaults(probing.contract, operation, request, probing.options.url);
  if (!faults) {
    stop(trying);
    return [];
  }
  const own = faults.filter(({ place }) => !given.has(place));
  if (!isAsMeant(one, own)) return [];
  const sent = await ask(probing, operation, request, budget);
  if (!sent) return [];
  if (one.rule === null) noteValid(trying, sent, path.values);
  const found = judged(probing.contract, operation, { ...one, special: specialIn(draft) }, sent).filter(isWanted);
  if (found.some(({ code }) => code === "schema-not-checkable")) trying.isStuck = true;
  for (const each of found) keep(probing, operation.key, each, [...path.steps, stepOf(probing, request, sent)]);
  return found;
}

function noteWithoutResource({ probing, operation: { key }, valid: { sent } }: Trying): void {
  const requests = sent === 1 ? "1 valid request" : `${sent} valid requests`;
  const text =
    sent === 0
      ? `Nothing could be made or listed for ${key}, so it was not tried.`
      : `Nothing more could be made or listed for ${key} after ${requests}, so not all of its cases were tried.`;
  note(probing, "no-resource", key, text);
}

/** A text of this length is unusual. */
const LONG = 100;

/** Names the fields of a body that are long or not plain, which a person would not see in the command. */
function specialIn({ body }: Draft): string {
  if (!body || !("value" in body) || typeof body.value !== "object" || body.value === null) return "";
  const named = Object.entries(body.value).flatMap(([name, value]) => {
    const length = typeof value === "string" ? [...value].length : 0;
    const isPlain = typeof value !== "string" || /^[\x20-\x7e]*$/.test(value);
    if (length < LONG && isPlain) return [];
    return [`${name} has ${length} characters${isPlain ? "" : ", not all of them ASCII"}`];
  });
  return named.length === 0 ? "" : ` whose ${named.join(", and ")}`;
}

function stop(trying: Trying): void {
  const { key } = trying.operation;
  trying.isStuck = true;
  note(
    trying.probing,
    "not-generated",
    key,
    `Requests of ${key} were not made, because their schemas cannot be checked.`,
  );
}

/** Whether a request that only reads was sent before. */
function wasRead({ operation, valid: { seen } }: Trying, draft: Draft): boolean {
  const key = JSON.stringify(draft);
  if (operation.method !== "get" && operation.method !== "head") return false;
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

/**
 * What is drawn may be otherwise than meant: a text may fit a pattern by chance, a choice may allow it, and a value may
 * have no form of its own in an address. A broken request is broken only in its parameter, or only in its body.
 */
function isAsMeant({ rule, place }: DraftCase, faults: readonly RequestFault[]): boolean {
  if (rule === null) return faults.length === 0;
  const [part = ""] = place.split("/");
  const isHere = (fault: RequestFault) => fault.place === place || fault.place.startsWith(`${place}/`);
  return faults.some(isHere) && faults.every((fault) => fault.place.split("/")[0] === part);
}

function noteValid({ probing, operation, valid }: Trying, sent: Sent, values: Readonly<Record<string, string>>): void {
  valid.sent += 1;
  noteAccepted(probing, operation, sent);
  if (!("answer" in sent)) return;
  if (sent.answer.status === 429)
    note(probing, "rate-limited", null, "The service limits the number of requests (429), so some were not answered.");
  const last = Object.values(values).at(-1);
  if (operation.method === "delete" && last !== undefined && isAccepted(sent.answer)) forget(probing, last);
}

/** Such a request may be accepted only once for each resource. */
export function changesState({ method }: ContractOperation): boolean {
  return method === "delete" || method === "post";
}
