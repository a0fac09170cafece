/** A client of an API that is made as GitHub's is: its errors are `ForgeError`s, and its lists come as pages. */
import { type ZodType, z } from "zod";
import type { ForgeKind, TrackerKind } from "@/core/shapes/forges";
import { type ForgeAccess, ForgeError } from "./port";
import { type Answer, ask, detailsOf, limitedUntil } from "./request";

/** How the lists of a forge come. */
export interface Pages {
  /** The parameter that asks for pages of a size. */
  parameter: string;
  size: number;
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
  /** Resolves with the end of a text; null where the forge has no such thing. */
  endOf(route: string, parameters: object): Promise<string | null>;
  /** Resolves with every entry of a list, from its first page to at most `MOST_PAGES`. Those that are too large are left out. */
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
  /** A page of a list; `unchanged` when it is as at the etag. `isMore`: another page may follow. */
  listSince<Shape>(
    route: string,
    parameters: object,
    shape: ZodType<Shape>,
    at: { page: number; etag: string | null },
  ): Promise<{ items: Shape[]; etag: string | null; isMore: boolean } | "unchanged">;
  /** Sends something. */
  send<Shape>(route: string, parameters: object, shape: ZodType<Shape>): Promise<Shape>;
}

const TIMEOUT_MS = 30_000;
const MOST_PAGES = 20;
/** Statuses with which a forge refuses what it has understood. */
const REFUSED: ReadonlySet<number> = new Set([400, 405, 406, 409, 412, 422]);
/** Of a page that is too large smaller ones are read. */
const SMALLER = 10;

/** An answer that is longer than what is read of one. What strangers write can make it so, so it stops nothing else. */
export class TooLarge extends ForgeError {
  constructor(host: string) {
    super(`${host} answers with more than 4 MB, which Banyan does not read.`, "refused");
  }
}

export function createRest({ access, headers, pages, signal, now }: RestOptions): Rest {
  const { apiUrl, host } = access;

  async function answered(route: string, parameters: object, readsEnd = false): Promise<Answer> {
    const answer = await ask(route, { ...parameters }, { apiUrl, headers, timeoutMs: TIMEOUT_MS, signal }, readsEnd);
    if (answer === null)
      throw new ForgeError(`${host} does not answer at ${apiUrl}: Banyan tries again by itself.`, "away");
    return answer;
  }

  function shaped<Shape>(answer: Answer, shape: ZodType<Shape>): Shape {
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, host, now());
    const read = shape.safeParse(answer.data);
    if (read.success) return read.data;
    if (answer.isCut) throw new TooLarge(host);
    throw new ForgeError(
      `${host} did not answer as its API is described: check its address and its kind (${access.kind}).`,
      "away",
    );
  }

  const get: Rest["get"] = async (route, parameters, shape) => shaped(await answered(route, parameters), shape);

  async function* pagesOf<Shape>(route: string, parameters: object, shape: ZodType<Shape>): AsyncGenerator<Shape[]> {
    for (let page = 1, count = 0; page <= MOST_PAGES; page += 1) {
      const whole = await get(route, { ...sized(pages.size), ...parameters, page }, shape.array()).catch(
        nullIfTooLarge,
      );
      const { items, isEnd } =
        whole === null
          ? await inParts(route, parameters, shape, { from: count, size: pages.size })
          : { items: whole, isEnd: pages.isLast(whole.length) };
      yield items;
      if (isEnd) return;
      // A page may have fewer entries than it was asked for.
      count += whole?.length ?? pages.size;
    }
  }

  const sized = (size: number) => ({ [pages.parameter]: size });

  /** Reads so many entries in smaller pages, and leaves out those that are too large alone. */
  async function inParts<Shape>(
    route: string,
    parameters: object,
    shape: ZodType<Shape>,
    { from, size }: { from: number; size: number },
  ): Promise<{ items: Shape[]; isEnd: boolean }> {
    const part = size > SMALLER ? SMALLER : 1;
    const items: Shape[] = [];
    for (let at = Math.floor(from / part) * part; at < from + size; at += part) {
      const given = { ...sized(part), ...parameters, page: at / part + 1 };
      const read = await get(route, given, shape.array()).catch(nullIfTooLarge);
      if (read?.length === 0) return { items, isEnd: true };
      if (read !== null) items.push(...read);
      else if (part > 1) items.push(...(await inParts(route, parameters, shape, { from: at, size: part })).items);
    }
    return { items, isEnd: false };
  }

  return {
    get,
    send: get,
    async find(route, parameters, shape) {
      const answer = await answered(route, parameters);
      return answer.status === 404 ? null : shaped(answer, shape);
    },
    async endOf(route, parameters) {
      const answer = await answered(route, parameters, true);
      return answer.status === 404 ? null : shaped(answer, z.string());
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
    async listSince(route, parameters, shape, { page, etag }) {
      const since = etag === null ? {} : { "if-none-match": etag };
      const answer = await answered(route, { ...sized(pages.size), ...parameters, page, headers: since });
      if (answer.status === 304) return "unchanged";
      const { etag: given } = answer.headers;
      const next = typeof given === "string" ? given : null;
      if (!answer.isCut) {
        const items = shaped(answer, shape.array());
        return { items, etag: next, isMore: !pages.isLast(items.length) };
      }
      const { size } = pages;
      const { items, isEnd } = await inParts(route, parameters, shape, { from: (page - 1) * size, size });
      return { items, etag: next, isMore: !isEnd };
    },
  };
}

function nullIfTooLarge(error: unknown): null {
  if (error instanceof TooLarge) return null;
  throw error;
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
