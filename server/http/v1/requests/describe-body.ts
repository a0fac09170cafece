/** Describes the fields of requests' bodies in the API's description. */
import type { Requests } from "./requests";
import requests from "./shapes.json" with { type: "json" };

type Json = Record<string, unknown>;

const { Requests: bodies, ...types } = requests;
const BODIES: Readonly<Record<keyof Requests, Json>> = bodies.properties;
const TYPES: Readonly<Record<string, Json>> = types;
const PREFIX = "#/types/";

/** Returns the body's schema, whose fields have the comments of the type that `Requests` names for the route. */
export function describeBody(route: string, schema: Json): Json {
  return describedBy(schema, BODIES[route as keyof Requests] ?? {}) as Json;
}

/** Fields that have a description keep it. */
function describedBy(value: unknown, type: Json): unknown {
  if (Array.isArray(value)) return value.map((inner) => describedBy(inner, type));
  if (typeof value !== "object" || value === null) return value;
  const fields = fieldsOf(type);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "properties") return [key, describedFields(inner as Record<string, Json>, fields)];
      return [key, key === "anyOf" || key === "items" ? describedBy(inner, type) : inner];
    }),
  );
}

function describedFields(properties: Record<string, Json>, fields: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const field = fields[name];
      if (field === undefined) return [name, schema];
      const description = schema.description ?? field.description ?? resolved(field).description;
      return [name, { ...(describedBy(schema, field) as Json), ...(description !== undefined && { description }) }];
    }),
  );
}

/** Returns the fields of a type, of the items of a list, or of the alternatives of a union. */
function fieldsOf(type: Json): Record<string, Json> {
  const { properties, items, anyOf } = resolved(type);
  if (properties !== undefined) return properties as Record<string, Json>;
  if (items !== undefined) return fieldsOf(items as Json);
  return Object.assign({}, ...((anyOf ?? []) as Json[]).map(fieldsOf));
}

function resolved(type: Json): Json {
  const { $ref } = type;
  return typeof $ref === "string" ? (TYPES[$ref.slice(PREFIX.length)] ?? {}) : type;
}
