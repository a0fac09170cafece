/**
 * Takes from Gitea's own description of its API what its stand-in in the tests validates its traffic with. The package
 * `gitea-js` has the description as types: unpack it somewhere (`npm pack gitea-js`), then run
 * `node scripts/run-ts.mjs scripts/generators/gitea-openapi.ts FOLDER`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGenerator } from "ts-json-schema-generator";

const OUT = "tests/forges/gitea-openapi.json";

/** What Banyan asks of Gitea, and the status of the answer, which types do not say. */
const ROUTES: readonly (readonly [route: string, status: number])[] = [
  ["GET /user", 200],
  ["GET /repos/{owner}/{repo}", 200],
  ["GET /repos/{owner}/{repo}/issues", 200],
  ["GET /repos/{owner}/{repo}/issues/comments", 200],
  ["GET /repos/{owner}/{repo}/issues/{index}", 200],
  ["GET /repos/{owner}/{repo}/issues/{index}/timeline", 200],
  ["GET /repos/{owner}/{repo}/issues/{index}/comments", 200],
  ["POST /repos/{owner}/{repo}/issues/{index}/comments", 201],
  ["POST /repos/{owner}/{repo}/issues/{index}/labels", 200],
  ["GET /repos/{owner}/{repo}/labels", 200],
  ["POST /repos/{owner}/{repo}/labels", 201],
  ["GET /repos/{owner}/{repo}/collaborators/{collaborator}/permission", 200],
  ["GET /repos/{owner}/{repo}/pulls", 200],
  ["POST /repos/{owner}/{repo}/pulls", 201],
  ["GET /repos/{owner}/{repo}/pulls/{index}", 200],
  ["PATCH /repos/{owner}/{repo}/pulls/{index}", 201],
  ["POST /repos/{owner}/{repo}/pulls/{index}/merge", 200],
  ["POST /repos/{owner}/{repo}/pulls/{index}/requested_reviewers", 201],
  ["GET /repos/{owner}/{repo}/pulls/{index}/reviews", 200],
  ["GET /repos/{owner}/{repo}/pulls/{index}/reviews/{id}/comments", 200],
  ["GET /repos/{owner}/{repo}/commits", 200],
  ["GET /repos/{owner}/{repo}/commits/{ref}/status", 200],
];

type Json = Record<string, unknown>;

function main(folder: string): void {
  const types = readFileSync(join(folder, "dist", "index.d.ts"), "utf8");
  const [, version = ""] = types.match(/@title Gitea API\n \* @version (\S+)/) ?? [];
  const { version: ofPackage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const schemas = schemasOf(types);
  const paths: Record<string, Json> = {};
  for (const [route, status] of ROUTES) {
    const [method = "", path = ""] = route.split(" ");
    const { query, body, answer } = partsOf(schemas, route);
    const operation = {
      parameters: Object.entries((query?.properties ?? {}) as Json).map(([name, schema]) => ({
        name,
        in: "query",
        schema,
      })),
      ...(body && { requestBody: { content: { "application/json": { schema: body } } } }),
      responses: { [status]: answer ? { content: { "application/json": { schema: answer } } } : {} },
    };
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  const needed: Json = {};
  take(paths, schemas, needed);
  const document = {
    openapi: "3.0.3",
    info: {
      title: "Gitea, in part",
      version,
      description: `gitea-js ${ofPackage}, MIT, Copyright (c) 2022 Anbraten; made of Gitea's description, MIT, Copyright (c) The Gitea Authors`,
    },
    paths,
    components: { schemas: needed },
  };
  writeFileSync(OUT, `${JSON.stringify(document)}\n`);
}

/** Returns JSON Schema of each type, and of each route as an object with its query, its body and its answer. */
function schemasOf(types: string): Record<string, Json> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-gitea-"));
  try {
    const path = join(folder, "types.ts");
    const plain = types.slice(0, types.indexOf("type QueryParamsType"));
    writeFileSync(path, [plain, ...ROUTES.map(([route], at) => typeOf(types, route, at))].join("\n"));
    const generator = createGenerator({ path, skipTypeCheck: true, expose: "all", topRef: true, jsDoc: "none" });
    const all = ROUTES.map((_, at) => generator.createSchema(`Route${at}`).definitions ?? {});
    const text = JSON.stringify(Object.assign({}, ...all)).replaceAll("#/definitions/", "#/components/schemas/");
    return JSON.parse(text) as Record<string, Json>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the type of a route: what its method in the package takes and gives. */
function typeOf(types: string, route: string, at: number): string {
  const begin = types.indexOf(`@request ${route.replace(" ", ":")}\n`);
  if (begin === -1) throw new Error(`The package has no ${route}.`);
  const [method = ""] = types.slice(begin).split(/, (?:any|APIError)>>;/, 1);
  const [, query = "{}"] = method.match(/query\?: (\{[\s\S]*\n {8}\})/) ?? [];
  const [, body] = method.match(/ body: (\w+),/) ?? [];
  const [, answer] = method.match(/HttpResponse<([\s\S]+)$/) ?? [];
  const parts = [
    `query: ${query}`,
    ...(body ? [`body: ${body}`] : []),
    ...(answer === "any" ? [] : [`answer: ${answer}`]),
  ];
  return `export interface Route${at} { ${parts.join("; ")} }`;
}

function partsOf(schemas: Record<string, Json>, route: string): Record<"query" | "body" | "answer", Json | undefined> {
  const at = ROUTES.findIndex(([one]) => one === route);
  return schemas[`Route${at}`]?.properties as ReturnType<typeof partsOf>;
}

/** Copies each schema that the value refers to, and those that these refer to. */
function take(value: unknown, schemas: Record<string, Json>, needed: Json): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name !== "$ref" || typeof inner !== "string") take(inner, schemas, needed);
    else {
      const key = decodeURIComponent(inner.slice("#/components/schemas/".length));
      if (Object.hasOwn(needed, key)) continue;
      needed[key] = schemas[key];
      take(schemas[key], schemas, needed);
    }
  }
}

main(process.argv.at(-1) ?? "");
