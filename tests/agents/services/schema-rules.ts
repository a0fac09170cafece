/** What the real services refuse in the schemas of tools, each rule with its source. */

type Schema = Record<string, unknown>;

export interface SchemaRule {
  source: string;
  /** What is wrong with a schema, or with one node of it, in the service's words. */
  refuses(node: Schema, at: { path: string; isRoot: boolean; depth: number }): string | undefined;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the first refusal of any node of the schema. */
export function schemaRefusal(rules: readonly SchemaRule[], schema: unknown): string | undefined {
  const visit = (node: unknown, path: string, depth: number): string | undefined => {
    if (!isSchema(node)) return typeof node === "boolean" ? undefined : `${path}: ${JSON.stringify(node)} is no schema`;
    for (const rule of rules) {
      const refusal = rule.refuses(node, { path, isRoot: path === "", depth });
      if (refusal !== undefined) return `${path}: ${refusal}`;
    }
    for (const [inner, at] of childrenOf(node, path)) {
      const refusal = visit(inner, at, depth + 1);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
  return visit(schema, "", 0);
}

function childrenOf(node: Schema, path: string): [unknown, string][] {
  const named = ["properties", "$defs", "definitions"].flatMap((keyword) =>
    isSchema(node[keyword]) ? Object.entries(node[keyword]).map(([key, inner]) => [inner, `${path}.${key}`]) : [],
  );
  const listed = ["anyOf", "oneOf", "allOf"].flatMap((keyword) =>
    Array.isArray(node[keyword])
      ? (node[keyword] as unknown[]).map((inner, at) => [inner, `${path}.${keyword}.${at}`])
      : [],
  );
  const single = ["items", "additionalProperties"].flatMap((keyword) =>
    isSchema(node[keyword]) ? [[node[keyword], `${path}.${keyword}`]] : [],
  );
  return [...named, ...listed, ...single] as [unknown, string][];
}

const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];
const COUNTS = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

const objectAtTheTop: SchemaRule = {
  source: "https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview",
  refuses: (node, { isRoot }) => (isRoot && node.type !== "object" ? "type: Input should be 'object'" : undefined),
};

const noUnionAtTheTop: SchemaRule = {
  source: "https://github.com/anthropics/claude-code/issues/5319, https://github.com/mobile-next/mobile-mcp/issues/344",
  refuses: (node, { isRoot }) =>
    isRoot && (node.anyOf ?? node.oneOf ?? node.allOf) !== undefined
      ? "input_schema does not support oneOf, allOf, or anyOf at the top level"
      : undefined,
};

const draft2020: SchemaRule = {
  source:
    "https://github.com/anthropics/claude-code/issues/586, https://github.com/MarkusPfundstein/mcp-gsuite/pull/34",
  refuses(node) {
    const invalid = "JSON schema is invalid. It must match JSON Schema draft 2020-12";
    const types = Array.isArray(node.type) ? node.type : node.type === undefined ? [] : [node.type];
    if (types.some((type) => !TYPES.includes(type as string))) return invalid;
    if (Array.isArray(node.items)) return invalid;
    if (node.required !== undefined && !Array.isArray(node.required)) return invalid;
    if (node.properties !== undefined && !isSchema(node.properties)) return invalid;
    if (node.enum !== undefined && !Array.isArray(node.enum)) return invalid;
    if (["exclusiveMinimum", "exclusiveMaximum"].some((name) => typeof node[name] === "boolean")) return invalid;
    if (COUNTS.some((name) => node[name] !== undefined && !Number.isInteger(node[name]))) return invalid;
    if (["anyOf", "oneOf", "allOf"].some((name) => Array.isArray(node[name]) && (node[name] as []).length === 0))
      return invalid;
    return undefined;
  },
};

const localReferences: SchemaRule = {
  source: "assumed: no report was found, but a schema cannot be checked without the document it refers to",
  refuses: ({ $ref }) =>
    typeof $ref === "string" && !/^#\/(?:\$defs|definitions)\//.test($ref)
      ? `JSON schema is invalid: cannot resolve ${$ref}`
      : undefined,
};

export const ANTHROPIC_RULES: SchemaRule[] = [
  objectAtTheTop,
  noUnionAtTheTop,
  draft2020,
  localReferences,
  {
    source:
      "https://github.com/ComposioHQ/composio/issues/3500, https://github.com/beautyfree/appstore-connect-mcp/issues/2",
    refuses(node) {
      const keys = isSchema(node.properties) ? Object.keys(node.properties) : [];
      const wrong = keys.find((key) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(key));
      return wrong === undefined ? undefined : "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'";
    },
  },
];

export const OPENAI_RULES: SchemaRule[] = [
  {
    source: "https://github.com/langchain-ai/langchainjs/issues/9804",
    refuses(node, { isRoot }) {
      if (!isRoot) return undefined;
      if (node.type !== "object") return "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.";
      const wrong = ["oneOf", "anyOf", "allOf", "enum", "not"].find((name) => node[name] !== undefined);
      return wrong
        ? "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
        : undefined;
    },
  },
  {
    source: "https://github.com/bnb-chain/bnbchain-mcp/issues/68",
    refuses: (node, { isRoot }) =>
      isRoot && !isSchema(node.properties) ? "object schema missing properties" : undefined,
  },
  {
    source: "https://github.com/spacelift-io/spacectl/issues/402",
    refuses: (node) =>
      [node.type].flat().includes("array") && node.items === undefined ? "array schema missing items" : undefined,
  },
  {
    source: "assumed from the service's words for other patterns: `… is not a 'regex'`",
    refuses: ({ pattern }) =>
      typeof pattern === "string" && /\(\?[=!<]/.test(pattern) ? `'${pattern}' is not a 'regex'` : undefined,
  },
  {
    source: "assumed from JSON Schema's meta-schema, in the service's words for short lists",
    refuses: (node) => (Array.isArray(node.enum) && node.enum.length === 0 ? "[] is too short" : undefined),
  },
  draft2020,
];

/** Further demands on a tool that is not marked as `strict: false`; the Responses API is strict by default. */
export const OPENAI_STRICT_RULES: SchemaRule[] = [
  {
    source: "https://platform.openai.com/docs/guides/structured-outputs#supported-schemas",
    refuses(node) {
      if (node.type !== "object") return undefined;
      if (node.additionalProperties !== false)
        return "'additionalProperties' is required to be supplied and to be false.";
      const required = Array.isArray(node.required) ? node.required : [];
      const missing = Object.keys(isSchema(node.properties) ? node.properties : {}).find(
        (key) => !required.includes(key),
      );
      return missing === undefined
        ? undefined
        : `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    },
  },
];

const GOOGLE_FIELDS = new Set(
  "type,format,title,description,nullable,enum,maxItems,minItems,properties,required,minProperties,maxProperties,minLength,maxLength,pattern,example,anyOf,propertyOrdering,default,items,minimum,maximum".split(
    ",",
  ),
);

export const GOOGLE_RULES: SchemaRule[] = [
  {
    source: "https://ai.google.dev/api/caching#Schema, https://github.com/nanbingxyz/5ire/issues/42",
    refuses(node) {
      const unknown = Object.keys(node).find((name) => !GOOGLE_FIELDS.has(name));
      return unknown === undefined ? undefined : `Unknown name "${unknown}": Cannot find field.`;
    },
  },
  {
    source: "https://github.com/danny-avila/LibreChat/issues/6971",
    refuses: (node) =>
      node.type === undefined && node.anyOf === undefined
        ? "type: must be specified when not using one_of, any_of or all_of fields"
        : undefined,
  },
  {
    source: "https://github.com/anomalyco/opencode/pull/49392",
    refuses(node) {
      if (node.anyOf !== undefined && Object.keys(node).length > 1)
        return "when using any_of, it must be the only field set";
      if (node.properties !== undefined && node.type !== "object") return "properties: only allowed for OBJECT type";
      return node.items !== undefined && node.type !== "array"
        ? "items: field predicate failed: $type == Type.ARRAY"
        : undefined;
    },
  },
  {
    source: "https://github.com/kkrishnan90/gemini-desktop/pull/7",
    refuses: (node) => (node.type === "array" && !isSchema(node.items) ? "items: missing field." : undefined),
  },
  {
    source: "https://github.com/Kilo-Org/kilocode/pull/11955",
    refuses(node) {
      const keys = isSchema(node.properties) ? Object.keys(node.properties) : [];
      const required = Array.isArray(node.required) ? node.required : [];
      const unknown = required.findIndex((name) => !keys.includes(name as string));
      return unknown < 0 ? undefined : `required[${unknown}]: property is not defined`;
    },
  },
  {
    source: "https://github.com/decolua/9router/issues/359, https://github.com/Bobsilvio/ha-claude/pull/32",
    refuses(node) {
      if (!Array.isArray(node.enum)) return undefined;
      if (node.type !== "string") return "enum: only allowed for STRING type";
      const empty = node.enum.indexOf("");
      return empty < 0 ? undefined : `enum[${empty}]: cannot be empty`;
    },
  },
  {
    source: "https://ai.google.dev/api/caching#Schema",
    refuses: (node) =>
      node.type === "string" && node.format !== undefined && !["enum", "date-time"].includes(node.format as string)
        ? "format: only 'enum' and 'date-time' are supported for STRING type"
        : undefined,
  },
  {
    source: "assumed: Google names no number for the depth that it accepts",
    refuses: (_, { depth }) => (depth > 20 ? "reached the maximum allowed nesting depth" : undefined),
  },
];

export const BEDROCK_RULES: SchemaRule[] = [
  {
    source: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolInputSchema.html",
    refuses: (node, { isRoot }) =>
      isRoot && node.type !== "object"
        ? "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object."
        : undefined,
  },
  ...ANTHROPIC_RULES,
];
