/** What a case says: its steps, in order, and what their answers must hold. README.md explains it to people. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const call = z.strictObject({ tool: z.string(), input: z.unknown() });
const turns = z.array(z.array(call));

const model = z.strictObject({
  protocol: z.enum(["anthropic", "openai", "google", "ollama"]).default("anthropic"),
  /** The calls of each turn of the submitted task; it ends with success after the last. */
  turns: turns.default([]),
  /** Sent as the stream of the first turn: events or chunks of the protocol, or whole frames as texts. */
  raw: z.array(z.unknown()).optional(),
  /** The first answers are whole bodies, though a stream was asked for. */
  whole: z.boolean().default(false),
  /** Refused while the request has more characters than `over_chars`; absent: the first `times` requests. */
  refuse: z
    .strictObject({
      over_chars: z.number().optional(),
      times: z.number().optional(),
      status: z.number().default(400),
      message: z.string(),
    })
    .optional(),
  /** The turns of other agents of the tree; those that are not named end at once. */
  agents: z.record(z.string(), turns).default({}),
});

const named = { name: z.string().regex(/^[a-z][a-z0-9_]*$/) };
const step = z.union([
  z.strictObject({ ...named, shell: z.string() }),
  z.strictObject({ ...named, banyan: z.array(z.string()) }),
  z.strictObject({
    ...named,
    api: z.string().regex(/^(?:GET|POST|PUT|PATCH|DELETE) \//),
    body: z.unknown().optional(),
  }),
  z.strictObject({ ...named, task: z.record(z.string(), z.unknown()).prefault({}), model: model.prefault({}) }),
]);

const expectation = z.strictObject({
  /** The name of a step, and a path in its answer: `tree.results.0.text`. */
  at: z.string(),
  equals: z.unknown().optional(),
  contains: z.string().optional(),
  lacks: z.string().optional(),
  matches: z.string().optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});

const fieldCase = z.strictObject({ steps: z.array(step).min(1), expect: z.array(expectation).min(1) });

export type Model = z.infer<typeof model>;
export type Step = z.infer<typeof step>;
export type Expectation = z.infer<typeof expectation>;
/** `name`: the path of its folder below `tests/field`. */
export type FieldCase = z.infer<typeof fieldCase> & { name: string; folder: string };

/** Returns the cases below a folder, by their names. Throws with the file's name when one is not a case. */
export function readCases(root: string): FieldCase[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "case.json")
    .sort()
    .map((file) => {
      const read = fieldCase.safeParse(JSON.parse(readFileSync(path.join(root, file), "utf8")));
      if (!read.success) throw new Error(`${file} is no case: ${z.prettifyError(read.error)}`);
      const name = path.dirname(file);
      return { ...read.data, name, folder: path.join(root, name) };
    });
}
