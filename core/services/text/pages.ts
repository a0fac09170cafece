/** The pages of a service as data that its own code shows, and their test. */
import { sampleOf } from "@/core/services/document/samples";
import { objectOf, schemaOf } from "@/core/services/document/schemas";
import type { ServiceModel } from "@/core/services/model/model";
import { type PageForm, pagesBase, pagesOf, type ResourcePages } from "@/core/services/model/pages";
import { literal, textLiteral } from "./literals";

export function pagesFile(model: ServiceModel): string {
  return [
    "/** What the pages show of each resource. */",
    'import type { ResourcePages } from "./resource.ts";',
    "",
    `export const TITLE = ${textLiteral(model.title)};`,
    "",
    "/** The path below which all pages are. */",
    `export const BASE = ${textLiteral(pagesBase(model))};`,
    "",
    `export const RESOURCES: ResourcePages[] = ${literal(pagesOf(model))};`,
  ].join("\n");
}

/** Returns null when no form can be filled without items that are there already. */
export function pagesTest(model: ServiceModel): string | null {
  const found = pagesOf(model).find(({ create, columns }) => create && canFill(create) && columns.length > 0);
  const form = found?.create;
  if (!found || !form) return null;
  const filled = sampleForm(model, found, form);
  return [
    `/** The pages of ${found.name}, as a browser uses them. */`,
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    'import { BASE } from "../src/pages/resources.ts";',
    'import { startedApp } from "./started-app.ts";',
    "",
    `const FORM = new URLSearchParams(${literal(filled)}).toString();`,
    'const HEADERS = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" };',
    "",
    `test("an item of ${found.name} is created, listed${found.change ? ", changed" : ""}${found.canRemove ? " and removed" : ""} by forms", async (t) => {`,
    "const app = await startedApp(t);",
    `const place = \`\${BASE}/${found.name}\`;`,
    'const post = (url: string) => app.inject({ method: "POST", url, payload: FORM, headers: HEADERS });',
    "const page = async (url: string) => (await app.inject(url)).body;",
    `assert.match(await page(BASE), /href="[^"]*\\/${found.name}"/);`,
    `assert.match(await page(\`\${place}/new\`), /<form method="post"/);`,
    "const created = await post(place);",
    "assert.equal(created.statusCode, 303, created.body);",
    "const item = String(created.headers.location);",
    `assert.ok((await page(place)).includes(\`href="\${item}"\`));`,
    ...(found.change
      ? ["const changed = await post(item);", "assert.equal(changed.statusCode, 303, changed.body);"]
      : []),
    ...(found.canRemove
      ? [
          `assert.equal((await post(\`\${item}/remove\`)).statusCode, 303);`,
          "assert.equal((await app.inject(item)).statusCode, 404);",
        ]
      : ["assert.equal((await app.inject(item)).statusCode, 200);"]),
    "});",
    "",
    'test("a form of another site is refused", async (t) => {',
    "const app = await startedApp(t);",
    'const headers = { ...HEADERS, "sec-fetch-site": "cross-site" };',
    `const answer = await app.inject({ method: "POST", url: \`\${BASE}/${found.name}\`, payload: FORM, headers });`,
    "assert.equal(answer.statusCode, 403);",
    "});",
  ].join("\n");
}

function canFill({ fields }: PageForm): boolean {
  return fields.every(({ isRequired, refers }) => !isRequired || refers === undefined);
}

/** Returns what a person could enter, by the names of the fields. */
function sampleForm(model: ServiceModel, { name }: ResourcePages, { fields }: PageForm): Record<string, string> {
  const resource = model.resources.find(({ file }) => file === name);
  const create = resource?.does.find(({ does }) => does.kind === "create");
  const media = create?.operation.body?.media.find(({ type }) => /json/.test(type));
  const properties = objectOf(model.document, media?.schema)?.properties;
  return Object.fromEntries(
    fields
      .filter(({ refers }) => refers === undefined)
      .map((field) => {
        const value = sampleOf(model.document, schemaOf(model.document, properties?.get(field.name)), "request");
        return [field.name, entered(field.kind, value)];
      }),
  );
}

function entered(kind: PageForm["fields"][number]["kind"], value: unknown): string {
  if (kind === "json") return JSON.stringify(value);
  if (kind === "time") return String(value).slice(0, "2026-01-01T00:00".length);
  return value === null ? "" : String(value);
}
