/**
 * Takes from Atlassian's description of Jira's API what its stand-in in the tests validates its traffic with. The package
 * `jira.js` has the description as shapes of zod: install it somewhere (`npm install --prefix FOLDER jira.js`), then run
 * `node scripts/run-ts.mjs scripts/generators/jira-openapi.ts FOLDER`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type ZodType, z } from "zod";

const OUT = "tests/forges/jira-openapi.json";

/** What Banyan asks of Jira: the parameters and the answer as the package calls them. */
const ROUTES: readonly (readonly [route: string, parameters: string, answer: string, status: number])[] = [
  ["GET /rest/api/3/myself", "getCurrentUser", "DashboardUserSchema", 200],
  ["GET /rest/api/3/search/jql", "searchAndReconsileIssuesUsingJql", "SearchAndReconcileResultsSchema", 200],
  ["GET /rest/api/3/issue/{issueIdOrKey}", "getIssue", "IssueSchema", 200],
  ["GET /rest/api/3/issue/{issueIdOrKey}/changelog", "getChangeLogs", "PageChangelogSchema", 200],
  ["GET /rest/api/3/issue/{issueIdOrKey}/comment", "getComments", "PageOfCommentsSchema", 200],
  ["POST /rest/api/3/issue/{issueIdOrKey}/comment", "addComment", "CommentSchema", 201],
  ["GET /rest/api/3/user/permission/search", "findUsersWithAllPermissions", "DashboardUserSchema[]", 200],
];

type Json = Record<string, unknown>;

async function main(folder: string): Promise<void> {
  const root = join(resolve(folder), "node_modules/jira.js");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const load = async (path: string) =>
    (await import(pathToFileURL(join(root, "dist/cloud", path)).href)) as Record<string, ZodType>;
  const models = await load("index.js");
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const [route, parameters, answer, status] of ROUTES) {
    const [method = "", path = ""] = route.split(" ");
    const given = await load(`parameters/${parameters}.js`);
    const shape = given[`${parameters[0]?.toUpperCase()}${parameters.slice(1)}Schema`];
    const fields = Object.entries((take(shape, parameters, schemas).properties ?? {}) as Record<string, Json>);
    const free = fields.filter(([name]) => !path.includes(`{${name}}`));
    const one = models[answer.replace("[]", "")];
    add(one, answer.replace("[]", ""), schemas);
    const ref = { $ref: `#/components/schemas/${answer.replace("[]", "")}` };
    const schema = answer.endsWith("[]") ? { type: "array", items: ref } : ref;
    const operation = {
      parameters: method === "POST" ? [] : free.map(([name, inner]) => ({ name, in: "query", schema: inQuery(inner) })),
      ...(method === "POST" && { requestBody: { content: { "application/json": { schema: bodyOf(free) } } } }),
      responses: { [status]: { content: { "application/json": { schema } } } },
    };
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  const document = {
    openapi: "3.0.3",
    info: { title: "Jira Cloud, in part", version: "3", description: `jira.js ${version}, MIT, Vladislav Tupikin` },
    paths,
    components: { schemas },
  };
  writeFileSync(OUT, `${JSON.stringify(document)}\n`);
}

/** Returns JSON Schema of a shape; what it refers to is added to the schemas under its name. */
function take(shape: ZodType | undefined, name: string, schemas: Json): Json {
  if (shape === undefined) throw new Error(`The package has no ${name}.`);
  const whole = z.toJSONSchema(shape, { unrepresentable: "any", io: "input" }) as Json;
  const {
    $schema: _,
    $defs,
    ...schema
  } = JSON.parse(
    JSON.stringify(whole)
      .replaceAll('"#/$defs/', `"#/components/schemas/${name}.`)
      .replaceAll('"$ref":"#"', `"$ref":"#/components/schemas/${name}"`),
  ) as Json;
  for (const [inner, part] of Object.entries(($defs ?? {}) as Json)) schemas[`${name}.${inner}`] = part;
  return schema;
}

function add(shape: ZodType | undefined, name: string, schemas: Json): void {
  schemas[name] ??= take(shape, name, schemas);
}

/** A list in an address is one text. */
function inQuery(schema: Json): Json {
  return schema.type === "array" || "anyOf" in schema ? { type: "string" } : schema;
}

function bodyOf(fields: readonly (readonly [string, Json])[]): Json {
  return { type: "object", properties: Object.fromEntries(fields), additionalProperties: false };
}

await main(process.argv.at(-1) ?? "");
