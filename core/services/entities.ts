/** Makes an OpenAPI document of a list of entities: their fields, bounds and references. */
import { z } from "zod";
import { fileName, plural, typeName } from "./document/names";
import { DocumentError, type Node } from "./document/parts";

const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const MOST_TEXT = 10_000;
const MOST_ENTITIES = 100;
/** Each entity has these by itself. */
const OWN = ["id", "created_at", "updated_at"];
const common = {
  required: z.boolean().default(false),
  unique: z.boolean().default(false),
  summary: z.string().max(500).optional(),
};
const bounds = { least: z.number().optional(), most: z.number().optional() };
const length = z.int().min(0).max(MOST_TEXT);

const field = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text"),
    ...common,
    least: length.optional(),
    most: length.optional(),
    format: z.enum(["email", "uri", "uuid"]).optional(),
  }),
  z.strictObject({ type: z.literal("integer"), ...common, ...bounds }),
  z.strictObject({ type: z.literal("number"), ...common, ...bounds }),
  z.strictObject({ type: z.literal("boolean"), ...common }),
  z.strictObject({ type: z.literal("date"), ...common }),
  z.strictObject({ type: z.literal("time"), ...common }),
  z.strictObject({
    type: z.literal("choice"),
    ...common,
    choices: z.array(z.string().min(1).max(100)).min(1).max(100),
  }),
  z.strictObject({ type: z.literal("reference"), ...common, to: z.string() }),
]);
type Field = z.infer<typeof field>;

const entity = z.strictObject({ summary: z.string().max(500).optional(), fields: z.record(z.string(), field) });
type Entity = z.infer<typeof entity>;

const entitiesFile = z.strictObject({
  title: z.string().min(1).max(200).optional(),
  entities: z.record(z.string(), entity),
});

/** Returns the document. Throws DocumentError with a sentence that names entity and field. */
export function documentOf(given: unknown, name: string): Node {
  const checked = entitiesFile.safeParse(given);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new DocumentError(
      `The entities are not valid at ${issue?.path.map(String).join(".") || "the top"}: ${sentencePart(issue?.message)}. docs/services.md shows an example.`,
    );
  }
  const { title, entities } = checked.data;
  refuseWrong(entities);
  const all = Object.entries(entities);
  return {
    openapi: "3.1.0",
    info: { title: title ?? name, version: "1.0.0" },
    paths: Object.fromEntries(all.flatMap(([one, about]) => pathsOf(one, about))),
    components: {
      schemas: { ...Object.fromEntries(all.flatMap(([one, about]) => schemasOf(one, about))), Problem: PROBLEM },
      responses: RESPONSES,
    },
  };
}

function sentencePart(message = "is missing"): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function refuseWrong(entities: Record<string, Entity>): void {
  const names = Object.keys(entities);
  if (names.length === 0) throw new DocumentError("There is no entity: add one below `entities`.");
  if (names.length > MOST_ENTITIES)
    throw new DocumentError(`There are more than ${MOST_ENTITIES} entities: make several services.`);
  const places = new Map<string, string>();
  for (const [name, { fields }] of Object.entries(entities)) {
    if (!NAME.test(name)) throw new DocumentError(nameFault("entity", name));
    const other = places.get(placeOf(name));
    if (other !== undefined)
      throw new DocumentError(`The entities ${other} and ${name} would both be at /${placeOf(name)}: rename one.`);
    places.set(placeOf(name), name);
    if (Object.keys(fields).length === 0) throw new DocumentError(`The entity ${name} has no field: add one.`);
    for (const [one, about] of Object.entries(fields)) refuseField(`${name}.${one}`, one, about, names);
  }
}

function refuseField(place: string, name: string, about: Field, entities: readonly string[]): void {
  if (!NAME.test(name)) throw new DocumentError(nameFault("field", place));
  if (OWN.includes(name))
    throw new DocumentError(`The field ${place} is one that each entity has by itself: remove it.`);
  if (about.type === "reference" && !entities.includes(about.to))
    throw new DocumentError(
      `The field ${place} refers to ${JSON.stringify(about.to.slice(0, 60))}, which is no entity: use ${entities.join(", ")}.`,
    );
  const { least, most } = { least: undefined, most: undefined, ...about };
  if (least !== undefined && most !== undefined && least > most)
    throw new DocumentError(`The field ${place} has a least value of ${least}, which is more than its most, ${most}.`);
}

function nameFault(what: string, name: string): string {
  return `The ${what} ${JSON.stringify(name.slice(0, 90))} needs another name: 1 to 40 small letters, digits and underscores, beginning with a letter.`;
}

function placeOf(entity: string): string {
  return fileName(plural(entity), "items");
}

function schemasOf(name: string, { summary, fields }: Entity): [string, Node][] {
  const type = typeName(name, "Item");
  const all = Object.entries(fields);
  const properties = Object.fromEntries(all.map(([one, about]) => [one, schemaOf(about)]));
  const required = all.flatMap(([one, about]) => (about.required ? [one] : []));
  const unique = all.flatMap(([one, about]) => (about.unique ? [one] : []));
  const time = { type: "string", format: "date-time", readOnly: true };
  return [
    [
      type,
      {
        type: "object",
        ...(summary !== undefined && { description: summary }),
        required: [...OWN, ...required],
        properties: {
          id: { type: "string", format: "uuid", readOnly: true },
          created_at: time,
          updated_at: time,
          ...properties,
        },
        ...(unique.length > 0 && { "x-unique": unique }),
      },
    ],
    [
      `New${type}`,
      { type: "object", additionalProperties: false, ...(required.length > 0 && { required }), properties },
    ],
    [`${type}Change`, { type: "object", additionalProperties: false, minProperties: 1, properties }],
  ];
}

function schemaOf(about: Field): Node {
  const more = about.summary === undefined ? {} : { description: about.summary };
  switch (about.type) {
    case "text":
      return {
        type: "string",
        ...more,
        ...(about.format !== undefined && { format: about.format }),
        ...(about.least !== undefined && { minLength: about.least }),
        maxLength: about.most ?? MOST_TEXT,
      };
    case "integer":
    case "number":
      return {
        type: about.type,
        ...more,
        ...(about.least !== undefined && { minimum: about.least }),
        ...(about.most !== undefined && { maximum: about.most }),
      };
    case "boolean":
      return { type: "boolean", ...more };
    case "date":
      return { type: "string", format: "date", ...more };
    case "time":
      return { type: "string", format: "date-time", ...more };
    case "choice":
      return { type: "string", enum: about.choices, ...more };
    case "reference":
      return { type: "string", format: "uuid", ...more, "x-references": placeOf(about.to) };
    default:
      return about satisfies never;
  }
}

function pathsOf(name: string, { fields }: Entity): [string, Node][] {
  const place = placeOf(name);
  const type = typeName(name, "Item");
  const types = typeName(plural(name), "Items");
  const words = name.replaceAll("_", " ");
  const item = { $ref: `#/components/schemas/${type}` };
  const key = `${name}_id`;
  const one = { name: key, in: "path", required: true, schema: { type: "string", format: "uuid" } };
  const all = Object.entries(fields);
  // Lists are narrowed by what stands for few values or for another item.
  const filters = all.flatMap(([field, about]) =>
    ["choice", "reference", "boolean"].includes(about.type)
      ? [{ name: field, in: "query", schema: schemaOf(about) }]
      : [],
  );
  const hasReferences = all.some(([, about]) => about.type === "reference");
  const write = {
    "400": problem("Invalid"),
    "409": problem("Conflict"),
    "415": problem("Unsupported"),
    ...(hasReferences && { "422": problem("Unknown") }),
  };
  return [
    [
      `/${place}`,
      {
        get: {
          operationId: `list${types}`,
          tags: [place],
          summary: `List ${plural(words)}`,
          parameters: [...PAGE, ...filters],
          responses: { "200": json("A page of the list", page(item)), "400": problem("Invalid") },
        },
        post: {
          operationId: `create${type}`,
          tags: [place],
          summary: `Create ${article(words)}`,
          requestBody: body(`New${type}`),
          responses: { "201": json("Created", item), ...write },
        },
      },
    ],
    [
      `/${place}/{${key}}`,
      {
        parameters: [one],
        get: {
          operationId: `read${type}`,
          tags: [place],
          summary: `Read ${article(words)}`,
          responses: { "200": json("The item", item), "400": problem("Invalid"), "404": problem("Missing") },
        },
        patch: {
          operationId: `change${type}`,
          tags: [place],
          summary: `Change ${article(words)}`,
          requestBody: body(`${type}Change`),
          responses: { "200": json("Changed", item), ...write, "404": problem("Missing") },
        },
        delete: {
          operationId: `remove${type}`,
          tags: [place],
          summary: `Remove ${article(words)}`,
          responses: {
            "204": { description: "Removed" },
            "400": problem("Invalid"),
            "404": problem("Missing"),
            "409": problem("Conflict"),
          },
        },
      },
    ],
  ];
}

function article(noun: string): string {
  return `${"aeiou".includes(noun.charAt(0)) ? "an" : "a"} ${noun}`;
}

function json(description: string, schema: Node): Node {
  return { description, content: { "application/json": { schema } } };
}

function body(type: string): Node {
  return { required: true, content: { "application/json": { schema: { $ref: `#/components/schemas/${type}` } } } };
}

function problem(name: keyof typeof RESPONSES): Node {
  return { $ref: `#/components/responses/${name}` };
}

function page(item: Node): Node {
  const next = { type: ["string", "null"], description: "The cursor of the next page; null on the last page" };
  return {
    type: "object",
    required: ["items", "next_cursor"],
    properties: { items: { type: "array", items: item }, next_cursor: next },
  };
}

const PAGE = [
  { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 1000 } },
  { name: "cursor", in: "query", schema: { type: "string", maxLength: 200 } },
];

const PROBLEM = {
  type: "object",
  description: "What went wrong (RFC 9457)",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
  },
};

const answer = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const RESPONSES = {
  Invalid: answer("The request is not valid"),
  Missing: answer("There is no such item"),
  Unsupported: answer("The body has a media type that is not JSON"),
  Conflict: answer("Another item has a value that no two share, or names this item"),
  Unknown: answer("The request names an item that is not there"),
};
