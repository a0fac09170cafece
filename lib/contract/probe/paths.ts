/** Finds the values of the parameters in a path: ids that the service itself has answered. */
import type { ContractOperation } from "@/core/contract/contract";
import type { FindingStep } from "@/core/contract/findings";
import { type Draft, drawn, fixedValue } from "../generate/drafts";
import { isAccepted } from "./judge";
import { ask, type Probing, type Resource, stepOf, usualOf } from "./probing";
import { createdId, type Link, linksOf, listedIds } from "./resources";
import { written } from "./write";

const MOST_CREATES = 3;

export interface PathValues {
  /** By the keys of the parameters, for example `path id`. */
  values: Record<string, string>;
  /** How the last one was made; empty when it was listed, or when nothing was needed. */
  steps: FindingStep[];
}

/**
 * Returns the keys of the parameters in a path whose values are not drawn: ids of the service, and what comes before
 * them, which has to be the same for all requests of a resource.
 */
export function givenIn(probing: Probing, operation: ContractOperation): ReadonlySet<string> {
  const links = linksOf(probing.contract, operation);
  return new Set(namesBefore(operation, links).map((name) => `path ${name}`));
}

function namesBefore({ path }: ContractOperation, links: readonly Link[]): string[] {
  const names = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
  const last = links.at(-1);
  return last ? names.slice(0, names.indexOf(last.name) + 1) : [];
}

/**
 * Resolves with ids for the links of an operation, or with null when the service has none. `isFresh`: the last one is
 * made for this request.
 */
export async function pathValues(
  probing: Probing,
  operation: ContractOperation,
  isFresh: boolean,
): Promise<PathValues | null> {
  const { contract, options } = probing;
  const links = linksOf(contract, operation);
  const found: PathValues = { values: {}, steps: [] };
  for (const name of namesBefore(operation, links)) {
    const link = links.find((one) => one.name === name);
    if (!link) {
      const parameter = operation.parameters.find((one) => one.in === "path" && one.name === name);
      found.values[`path ${name}`] = String(parameter && fixedValue(contract, parameter, options.seed));
      continue;
    }
    const resource = await resourceOf(probing, link, found.values, isFresh && link === links.at(-1));
    if (!resource) return null;
    found.values[`path ${name}`] = resource.id;
    if (resource.origin) found.steps = [...found.steps, resource.origin];
  }
  return found;
}

async function resourceOf(
  probing: Probing,
  link: Link,
  values: Readonly<Record<string, string>>,
  isFresh: boolean,
): Promise<Resource | null> {
  const collection = collectionOf(link, values);
  const known = probing.resources.get(collection) ?? [];
  const last = known.at(-1);
  if ((last && !isFresh) || probing.empty.has(collection)) return last ?? null;
  const made = (link.create && (await create(probing, link.create, link.name, values))) ?? null;
  if (made) {
    probing.resources.set(collection, [...known, made]);
    return made;
  }
  const listed = !last && link.list ? await list(probing, link.list, link.name, values) : known;
  probing.resources.set(collection, listed);
  // Neither the create nor the list is asked again for what they do not give.
  probing.empty.add(collection);
  return listed.at(-1) ?? null;
}

/** Returns the path with its values: resources below two different ones are different. */
function collectionOf({ collection }: Link, values: Readonly<Record<string, string>>): string {
  return collection.replace(/\{([^{}]*)\}/g, (whole, name: string) => values[`path ${name}`] ?? whole);
}

/** Forgets a resource that was deleted. */
export function forget({ resources }: Probing, id: string): void {
  for (const [collection, known] of resources) {
    resources.set(
      collection,
      known.filter((resource) => resource.id !== id),
    );
  }
}

async function create(
  probing: Probing,
  operation: ContractOperation,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<Resource | null> {
  for (let attempt = 0; attempt < MOST_CREATES; attempt += 1) {
    const made = await request(probing, operation, values, probing.options.seed + probing.left.requests);
    if (!made) return null;
    const { sent, origin } = made;
    if (!("answer" in sent) || !isAccepted(sent.answer)) continue;
    const id = createdId(sent.answer, name);
    return id === null ? null : { id, origin };
  }
  return null;
}

async function list(
  probing: Probing,
  operation: ContractOperation,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<Resource[]> {
  const made = await request(probing, operation, values, probing.options.seed);
  if (!made || !("answer" in made.sent) || !isAccepted(made.sent.answer)) return [];
  return listedIds(made.sent.answer, name).map((id) => ({ id, origin: null }));
}

/** Sends a usual request of an operation. `values` belong to the path of the collection, which may name them otherwise. */
export async function request(
  probing: Probing,
  operation: ContractOperation,
  values: Readonly<Record<string, string>>,
  seed: number,
): Promise<{ sent: Exclude<Awaited<ReturnType<typeof ask>>, null>; origin: FindingStep } | null> {
  const own = ownValues(operation, values);
  const draft = drawn(usualOf(probing, operation, new Set(Object.keys(own))).drafts, seed);
  if (!draft) return null;
  const whole: Draft = { ...draft, parameters: { ...draft.parameters, ...own } };
  const asked = written(probing.options.url, operation, whole, probing.options.headers);
  const sent = asked && (await ask(probing, operation, asked));
  return asked && sent ? { sent, origin: stepOf(probing, asked, sent) } : null;
}

/** Two operations may call the same step of a path differently, so values go by their order. */
function ownValues({ path }: ContractOperation, values: Readonly<Record<string, string>>): Record<string, string> {
  const given = Object.values(values);
  const names = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => `path ${name}`);
  return Object.fromEntries(names.flatMap((key, index) => (given[index] === undefined ? [] : [[key, given[index]]])));
}
