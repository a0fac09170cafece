/** What `spec/specification.yaml` holds: requirements, what is ambiguous or contradictory in them, and what shows that they hold. */
import { z } from "zod";
import { MOST } from "./limits";

const filled = (most: number) =>
  z.string("must be a text").trim().min(1, "is empty").max(most, `has more than ${most} characters`);
/** Ids are letters and numbers alone, so no text of a stranger becomes part of a command or a path by them. */
const id = (letters: string, such: string) =>
  z.string("must be a text").regex(new RegExp(`^[${letters}][1-9][0-9]{0,3}$`), `must be an id such as ${such}`);
const list = <T extends z.ZodType>(of: T, most: number) =>
  z.array(of, "must be a list").max(most, `has more than ${most} entries`).default([]);

/** An object of these fields and no others, so that a misspelt field is named. */
const fields = <Shape extends z.ZodRawShape>(shape: Shape, form = "must be a map") =>
  z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === "unrecognized_keys" ? `has no field ${(keys as string[]).join(", ").slice(0, 200)}` : form,
  });

export const requirementId = id("RN", "R1 or N1");
const questionId = id("Q", "Q1");
/** The method and the path of an operation, such as `POST /bookings`. */
const operation = filled(MOST.text);

/** The number of a requirement. Measures of one name, operation, unit and load are compared with each other. */
const measure = fields({
  /** Such as `latency_p95`, `availability` or `photo_size`. */
  what: z
    .string("must be a text")
    .regex(/^[a-z][a-z0-9_]{0,39}$/, "must be small letters, digits and underscores, such as latency_p95"),
  /** Absent: all operations. */
  operation: operation.optional(),
  is: z.enum(["at_most", "at_least", "exactly"], "must be at_most, at_least or exactly"),
  number: z.number("must be a number"),
  /** Such as `ms`, `s`, `%`, `MB` or `requests/s`. */
  unit: filled(40),
  /** The load at which it is measured, such as `50 requests/s`. */
  at: filled(MOST.answer).optional(),
});

const requirement = fields({
  /** `R` with a number: what the service does. `N` with a number: how well. */
  id: requirementId,
  text: filled(MOST.text),
  measure: measure.optional(),
});

const ambiguity = fields({
  id: questionId,
  about: z.array(requirementId, "must be a list of ids").max(MOST.about, "has too many ids"),
  question: filled(MOST.question),
  /** How much depends on the answer: 0 is nearly nothing, 1 decides what the service is. */
  score: z.number("must be a number from 0 to 1").min(0, "must be from 0 to 1").max(1, "must be from 0 to 1"),
  answers: list(filled(MOST.answer), MOST.answers),
  /** Taken when nobody answers; one of the answers. */
  default: z.string("must be a text").trim().max(MOST.answer, `has more than ${MOST.answer} characters`).default(""),
  /** Written by Banyan when the question was asked. */
  answer: filled(MOST.text).optional(),
});

const contradiction = fields({
  id: id("X", "X1"),
  between: z
    .array(requirementId, "must be a list of ids")
    .min(1, "names no requirement")
    .max(MOST.about, "has too many ids"),
  why: filled(MOST.text),
  /** The question whose answer settles it. */
  question: questionId,
  /** How the answer settled it. */
  settled: filled(MOST.text).optional(),
});

const check = z.discriminatedUnion(
  "kind",
  [
    /** A test of the repository whose name has the id of the criterion. */
    fields({ kind: z.literal("test"), operation: operation.optional() }),
    /** Requests made of the OpenAPI document. */
    fields({ kind: z.literal("contract"), operation: operation.optional() }),
    /** A load test with the number of the requirement. */
    fields({ kind: z.literal("load"), operation: operation.optional() }),
    /** Runs as the command of a goal's criterion does: in the sandbox, in a clean copy. */
    fields({
      kind: z.literal("command"),
      command: filled(MOST.command).refine((command) => !/[\r\n]/.test(command), "must be one line"),
      operation: operation.optional(),
    }),
    fields({ kind: z.literal("judged"), operation: operation.optional() }),
  ],
  "must have a kind: test, contract, load, command or judged",
);

const criterion = fields({
  id: id("C", "C1"),
  requirement: requirementId,
  /** What is true when it holds. */
  text: filled(MOST.text),
  check,
});

export const specificationFile = fields(
  {
    title: filled(MOST.title),
    /** The text that it began with, as it was given. */
    source: z.string("must be a text").max(MOST.source, `has more than ${MOST.source} characters`).default(""),
    /** What people asked to be different later, in that order; Banyan writes it. */
    changes: list(filled(MOST.text), MOST.changes),
    /** The language of the source as a tag, such as `en` or `de`. */
    language: z
      .string("must be a text")
      .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$/, "must be a language tag such as en or de")
      .default("en"),
    requirements: list(requirement, MOST.requirements),
    ambiguities: list(ambiguity, MOST.ambiguities),
    contradictions: list(contradiction, MOST.contradictions),
    criteria: list(criterion, MOST.criteria),
  },
  "must be a map with title, requirements and criteria",
);

export type Specification = z.infer<typeof specificationFile>;
export type Requirement = Specification["requirements"][number];
export type Measure = NonNullable<Requirement["measure"]>;
export type Ambiguity = Specification["ambiguities"][number];
export type Contradiction = Specification["contradictions"][number];
/** How a criterion is checked. */
export type CheckKind = "test" | "contract" | "load" | "command" | "judged";

/** An operation of the OpenAPI document, as far as the specification speaks of it. */
export interface SpecifiedOperation {
  /** `POST /bookings`. */
  key: string;
  summary: string;
  /** Ids in its `x-requirements`. */
  requirements: string[];
  /** Names of the schemas that it refers to, also through other schemas. */
  schemas: string[];
}

/** A thing that a specification names, with its fields. */
export interface SpecifiedEntity {
  /** Name of the thing. */
  name: string;
  /** Number of its fields. */
  fields: number;
}

/** The three files of a specification together. */
export interface Whole {
  specification: Specification;
  entities: SpecifiedEntity[];
  operations: SpecifiedOperation[];
}

/** Whether a requirement says how well the service does something, and not what it does. */
export function isHowWell(id: string): boolean {
  return id.startsWith("N");
}
