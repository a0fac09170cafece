/** `npm run shapes`: writes JSON Schema for the HTTP API and for the answers of the MCP server, generated from the types. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGenerator } from "ts-json-schema-generator";
import { commonDescription } from "./common-fields";

/** A file of schemas: what it is made from, and where its references point. */
export interface ShapesFile {
  path: string;
  source: string;
  /** The type that names the answers or requests. */
  type: string;
  /** Types whose parts are written too, without themselves. */
  parts: readonly string[];
  references: string;
}

/** The answers of the HTTP API, with references in OpenAPI's form, its requests, and the answers of the tools of the MCP server. */
export const SHAPES_FILES: readonly ShapesFile[] = [
  {
    path: "server/http/v1/shapes.json",
    source: "core/shapes/answers/answers.ts",
    type: "Answers",
    parts: ["OperationShapes"],
    references: "#/components/schemas/",
  },
  {
    path: "server/http/v1/requests/shapes.json",
    source: "server/http/v1/requests/requests.ts",
    type: "Requests",
    parts: [],
    references: "#/types/",
  },
  {
    path: "server/mcp/tools/shapes.json",
    source: "server/mcp/tools/answers.ts",
    type: "McpAnswers",
    parts: [],
    references: "#/$defs/",
  },
];

/** Returns the file's text: schemas of the type that names the answers, and of every shape in it and in the parts, by name. */
export function shapesOf(checkout: string, { source, type, parts, references }: ShapesFile): string {
  const generator = createGenerator({
    path: join(checkout, source),
    tsconfig: join(checkout, "tsconfig.json"),
    // The type check is a separate step of the tests.
    skipTypeCheck: true,
    expose: "export",
    topRef: true,
    jsDoc: "extended",
    // Later versions may add fields, which clients must accept.
    additionalProperties: true,
  });
  const ofParts = parts.map((part) => {
    const { [part]: _, ...shapes } = generator.createSchema(part).definitions ?? {};
    return shapes;
  });
  const definitions = Object.assign({}, ...ofParts, generator.createSchema(type).definitions);
  return `${JSON.stringify(named(definitions, references), null, 1)}\n`;
}

/** Renames shapes for use in a reference: `Page<Tree>` becomes `Page.Tree`. */
function named(definitions: unknown, references: string): unknown {
  const plain = (name: string) =>
    decodeURIComponent(name)
      .replace(/[^A-Za-z0-9._-]+/g, ".")
      .replace(/\.+$/, "");
  const renamed = JSON.stringify(definitions, withPrefixItems).replace(
    /"#\/definitions\/([^"]+)"/g,
    (_, name: string) => `"${references}${plain(name)}"`,
  );
  return Object.fromEntries(
    Object.entries(JSON.parse(renamed, withCommonDescriptions)).map(([name, shape]) => [plain(name), shape]),
  );
}

/** Describes the fields of an object that have no comment and whose name says enough. A reference has its schema's description. */
function withCommonDescriptions(key: string, value: unknown): unknown {
  if (key !== "properties" || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (typeof field !== "object" || field === null || "description" in field || "$ref" in field)
        return [name, field];
      const description = commonDescription(name, canBeNull(field));
      return [name, description === undefined ? field : { ...field, description }];
    }),
  );
}

function canBeNull(field: { type?: unknown; anyOf?: { type?: unknown }[] }): boolean {
  return [field, ...(field.anyOf ?? [])].some(({ type }) => [type].flat().includes("null"));
}

/** Converts a tuple's `items` to `prefixItems`: the generator writes an older draft of JSON Schema than OpenAPI 3.1 uses. */
function withPrefixItems(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("items" in value) || !Array.isArray(value.items)) return value;
  const { items, ...rest } = value;
  return { ...rest, prefixItems: items };
}

export function main(): void {
  for (const file of SHAPES_FILES) writeFileSync(join(process.cwd(), file.path), shapesOf(process.cwd(), file));
}
