/** Tries what one request alone does not show: ids that do not exist, and resources that were made or deleted. */
import type { ContractOperation, ContractParameter } from "@/core/contract/contract";
import { drawn, fixedValue } from "../generate/drafts";
import { describesAbsence, type Found, isAccepted, judged } from "./judge";
import { forget, givenIn, pathValues, request } from "./paths";
import { ask, isKnown, keep, note, noteAccepted, type Probing, stepOf, usualOf } from "./probing";
import { linksOf } from "./resources";
import { written } from "./write";

/** An id that nothing has must not be answered as if it were one. */
export async function tryUnknownId(probing: Probing, operation: ContractOperation, seed: number): Promise<void> {
  const links = linksOf(probing.contract, operation);
  const last = links.at(-1);
  const parameter = operation.parameters.find((one) => one.in === "path" && one.name === last?.name);
  if (!last || !parameter || !describesAbsence(operation)) return;
  const path = await pathValues(probing, operation, false);
  const draft = drawn(usualOf(probing, operation, givenIn(probing, operation)).drafts, seed);
  if (!path || !draft) return;
  const key = `path ${last.name}`;
  const id = unknownId(probing, parameter, path.values[key] ?? "", seed);
  const parameters = { ...draft.parameters, ...path.values, [key]: id };
  const asked = written(probing.options.url, operation, { ...draft, parameters }, probing.options.headers);
  const sent = asked && (await ask(probing, operation, asked));
  if (!sent || !asked) return;
  const step = stepOf(probing, asked, sent);
  const found: Found[] = judged(probing.contract, operation, { rule: null, place: key }, sent);
  if ("answer" in sent && isAccepted(sent.answer)) {
    const text = `${operation.key} answered ${sent.answer.status} for an id that does not exist.`;
    found.push({ code: "unknown-id-accepted", place: key, pointer: operation.pointer, text });
  }
  for (const one of found) if (!isKnown(probing, operation.key, one)) keep(probing, operation.key, one, [step]);
}

function unknownId({ contract }: Probing, parameter: ContractParameter, known: string, seed: number): unknown {
  // An example of the document may exist.
  const id = fixedValue(contract, { ...parameter, examples: [] }, seed);
  if (typeof id === "number") return 2_000_000_011;
  // A short text may be the id of something by chance.
  if (typeof id !== "string" || id === known) return `${known}0`;
  return id.length < 12 ? `unknown-${known.length}-${id}` : id;
}

/** What was just created is found, and what was just deleted is not. */
export async function tryLifecycle(probing: Probing, read: ContractOperation, seed: number): Promise<void> {
  const { operations } = probing.contract;
  const last = linksOf(probing.contract, read).at(-1);
  if (read.method !== "get" || !last?.create || !read.path.endsWith(`{${last.name}}`)) return;
  const path = await pathValues(probing, read, true);
  const made = path?.steps.at(-1);
  if (!path || !made) {
    note(
      probing,
      "no-resource",
      read.key,
      `Nothing could be made for ${read.key}, so it was not tried what becomes of it.`,
    );
    return;
  }
  const before = await request(probing, read, path.values, seed);
  if (!before) return;
  noteAccepted(probing, read, before.sent);
  if (isAbsent(before.sent) && made.status === 201) {
    const text = `${read.key} answered ${before.origin.status} for what ${last.create.key} had just created.`;
    keep(probing, read.key, { code: "created-not-found", place: "status", pointer: read.pointer, text }, [
      ...path.steps,
      before.origin,
    ]);
    return;
  }
  const remove = operations.find(({ method, path: other }) => method === "delete" && other === read.path);
  if (!remove || !describesAbsence(read)) return;
  const removed = await request(probing, remove, path.values, seed);
  if (!removed || !("answer" in removed.sent) || !isAccepted(removed.sent.answer)) return;
  forget(probing, Object.values(path.values).at(-1) ?? "");
  const after = await request(probing, read, path.values, seed);
  if (!after || !("answer" in after.sent) || !isAccepted(after.sent.answer)) return;
  const text = `${read.key} answered ${after.sent.answer.status} after ${remove.key} had answered ${removed.sent.answer.status}.`;
  const found: Found = { code: "still-there-after-delete", place: "status", pointer: remove.pointer, text };
  keep(probing, remove.key, found, [...path.steps, removed.origin, after.origin]);
}

function isAbsent(sent: Exclude<Awaited<ReturnType<typeof ask>>, null>): boolean {
  return "answer" in sent && (sent.answer.status === 404 || sent.answer.status === 410);
}
