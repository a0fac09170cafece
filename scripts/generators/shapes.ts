/** `npm run shapes`: writes JSON Schema for the answers of the HTTP API, generated from the types, for the API's description. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGenerator } from "ts-json-schema-generator";

const PLACE = "server/http/v1";

/**
 * Returns the file's text: schemas of `Answers` and of every shape in it and in `Results` by name, with references in
 * OpenAPI's form.
 */
export function shapesOf(checkout: string): string {
  const generator = createGenerator({
    path: join(checkout, PLACE, "answers.ts"),
    tsconfig: join(checkout, "tsconfig.json"),
    // The type check is a separate step of the tests.
    skipTypeCheck: true,
    expose: "export",
    topRef: true,
    jsDoc: "extended",
    // Later versions may add fields, which clients must accept.
    additionalProperties: true,
  });
  const { OperationShapes: _, ...shapes } = generator.createSchema("OperationShapes").definitions ?? {};
  const definitions = { ...shapes, ...generator.createSchema("Answers").definitions };
  return `${JSON.stringify(named(definitions), null, 1)}\n`;
}

/** Renames shapes for use in a reference: `Page<Tree>` becomes `Page.Tree`. */
function named(definitions: unknown): unknown {
  const plain = (name: string) =>
    decodeURIComponent(name)
      .replace(/[^A-Za-z0-9._-]+/g, ".")
      .replace(/\.+$/, "");
  const renamed = JSON.stringify(definitions, withPrefixItems).replace(
    /"#\/definitions\/([^"]+)"/g,
    (_, name: string) => `"#/components/schemas/${plain(name)}"`,
  );
  return Object.fromEntries(Object.entries(JSON.parse(renamed)).map(([name, shape]) => [plain(name), shape]));
}

/** Converts a tuple's `items` to `prefixItems`: the generator writes an older draft of JSON Schema than OpenAPI 3.1 uses. */
function withPrefixItems(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("items" in value) || !Array.isArray(value.items)) return value;
  const { items, ...rest } = value;
  return { ...rest, prefixItems: items };
}

export function main(): void {
  writeFileSync(join(process.cwd(), PLACE, "shapes.json"), shapesOf(process.cwd()));
}
