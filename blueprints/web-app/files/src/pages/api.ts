/** The pages ask the API of this service, so both check the same. */
import type { FastifyInstance } from "fastify";
import type { Form, ResourcePages } from "./resource.ts";

export type Item = Record<string, unknown>;

/** An answer of the API that is no success, with its sentence for people. */
export class Refused extends Error {
  override name = "Refused";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ItemPage {
  items: Item[];
  /** The value of the parameter for the next page; absent on the last page. */
  next?: string;
}

/** Resolves with a page of the list; `at` is the `next` of the page before. Rejects with Refused. */
export async function listItems(app: FastifyInstance, resource: ResourcePages, at?: string): Promise<ItemPage> {
  const { paging } = resource;
  const position = at ?? (paging && "first" in paging ? String(paging.first) : undefined);
  const answer = await askList(app, resource, position);
  const items = itemsIn(resource, answer);
  if (!paging) return { items };
  if (paging.kind === "cursor") {
    const next = partAt(answer, paging.next);
    return typeof next === "string" && next !== "" ? { items, next } : { items };
  }
  const next = String(Number(position) + (paging.kind === "page" ? 1 : items.length));
  const hasMore = items.length > 0 && itemsIn(resource, await askList(app, resource, next)).length > 0;
  return hasMore ? { items, next } : { items };
}

function askList(app: FastifyInstance, { path, paging }: ResourcePages, position: string | undefined): Promise<unknown> {
  const query = paging && position !== undefined ? `?${new URLSearchParams({ [paging.parameter]: position })}` : "";
  return ask(app, "GET", `${path}${query}`);
}

function itemsIn({ items }: ResourcePages, answer: unknown): Item[] {
  const found = partAt(answer, items);
  return Array.isArray(found) ? found : [];
}

function partAt(value: unknown, names: string[]): unknown {
  return names.reduce<unknown>((part, name) => (part as Item | undefined)?.[name], value);
}

/** Rejects with Refused. */
export async function readItem(app: FastifyInstance, resource: ResourcePages, id: string): Promise<Item> {
  return itemIn(resource, await ask(app, "GET", placeOf(resource, id)));
}

/** Resolves with the id of the new item. Rejects with Refused. */
export async function createItem(app: FastifyInstance, resource: ResourcePages, form: Form, body: Item): Promise<string> {
  const item = itemIn(resource, await ask(app, form.method, resource.path, { type: form.type, body }));
  return String(item[resource.id] ?? body[resource.id]);
}

/** Rejects with Refused. */
export async function changeItem(
  app: FastifyInstance,
  resource: ResourcePages,
  change: { id: string; form: Form; body: Item },
): Promise<void> {
  const { id, form, body } = change;
  await ask(app, form.method, placeOf(resource, id), { type: form.type, body });
}

/** Rejects with Refused. */
export async function removeItem(app: FastifyInstance, resource: ResourcePages, id: string): Promise<void> {
  await ask(app, "DELETE", placeOf(resource, id));
}

function placeOf({ path }: ResourcePages, id: string): string {
  return `${path}/${encodeURIComponent(id)}`;
}

function itemIn({ below }: ResourcePages, answer: unknown): Item {
  const item = below === undefined ? answer : (answer as Item | null)?.[below];
  return typeof item === "object" && item !== null ? (item as Item) : {};
}

async function ask(
  app: FastifyInstance,
  method: "GET" | "DELETE" | Form["method"],
  url: string,
  sent?: { type: string; body: Item },
): Promise<unknown> {
  const request = sent && { payload: JSON.stringify(sent.body), headers: { "content-type": sent.type } };
  const { statusCode, body } = await app.inject({ method, url, ...request });
  const answer = jsonIn(body);
  if (statusCode < 400) return answer;
  throw new Refused(statusCode, sentenceIn(answer) ?? `The service answered ${statusCode}.`);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Problem documents have a `detail`; other forms of errors mostly a `message`. */
function sentenceIn(answer: unknown): string | undefined {
  const { detail, message } = (answer ?? {}) as Item;
  return [detail, message].find((text) => typeof text === "string" && text !== "") as string | undefined;
}
