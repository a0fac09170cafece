/**
 * One thing that a person can do, declared once beside its noun. Permission check, audit, HTTP route with its
 * description, page action and command-line call are derived from the declaration: `perform.ts` runs it for all of them.
 */
import { z } from "zod";
import type { Actor, Permission } from "@/core/rules/roles";

/** What the `id` of an operation names: a tree or task, something else with an id, or anything with a name of its own. */
export type Subject = "unit" | "review" | "rule" | "promotion" | "webhook" | "token" | "proof" | "name";

/** The subject of a row of the audit; `tree` is empty when it belongs to no tree. */
export interface Found {
  subject: string;
  tree: string;
}

/** The trees or tasks, or the review item, that an operation acts on: the actor must be allowed to direct them. */
export interface Reach {
  /** Ids of trees or tasks. */
  works?: readonly string[];
  review?: string;
  /** The work begins or continues, so its folder must be one that a new tree could have. */
  goesOn?: true;
  /** Anybody whose role allows it may. */
  isForAll?: true;
  /** It may be done with a tree that was read from an archive. */
  withArchived?: true;
}

export interface Operation<World, On extends Subject | undefined, Fields, Result> {
  right: Permission;
  /** One sentence for the description of the HTTP API. */
  summary: string;
  /** What it acts on. Its input then has an `id`, which may be a unique prefix. */
  on?: On;
  /** What it acts on; necessary for a tree, a task or a review item. `{}`: it only says something about one. */
  reach?(input: Given<On, Fields>): Reach;
  /** The route of the HTTP API: `METHOD address`. */
  http?: string;
  /** Pages have it although it has no route. Without this and `http`, only code on this machine calls it. */
  onPages?: true;
  /** The fields of the input beside `id`: a strict object with errors for people. Absent: there are none. */
  input?: z.ZodType<Fields>;
  /** The input goes to the vault, so keys in it are kept as they are. */
  keepsSecrets?: true;
  /** The fields of the input that the audit tells, shortened and redacted. */
  audit: readonly (keyof Fields & string)[];
  /** Further facts for the audit. */
  tells?(input: Given<On, Fields>): Record<string, unknown>;
  /** What it acts on, for the audit, when no `id` names it: a name, or a tree or task. */
  names?(input: Given<On, Fields>): string | { unit: string };
  result: z.ZodType<Result>;
  /**
   * The thing that it creates, which the audit names and for which HTTP answers 201; undefined when the input names it.
   * Absent: it creates nothing.
   */
  made?(result: Result): Found | undefined;
  /** Throws UserError with one sentence, and has then changed nothing. */
  run(input: Given<On, Fields>, actor: Actor, world: World): Promise<Result>;
}

/** The whole input of an operation. */
type Given<On, Fields> = On extends Subject ? { id: string } & Fields : Fields;

/** An operation of any input and result, as a table holds it. */
export interface AnyOperation<World = never>
  extends Pick<
    Operation<World, Subject | undefined, object, object>,
    "right" | "summary" | "on" | "http" | "onPages" | "keepsSecrets"
  > {
  input?: z.ZodType<object>;
  audit: readonly string[];
  tells?(input: Checked): Record<string, unknown>;
  names?(input: Checked): string | { unit: string };
  reach?(input: Checked): Reach;
  result: z.ZodType<object>;
  made?(result: object): Found | undefined;
  run(input: Checked, actor: Actor, world: World): Promise<object>;
}

/** A checked input, whose form only its operation knows. */
export type Checked = Record<string, unknown>;

export type Operations<World = never> = Readonly<Record<string, AnyOperation<World>>>;

/** What callers give an operation, and what they get. */
export type InputOf<Declared> =
  Declared extends Operation<never, infer On, infer Fields, unknown> ? Given<On, Fields> : never;
export type ResultOf<Declared> =
  Declared extends Operation<never, infer _On, infer _Fields, infer Result> ? Result : never;

/** Operations as methods for one actor. The input of one that needs none may be left out. */
export type Bound<Table> = {
  [Name in keyof Table]: (...input: Optional<InputOf<Table[Name]>>) => Promise<ResultOf<Table[Name]>>;
};

type Optional<Input> = Record<never, never> extends Input ? [input?: Input] : [input: Input];

/** Operations as methods for any actor. */
export type Unbound<Table> = {
  [Name in keyof Table]: (input: InputOf<Table[Name]>, actor: Actor) => Promise<ResultOf<Table[Name]>>;
};

/** Whether the input has `once`: what is asked for with the same value is then done once, also over a kill. */
export function takesOnce(input: z.ZodType | undefined): boolean {
  return input instanceof z.ZodObject && "once" in input.shape;
}

/** Returns the type of a result whose shape the API's description holds under this name; see `core/shapes/answers/answers.ts`. */
export function shape<Result extends object>(name: string): z.ZodType<Result> {
  return z.custom<Result>().meta(reference(name));
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The result of most operations: a sentence that says what happens now. */
export const said = z
  .object({ sentence: z.string().describe("What was done, and what follows from it, in one sentence.") })
  .meta(reference("Said"));

/** `decided`: the review items that were decided. */
export const saidAndDecided = said
  .extend({ decided: z.array(z.string()).describe("Ids of the decided review items.") })
  .meta(reference("Decided"));
