/** Ids of the service under test: what a create answered, or a list has. They are found by the structure of the paths. */
import { type Contract, type ContractOperation, isJsonType, plainType } from "@/core/contract/contract";
import type { GivenAnswer } from "@/core/contract/exchange";

/** A parameter in a path, and the operations that make or list what it names. */
export interface Link {
  /** The parameter, for example `id`. */
  name: string;
  /** The path before it, for example `/reports`. */
  collection: string;
  create: ContractOperation | null;
  list: ContractOperation | null;
}

/** Returns the parameters of an operation's path that name resources of the service, from left to right. */
export function linksOf({ operations }: Contract, { path }: ContractOperation): Link[] {
  const links: Link[] = [];
  for (const { index, 1: name = "" } of path.matchAll(/\/\{([^{}/]*)\}(?=\/|$)/g)) {
    const collection = path.slice(0, index);
    const find = (method: string) =>
      operations.find((operation) => operation.method === method && hasSameSteps(operation.path, collection)) ?? null;
    const [create, list] = [find("post"), find("get")];
    if (create || list) links.push({ name, collection, create, list });
  }
  return links;
}

function hasSameSteps(left: string, right: string): boolean {
  const plain = (path: string) => path.replace(/\{[^{}]*\}/g, "{}").replace(/\/$/, "");
  return plain(left) === plain(right);
}

/** Returns the id of what a create has made; null when the answer does not say it. */
export function createdId(answer: GivenAnswer, name: string): string | null {
  const value = jsonOf(answer);
  const id = idIn(value, name) ?? idIn(isObject(value) ? value.data : undefined, name);
  if (id !== null) return id;
  const [, last] = /\/([^/?#]+)\/?(?:[?#].*)?$/.exec(answer.headers.location ?? "") ?? [];
  return last === undefined ? null : decoded(last);
}

const MOST_LISTED = 20;

/** Returns the ids in the answer of a list: of an array, or of the first array in an object. */
export function listedIds(answer: GivenAnswer, name: string): string[] {
  const value = jsonOf(answer);
  const items = Array.isArray(value) ? value : isObject(value) ? (Object.values(value).find(Array.isArray) ?? []) : [];
  return items.slice(0, MOST_LISTED).flatMap((item: unknown) => idIn(item, name) ?? []);
}

/** The last word of `pull_number` or `petId`, in lower case. */
const LAST_WORD = /[A-Z]?[a-z]+$/;

/** The field has the name of the parameter, or the last word of it (`pull_number`: `number`), or is called `id`. */
function idIn(value: unknown, name: string): string | null {
  if (!isObject(value)) return null;
  const word = (LAST_WORD.exec(name)?.[0] ?? "").toLowerCase();
  for (const field of [name, word, "id", "uuid", "key", "slug", "name"]) {
    const id = Object.hasOwn(value, field) ? value[field] : undefined;
    if ((typeof id === "string" && id !== "") || typeof id === "number") return String(id);
  }
  return null;
}

function jsonOf({ headers, body }: GivenAnswer): unknown {
  if (!isJsonType(plainType(headers["content-type"] ?? ""))) return null;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
