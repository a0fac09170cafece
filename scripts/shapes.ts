/** `npm run shapes`: what the HTTP API answers, as JSON Schema made from the types; its description shows it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGenerator } from "ts-json-schema-generator";

const PLACE = "server/http/v1";

/** The schema of `Answers` and of every shape in it by its name, with references as a description of an API has them: the text of a file. */
export function shapesOf(checkout: string): string {
  const generator = createGenerator({
    path: join(checkout, PLACE, "answers.ts"),
    tsconfig: join(checkout, "tsconfig.json"),
    type: "Answers",
    // Types are checked elsewhere.
    skipTypeCheck: true,
    expose: "export",
    topRef: true,
    jsDoc: "extended",
    // Later versions may say more, and programs are to stand it.
    additionalProperties: true,
  });
  const { definitions } = generator.createSchema("Answers");
  return `${JSON.stringify(named(definitions), null, 1)}\n`;
}

/** `Page<Tree>` is no name that may stand in an address: `Page.Tree` is. */
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

/** Of a tuple: the generator writes an older draft of JSON Schema than OpenAPI 3.1 is written in. */
function withPrefixItems(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("items" in value) || !Array.isArray(value.items)) return value;
  const { items, ...rest } = value;
  return { ...rest, prefixItems: items };
}

export function main(): void {
  writeFileSync(join(process.cwd(), PLACE, "shapes.json"), shapesOf(process.cwd()));
}
