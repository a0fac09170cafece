/** The three files of a consistent specification, as texts that a test may change before they are written. */
import type { Node } from "@/core/services/document/parts";
import { documentOf } from "@/core/services/entities";
import type { Specification } from "@/core/specification/specification";
import { bookings } from "./bookings";

const MODEL = {
  entities: {
    booking: {
      summary: "A slot that somebody has taken.",
      fields: {
        guest: { type: "text", required: true, most: 200 },
        starts_at: { type: "time", required: true, unique: true },
      },
    },
  },
};

export interface SpecificationParts {
  specification: Specification;
  model: typeof MODEL;
  openapi: Node;
}

/** Returns the texts, in JSON, which is YAML too. */
export function specificationTexts(change: (parts: SpecificationParts) => void = () => {}) {
  const model = structuredClone(MODEL);
  const parts = { specification: bookings().specification, model, openapi: carried(documentOf(model, "bookings")) };
  change(parts);
  return {
    specification: JSON.stringify(parts.specification, null, 2),
    model: JSON.stringify(parts.model, null, 2),
    openapi: JSON.stringify(parts.openapi, null, 2),
  };
}

/** Each operation names the requirement that asks for it: R1 for what books, R2 for the rest. */
function carried(document: Node): Node {
  for (const [method, operation] of Object.values(document.paths as Record<string, Node>).flatMap(Object.entries))
    if (method !== "parameters") (operation as Node)["x-requirements"] = [method === "post" ? "R1" : "R2"];
  return document;
}
