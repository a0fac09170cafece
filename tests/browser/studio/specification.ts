/** What a model would write of one sentence, and of its change. */
import type { Node } from "@/core/services/document/parts";
import type { SpecificationParts } from "@/core/specification/testing/texts";

export const SENTENCE = "A booking API for a small studio, with sign-in and reminders";

type Paths = Record<string, Record<string, Node>>;

const REFUSED = { description: "Refused", content: { "application/problem+json": { schema: { type: "object" } } } };

export function studio({ specification, openapi }: SpecificationParts): void {
  specification.source = SENTENCE;
  specification.requirements.push(
    { id: "R3", text: "A guest is reminded once of a booking of the next 24 hours, and again when it has moved." },
    { id: "R4", text: "Only callers with a key get in." },
  );
  for (const requirement of specification.requirements)
    if (requirement.measure) Object.assign(requirement.measure, { number: 10, unit: "s", at: "20 requests/s" });
  const test = { kind: "test" as const };
  specification.criteria.push(
    {
      id: "C4",
      requirement: "R3",
      text: "A booking of the next 24 hours is reminded of once, again when it has moved, and a later one not yet.",
      check: { ...test, operation: "POST /reminders" },
    },
    { id: "C5", requirement: "R4", text: "Without a key the answer is 401.", check: test },
  );
  Object.assign(openapi.components as Node, { securitySchemes: { key: { type: "http", scheme: "bearer" } } });
  openapi.security = [{ key: [] }];
  for (const methods of Object.values(openapi.paths as Paths))
    for (const [method, operation] of Object.entries(methods))
      if (method !== "parameters") Object.assign(operation.responses as Node, { "401": REFUSED });
  (openapi.paths as Node)["/reminders"] = {
    post: {
      operationId: "remind",
      summary: "Take the reminders that are due",
      description:
        "Each booking of the next 24 hours, once for each time to which it is moved. The caller tells the guests; an answer that is lost is not given again.",
      "x-requirements": ["R3", "R4"],
      responses: {
        "200": { description: "What is due.", content: { "application/json": { schema: REMINDERS } } },
        "401": REFUSED,
      },
    },
  };
}

const REMINDERS = {
  type: "object",
  required: ["reminders"],
  properties: {
    reminders: {
      type: "array",
      items: {
        type: "object",
        required: ["booking_id", "guest", "starts_at"],
        properties: {
          booking_id: { type: "string" },
          guest: { type: "string" },
          starts_at: { type: "string", format: "date-time" },
        },
      },
    },
  },
};

/** The change: neither bookings nor reminders name their guest any more. */
export function anonymous(parts: SpecificationParts): void {
  studio(parts);
  const { specification, openapi, model } = parts;
  const [first] = specification.requirements;
  if (first) first.text = "A guest books a free slot without a name.";
  specification.criteria.push({
    id: "C9",
    requirement: "R1",
    text: "A booking has no name.",
    check: { kind: "test", operation: "POST /bookings" },
  });
  Reflect.deleteProperty(model.entities.booking.fields, "guest");
  const { schemas } = openapi.components as { schemas: Record<string, Node> };
  const reminders = structuredClone(REMINDERS);
  for (const schema of [...Object.values(schemas), reminders.properties.reminders.items as Node]) {
    Reflect.deleteProperty((schema.properties ?? {}) as Node, "guest");
    if (Array.isArray(schema.required)) schema.required = schema.required.filter((name) => name !== "guest");
  }
  const remind = (openapi.paths as Paths)["/reminders"]?.post?.responses as Record<string, Node>;
  Object.assign(remind["200"] as Node, { content: { "application/json": { schema: reminders } } });
}
