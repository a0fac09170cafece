/** The generated files of a service, and the facts that templates of its blueprint ask for. */
import { type Blueprint, type BlueprintPart, TRAITS } from "./blueprints/blueprints";
import type { ServiceModel } from "./model/model";
import { usesPageSize } from "./text/lists";
import { migrationFiles } from "./text/migrations";
import { operationsFile, unwrittenFile } from "./text/operations";
import { pagesFile, pagesTest } from "./text/pages";
import { resourceFile } from "./text/resources";
import { answersTest, resourceTest, TEST_KEY } from "./text/tests";
import { typesFile } from "./text/types";

/** Where a service keeps its database when nobody says otherwise. */
const DATABASE = "data/service.db";

export type Facts = Record<string, unknown>;

/** Returns what templates and the conditions of files may ask for. `model` null: the service has no document. */
export function factsOf(
  model: ServiceModel | null,
  blueprint: Pick<Blueprint, "code" | "reaches" | "traits">,
  parts: readonly BlueprintPart[],
  code: ReadonlyMap<string, string>,
): Facts {
  const traits = new Set([blueprint, ...parts].flatMap((one) => one.traits));
  return {
    ...Object.fromEntries(TRAITS.map((trait) => [trait, traits.has(trait)])),
    parts: parts.map(({ name }) => name),
    base: model?.base ?? "",
    database_default: DATABASE,
    document: model !== null,
    error_schemas: model?.hasErrorSchemas ?? false,
    helpers: helpersIn(code),
    is_old: model?.isOld ?? false,
    /** Whether callers show one of the service's own keys. */
    keys: (model?.isSecured ?? false) && !traits.has("checks_tokens"),
    pages: blueprint.code === "openapi-typescript-pages",
    paged: model !== null && usesPageSize(model),
    reaches: [...new Set([blueprint, ...parts].flatMap((one) => one.reaches))],
    /** Whether several processes can run at once. */
    scales:
      traits.has("keeps_nothing") ||
      parts.some(({ provides, traits: own }) => provides === "storage" && !own.includes("keeps_data")),
    secured: model?.isSecured ?? false,
    storage: parts.some(({ provides }) => provides === "storage"),
    tables: model?.resources.map(({ file }) => file) ?? [],
    stored: model !== null && model.resources.length > 0,
    test_key: TEST_KEY,
    to_write: model !== null && model.unwritten.length > 0,
  };
}

/** Returns the names that the code of resources imports from the file that they share. */
function helpersIn(code: ReadonlyMap<string, string>): string[] {
  const names = [...code.values()].flatMap(
    (text) => /^import \{ ([^}]*) \} from "\.\/items\.ts";$/m.exec(text)?.[1]?.split(", ") ?? [],
  );
  return [...new Set(names)];
}

/** Returns the code that is written from the document, by its path. */
export function codeFiles(
  model: ServiceModel,
  blueprint: Pick<Blueprint, "code">,
  parts: readonly BlueprintPart[],
): Map<string, string> {
  const files = new Map<string, string>();
  files.set("src/api/types.ts", typesFile(model));
  files.set("src/operations.ts", operationsFile(model));
  for (const resource of model.resources) {
    files.set(`src/resources/${resource.file}.ts`, resourceFile(model, resource));
    const test = resourceTest(model, resource);
    if (test !== null) files.set(`test/${resource.file}.test.ts`, test);
  }
  for (const operation of model.unwritten)
    files.set(`src/to-write/${operation.file}.ts`, unwrittenFile(model, operation));
  if (model.unwritten.length > 0) files.set("test/to-write.test.ts", answersTest(model));
  if (blueprint.code === "openapi-typescript-pages") {
    files.set("src/pages/resources.ts", pagesFile(model));
    const test = pagesTest(model);
    if (test !== null) files.set("test/pages.test.ts", test);
  }
  for (const { sql } of parts)
    if (sql !== undefined) for (const [file, text] of migrationFiles(model.resources, sql)) files.set(file, text);
  return files;
}
