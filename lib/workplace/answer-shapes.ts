/** Parts of the shapes of what runners answer. A runner may be in the wrong hands, so none of them takes more than it reads. */
import { z } from "zod";

/** Longer sentences are cut, as those of refusals are: whoever reads them has limits. */
const MOST_SENTENCE_CHARS = 10_000;
const MOST_PATH_CHARS = 100_000;

/** Halves of characters, which no file and no output has, would make requests to models fail. */
const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;
/** Found much faster than a half alone. */
const ANY_HALF = /[\uD800-\uDFFF]/;
const whole = (said: string) => (ANY_HALF.test(said) ? said.replace(HALVES, "\uFFFD") : said);

export const text = z.string().transform(whole);
export const sentence = z.string().transform((said) => whole(said.slice(0, MOST_SENTENCE_CHARS)));
export const count = z.int().min(0);
/** As a process reports it. */
export const exitStatus = z.int().min(0).max(255).nullable();

const isPath = (given: string) => given.length <= MOST_PATH_CHARS && !given.includes("\0") && !HALF.test(given);
const OUTWARD = /(^|\/)\.\.(\/|$)/;

/** Relative to a folder, and inside it. That of an empty folder may end in "/". */
export const relativePath = z
  .string()
  .refine((given) => given !== "" && isPath(given) && !given.startsWith("/") && !OUTWARD.test(given));
export const absolutePath = z.string().refine((given) => given.startsWith("/") && isPath(given));
/** Of an entry of a folder. */
export const fileName = z
  .string()
  .refine((given) => given !== "" && isPath(given) && !given.includes("/") && given !== "." && given !== "..");
/** A snapshot's. */
export const commit = z.string().regex(/^[0-9a-f]{40}$/);
/** Of an agent's repository, which may name its objects by SHA-256. */
export const anyCommit = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
/** What an operation without a result gives is dropped. */
export const nothing = z.unknown().transform((): void => undefined);

/** A list. Unlike `z.array`, it stops at the first wrong item: zod keeps a problem for each, and there may be millions. */
export function list<Item>(item: z.ZodType<Item>, most = Number.POSITIVE_INFINITY): z.ZodType<Item[]> {
  return z.custom<unknown[]>(Array.isArray).transform((items, context) => {
    if (items.length > most) return refused(context);
    const read: Item[] = [];
    for (const one of items) {
      const found = item.safeParse(one);
      if (!found.success) return refused(context);
      read.push(found.data);
    }
    return read;
  });
}

/** Texts by relative paths. */
export const textsByPath: z.ZodType<Record<string, string>> = z
  .custom<Record<string, unknown>>(isRecord)
  .transform((given, context) => {
    const read: [string, string][] = [];
    for (const [path, said] of Object.entries(given)) {
      const found = text.safeParse(said);
      if (!found.success || !relativePath.safeParse(path).success) return refused(context);
      read.push([path, found.data]);
    }
    return Object.fromEntries(read);
  });

function refused(context: z.RefinementCtx): never {
  context.addIssue("no runner says this");
  return z.NEVER;
}

const MOST_DEPTH = 20;

/** Any JSON that is not nested deep. */
export const json = z.unknown().refine((value) => isJson(value, MOST_DEPTH));

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1));
  return isRecord(value) && Object.values(value).every((item) => isJson(item, depth - 1));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

type Fields<Type> = {
  [Key in keyof Type]-?: Record<never, never> extends Pick<Type, Key>
    ? z.ZodOptional<z.ZodType<Exclude<Type[Key], undefined>>>
    : z.ZodType<Type[Key]>;
};

/** What the shapes take has to be all that the fields may hold. */
type Covering<Type, Given extends Fields<Type>> = {
  [Key in keyof Given]: Key extends keyof Type
    ? Exclude<Type[Key], undefined> extends z.output<Given[Key] & z.ZodType>
      ? Given[Key]
      : never
    : never;
};

/**
 * Returns a function that makes the shape of this type from shapes of all its fields. A field that is missing, too many,
 * or narrower or wider than the type says is a type error. Fields that a runner of a newer release adds are dropped.
 */
export function object<Type>() {
  return <Given extends Fields<Type>>(fields: Given & Covering<Type, Given>): z.ZodType<Type> =>
    z.object(fields as z.ZodRawShape) as z.ZodType<unknown> as z.ZodType<Type>;
}

/** Returns a function that makes the shape of this union. A member without a shape is a type error. */
export function oneOf<Type>() {
  return <Given extends readonly [z.ZodType<Type>, z.ZodType<Type>, ...z.ZodType<Type>[]]>(
    ...members: Type extends z.output<Given[number]> ? Given : never
  ): z.ZodType<Type> => z.union(members as Given);
}
