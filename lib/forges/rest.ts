/** A client of an API that is made as GitHub's is: its errors are `ForgeError`s, and its lists come as pages. */
import type { ZodType } from "zod";
import type { ForgeKind, TrackerKind } from "@/core/shapes/forges";
import { type ForgeAccess, ForgeError } from "./port";
import { type Answer, ask, detailsOf, limitedUntil } from "./request";

/** How the lists of a forge come. */
export interface Pages {
  /** Asks for pages of one size. */
  parameters: Readonly<Record<string, number>>;
  /** Whether none follows a page with so many entries. */
  isLast(entries: number): boolean;
}

export interface RestOptions {
  access: Pick<ForgeAccess, "host" | "apiUrl"> & { kind: ForgeKind | TrackerKind };
  /** With each request: who asks, and in which version of the API. */
  headers: Record<string, string>;
  pages: Pages;
  signal: AbortSignal;
  now(): number;
}

export interface Rest {
  /** Resolves with the answer in this shape. */
  get<Shape>(route: string, parameters: object, shape: ZodType<Shape>): Promise<Shape>;
  /** Resolves with null where the forge has no such thing. */
  find<Shape>(route: string, parameters: object, shape: ZodType<Shape>): Promise<Shape | null>;
  /** Resolves with every entry of a list, from its first page to at most `MOST_PAGES`. */
  list<Shape>(route: string, parameters: object, shape: ZodType<Shape>): Promise<Shape[]>;
  /** Resolves with the first entry of a list that fits, or null. */
  first<Shape>(
    route: string,
    parameters: object,
    shape: ZodType<Shape>,
    fits: (entry: Shape) => boolean,
  ): Promise<Shape | null>;
  /** Resolves with the entries of a list before the first one that does not fit. */
  listWhile<Shape>(
    route: string,
    parameters: object,
    shape: ZodType<Shape>,
    fits: (entry: Shape) => boolean,
  ): Promise<Shape[]>;
  /** The first page of a list; `unchanged` when it is as at the etag. */
  listSince<Shape>(
    route: string,
    parameters: object,
    shape: ZodType<Shape>,
    etag: string | null,
  ): Promise<{ items: Shape[]; etag: string | null } | "unchanged">;
  /** Sends something. */
  send<Shape>(route: string, parameters: object, shape: ZodType<Shape>): Promise<Shape>;
}

const TIMEOUT_MS = 30_000;
const MOST_PAGES = 20;
/** Statuses with which a forge refuses what it has understood. */
const REFUSED: ReadonlySet<number> = new Set([400, 405, 406, 409, 412, 422]);

export function createRest({ access, headers, pages, signal, now }: RestOptions): Rest {
  const { apiUrl, host } = access;

  async function answered(route: string, parameters: object): Promise<Answer> {
    const answer = await ask(route, { ...parameters }, { apiUrl, headers, timeoutMs: TIMEOUT_MS, signal });
    if (answer === null)
      throw new ForgeError(`${host} does not answer at ${apiUrl}: Banyan tries again by itself.`, "away");
    return answer;
  }

  function shaped<Shape>(answer: Answer, shape: ZodType<Shape>): Shape {
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, host, now());
    const read = shape.safeParse(answer.data);
    if (read.success) return read.data;
    throw new ForgeError(
      `${host} did not answer as its API is described: check its address and its kind (${access.kind}).`,
      "away",
    );
  }

  const get: Rest["get"] = async (route, parameters, shape) => shaped(await answered(route, parameters), shape);

  async function* pagesOf<Shape>(route: string, parameters: object, shape: ZodType<Shape>): AsyncGenerator<Shape[]> {
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const items = await get(route, { ...pages.parameters, ...parameters, page }, shape.array());
      yield items;
      if (pages.isLast(items.length)) return;
    }
  }

  return {
    get,
    send: get,
    async find(route, parameters, shape) {
      const answer = await answered(route, parameters);
      return answer.status === 404 ? null : shaped(answer, shape);
    },
    async list(route, parameters, shape) {
      const all = [];
      for await (const items of pagesOf(route, parameters, shape)) all.push(...items);
      return all;
    },
    async first(route, parameters, shape, fits) {
      for await (const items of pagesOf(route, parameters, shape)) {
        const found = items.find(fits);
        if (found !== undefined) return found;
      }
      return null;
    },
    async listWhile(route, parameters, shape, fits) {
      const all = [];
      for await (const items of pagesOf(route, parameters, shape)) {
        const end = items.findIndex((item) => !fits(item));
        if (end !== -1) return [...all, ...items.slice(0, end)];
        all.push(...items);
      }
      return all;
    },
    async listSince(route, parameters, shape, etag) {
      const since = etag === null ? {} : { "if-none-match": etag };
      const answer = await answered(route, { ...pages.parameters, ...parameters, headers: since });
      if (answer.status === 304) return "unchanged";
      const { etag: next } = answer.headers;
      return { items: shaped(answer, shape.array()), etag: typeof next === "string" ? next : null };
    },
  };
}

/** Returns what a refused request means. */
function refusalOf(answer: Answer, host: string, nowMs: number): ForgeError {
  const { status, data } = answer;
  const untilMs = limitedUntil(answer, nowMs);
  if (untilMs !== null)
    return new ForgeError(`${host} accepts no more requests for now: Banyan goes on when it does.`, "limited", untilMs);
  const reason = detailsOf(data);
  if (status === 401) return new ForgeError(`${host} does not accept Banyan's token: renew its secret.`, "refused");
  if (status === 403)
    return new ForgeError(
      `${host} refuses this${reason}: give the token the rights that docs/forges.md lists.`,
      "refused",
    );
  if (status === 404 || status === 410)
    return new ForgeError(`${host} has no such thing, or Banyan's token may not see it${reason}.`, "missing");
  if (status >= 300 && status < 400)
    return new ForgeError(`${host} has it at another address now: link the project with that one.`, "missing");
  if (REFUSED.has(status)) return new ForgeError(`${host} refuses this${reason}.`, "refused");
  return new ForgeError(`${host} answered with status ${status}: Banyan tries again by itself.`, "away");
}
