/**
 * What each provider accepts as the schema of a tool. The stand-ins in `tests/agents/services` hold the same limits
 * with their sources, written a second time, so that a mistake here shows in a test.
 */
export interface SchemaRules {
  /** More tools than this are refused. */
  mostTools: number;
  /** Levels of objects and lists below the arguments. */
  mostDepth: number;
  /** The provider reads a small part of JSON Schema and refuses the rest: no unions of types, no lists without items. */
  isSmall: boolean;
}

/** Anthropic validates against JSON Schema 2020-12, and refuses unions at the top level. */
export const ANTHROPIC_SCHEMAS: SchemaRules = { mostTools: 1_000, mostDepth: 12, isSmall: false };

export const OPENAI_SCHEMAS: SchemaRules = { mostTools: 128, mostDepth: 10, isSmall: false };

/** Gemini reads a subset of OpenAPI's schemas. */
export const GOOGLE_SCHEMAS: SchemaRules = { mostTools: 128, mostDepth: 6, isSmall: true };

/** Bedrock's models have different limits; the strictest of them hold for all. */
export const BEDROCK_SCHEMAS: SchemaRules = { mostTools: 128, mostDepth: 10, isSmall: false };

/** Templates of local models render properties one by one, so small schemas are read best. */
export const LOCAL_SCHEMAS: SchemaRules = { mostTools: 1_000, mostDepth: 8, isSmall: false };
