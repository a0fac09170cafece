/** What the scripted writer makes of the ten requirement texts: specifications in the form that a model would write. */
import type { Node } from "@/core/services/document/parts";
import { documentOf } from "@/core/services/entities";
import type { Ambiguity, Contradiction, Measure, Specification } from "@/core/specification/specification";
import type { Texts } from "./script";

export interface Draft {
  title: string;
  language?: string;
  /** Texts of R1, R2 and so on. */
  does: string[];
  /** Texts and numbers of N1, N2 and so on. */
  well?: { text: string; measure: Measure }[];
  /** `about` says the operations of a requirement by their method; all others are for R2. */
  questions?: Partial<Ambiguity>[];
  contradictions?: Contradiction[];
  change?(parts: { specification: Specification; openapi: Node; model: Node }): void;
}

/** Creating is what R1 asks for, and everything else is what the other requirements ask for. */
export function draft({
  title,
  language = "en",
  does,
  well = [],
  questions = [],
  contradictions = [],
  change,
}: Draft): Texts {
  const requirements = [
    ...does.map((text, at) => ({ id: `R${at + 1}`, text })),
    ...well.map((one, at) => ({ id: `N${at + 1}`, ...one })),
  ];
  const specification: Specification = {
    title,
    source: "",
    changes: [],
    language,
    requirements,
    ambiguities: questions.map((question, at) => ({ ...QUESTION, id: `Q${at + 1}`, ...question })),
    contradictions,
    criteria: requirements.map(({ id, text }, at) => ({
      id: `C${at + 1}`,
      requirement: id,
      text,
      check: id.startsWith("N") ? { kind: "load" } : { kind: "test" },
    })),
  };
  const model: Node = {
    entities: {
      booking: {
        fields: {
          guest: { type: "text", required: true, most: 200 },
          starts_at: { type: "time", required: true, unique: true },
        },
      },
    },
  };
  const openapi = documentOf(model, "bookings");
  const others = requirements.slice(1).map(({ id }) => id);
  for (const [method, operation] of Object.values(openapi.paths as Record<string, Node>).flatMap(Object.entries))
    if (method !== "parameters")
      (operation as Node)["x-requirements"] = method === "post" || others.length === 0 ? ["R1"] : others;
  change?.({ specification, openapi, model });
  const text = (value: unknown) => JSON.stringify(value, null, 2);
  return { specification: text(specification), model: text(model), openapi: text(openapi) };
}

const QUESTION: Ambiguity = {
  id: "Q1",
  about: ["R1"],
  question: "May a guest cancel?",
  score: 0.5,
  answers: ["Until a day before", "Never"],
  default: "Until a day before",
};

export const latency = (number: number, unit = "ms"): Measure => ({
  what: "latency_p95",
  operation: "POST /bookings",
  is: "at_most",
  number,
  unit,
  at: "50 requests/s",
});
