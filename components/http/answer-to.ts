/**
 * What an address of the HTTP API answers a GET request with, by the table of its answers. So a page whose request or whose
 * idea of the answer is wrong does not compile.
 */
import type { Answers } from "@/core/shapes/answers/answers";
import type { Page } from "@/core/shapes/shapes";

/** `{ "trees/:id/log": LogFacts, … }` */
type Reads = { [Name in keyof Answers as Name extends `GET ${infer Route}` ? Route : never]: Answers[Name] };

type WithoutQuery<Address extends string> = Address extends `${infer Path}?${string}` ? Path : Address;

/** Whether a path, such as `tasks/${string}/log`, is one of the route. A text in it may stand for a parameter only. */
type IsOf<Path extends string, Route extends string> = Path extends `${infer Part}/${infer Rest}`
  ? Route extends `${infer Own}/${infer OwnRest}`
    ? IsPart<Part, Own> extends true
      ? IsOf<Rest, OwnRest>
      : false
    : false
  : Route extends `${string}/${string}`
    ? false
    : IsPart<Path, Route>;

type IsPart<Part extends string, Own extends string> = Own extends `:${string}`
  ? true
  : Part extends Own
    ? true
    : false;

type OfRoutes<Path extends string> = {
  [Route in keyof Reads]: IsOf<Path, Route> extends true ? Reads[Route] : never;
}[keyof Reads];

/** The body that an address below `/api/v1/` answers with; `never` for one that the API does not have. */
export type AnswerTo<Address extends string> = Address extends string ? OfPath<WithoutQuery<Address>> : never;

type OfPath<Path extends string> = Path extends keyof Reads ? Reads[Path] : OfRoutes<Path>;

/** Refuses an address that the API does not have. */
export type Known<Address extends string> = [AnswerTo<Address>] extends [never] ? never : Address;

/** What stands in the pages of a list. */
export type ItemOf<Address extends string> = AnswerTo<Address> extends Page<infer Item> ? Item : never;

/** Refuses a value that neither the body nor the rows of a list can replace. */
export type Replaceable<Address extends string, Value> =
  AnswerTo<Address> extends Value ? Value : AnswerTo<Address> extends { items: Value } ? Value : never;
