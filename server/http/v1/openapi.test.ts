/** Checks the OpenAPI description against the API: it has every route, and the answers match their schemas. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { writeWhole } from "@/agents/archives/names";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { Review, Tree } from "@/core/shapes/shapes";
import { WEBHOOK_EVENTS, type WebhookBody } from "@/core/shapes/webhooks";
import { isSentence, undescribedIn } from "@/server/testing/undescribed";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";
import { putGateRuns } from "@/tests/put-gate-runs";
import { type ApiAnswer, handleApi, ROUTE_LIST } from "./handle";
import requests from "./requests/shapes.json" with { type: "json" };

type Json = Record<string, unknown>;
/** Each schema is compiled once, as it is: to put it into all that refer to it, and to make the code quicker, took ten times as long. */
const COMPILED = { strict: false, allErrors: true, inlineRefs: false, code: { optimize: false } } as const;
interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  parameters: { name: string; in: string; required?: boolean; description?: string }[];
  requestBody?: { required: boolean; content: Json };
  responses: Record<string, { $ref?: string; content: Record<string, { schema: Json }> }>;
}
interface Description extends Json {
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Operation & { requestBody: { content: Record<string, { schema: Json }> } } }>;
  components: { schemas: Record<string, Json>; responses: Record<string, Json> };
}

let trial: Trial;
let ask: (line: string, body?: unknown) => Promise<ApiAnswer>;
let described: Description;
/** The ids for the requests below. */
let ids: { tree: string; task: string; review: string; seq: string; rule: string; trial: string; schedule: string };

beforeAll(async () => {
  const script = agentScript({
    worker: [
      call("write_file", { path: "a.txt", content: "a" }),
      call("flag_for_review", { issue: "Somebody should look at it." }),
      call("propose_document", {
        name: "mcp_docs",
        description: "What agents know about MCP.",
        body: "It is a protocol.",
        why: "Shorter.",
        wait: false,
      }),
      endTask("done"),
    ],
    "*": [endTask("noted")],
  });
  trial = await startTrial({ script });
  ask = (line, body) => {
    const [method = "", address = ""] = line.split(" ");
    const url = new URL(address, "http://localhost/");
    const path = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
    const app = guarded(trial.runtime.application, ownerCalled("anna"));
    return handleApi(app, { method, path, query: url.searchParams, body, headers: { "if-match": "*" } });
  };
  described = (await ask("GET openapi.json")).body as Description;
  await changeAgent(trial, "worker", { tools: ["write_file", "propose_document"] });
  const tree = (await ask("POST trees", { task: "Look", agent: "worker" })).body as Tree;
  const open = async () => ((await ask("GET reviews?open=1")).body as { items: Review[] }).items;
  await trial.ended(tree.id);
  const review = (await open()).find(({ kind }) => kind === "flag");
  const proposal = (await open()).find(({ kind }) => kind === "proposal");
  await ask(`POST reviews/${proposal?.id}/approve`, {});
  const { items } = (await ask("GET trials")).body as { items: { id: string }[] };
  await trial.runtime.store.interventions.add(tree.root_task_id, { rule: "orphan", action: "none", evidence: "e" });
  const output = trial.runtime.store.client.sqlite.prepare(
    "SELECT id FROM messages WHERE tool = 'write_file' ORDER BY id DESC",
  );
  const { rule } = (await ask("POST rules", { tool: "web_fetch", why: "Only looks." })).body as { rule: string };
  const submission = { task: "Look", agent: "worker" };
  const made = (await ask("POST schedules", { cron: "30 2 * * *", zone: "Europe/Berlin", submission })).body;
  const { id: schedule } = made as { id: string };
  await trial.ended(((await ask(`POST schedules/${schedule}/run`)).body as { tree: string }).tree);
  ids = {
    schedule,
    rule,
    tree: tree.id,
    task: tree.root_task_id,
    review: review?.id ?? "",
    trial: items[0]?.id ?? "",
    seq: String(output.pluck().get()),
  };
}, 600_000);

afterAll(() => trial.close());

const everyOperation = () =>
  Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      line: `${method.toUpperCase()} ${path.slice(1)}`,
      operation,
    })),
  );

test("the description is valid OpenAPI and has every route once, with a summary", async () => {
  const verdict = await new Validator().validate(structuredClone(described));
  expect(verdict).toEqual({ valid: true });
  const routes = ROUTE_LIST.flatMap(({ name }) =>
    (name.includes(":unit") ? ["trees", "tasks"] : [""]).map((unit) =>
      name.replace(":unit", unit).replace(":id", "{id}"),
    ),
  );
  const operations = everyOperation();
  expect(operations.map(({ line }) => line).sort()).toEqual(routes.sort());
  for (const { line, operation } of operations)
    expect([line, operation.summary]).toEqual([line, expect.stringMatching(/\.$/)]);
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
});

test("types describe the bodies of routes that exist", () => {
  const names = ROUTE_LIST.map(({ name }) => name);
  expect(Object.keys(requests.Requests.properties).filter((name) => !names.includes(name))).toEqual([]);
});

test("no operation, parameter, schema or answer lacks a description", () => {
  const lacking: string[] = [];
  const want = (what: string, { description = "" }: { description?: unknown }) => {
    if (!isSentence(description)) lacking.push(what);
  };
  const messages = Object.entries(described.webhooks).map(([line, { post }]) => ({ line, operation: post }));
  for (const { line, operation } of [...everyOperation(), ...messages]) {
    want(line, operation);
    for (const parameter of operation.parameters) want(`${line} ${parameter.name}`, parameter);
    for (const [status, answer] of Object.entries(operation.responses))
      if (!answer.$ref) want(`${line} ${status}`, answer as object);
  }
  for (const [name, schema] of Object.entries(described.components.schemas)) want(name, schema);
  for (const [name, answer] of Object.entries(described.components.responses)) want(name, answer);
  expect(lacking).toEqual([]);
});

test("no field of a request, an answer or a message to a webhook lacks a description", () => {
  const { paths, webhooks, components } = described;
  expect([...undescribedIn(paths, ""), ...undescribedIn(webhooks, ""), ...undescribedIn(components, "")]).toEqual([]);
  const { description: _, ...bare } =
    (components.schemas.Tree as { properties: Record<string, Json> }).properties.id ?? {};
  expect(undescribedIn({ anyOf: [{ items: { properties: { id: bare } } }] }, "Tree")).toEqual(["Tree id"]);
});

test("failed requests get answers that their operation describes", async () => {
  const cases: [string, unknown, string, number, string][] = [
    [`GET trees/${ids.tree}?x=1`, undefined, "get /trees/{id}", 400, "unknown-parameter"],
    ["GET trees/zzzz", undefined, "get /trees/{id}", 404, "not-found"],
    ["GET goals?limit=0", undefined, "get /goals", 400, "invalid-request"],
    [`POST rules/${ids.rule}/revoke`, undefined, "post /rules/{id}/revoke", 200, ""],
    [`POST rules/${ids.rule}/revoke`, undefined, "post /rules/{id}/revoke", 409, "conflict"],
  ];
  for (const [line, sent, operation, status, kind] of cases) {
    const answer = (await ask(line, sent)) as { status: number; body: { type?: string } };
    expect([line, answer.status]).toEqual([line, status]);
    const [method = "", path = ""] = operation.split(" ");
    const response = described.paths[path]?.[method]?.responses[status];
    expect([line, response]).toEqual([line, expect.anything()]);
    if (status < 400) continue;
    expect(answer.body.type).toBe(`/problems/${kind}`);
    const named = described.components.responses[response?.$ref?.split("/").at(-1) ?? ""] as {
      content: Record<string, { examples: Json }>;
    };
    expect(Object.keys(named.content["application/problem+json"]?.examples ?? {})).toContain(kind);
  }
  for (const { line, operation } of everyOperation()) {
    const isChange = /^(POST|PUT)/.test(line);
    expect([line, Object.keys(operation.responses)]).toEqual([
      line,
      expect.arrayContaining(["400", "401", "403", "429", ...(isChange ? ["413"] : []), "default"]),
    ]);
    expect([line, "422" in operation.responses]).toEqual([line, line.startsWith("POST")]);
    const needsVersion = operation.parameters.some(({ name }) => name === "If-Match");
    expect([line, "412" in operation.responses, "428" in operation.responses]).toEqual([
      line,
      needsVersion,
      needsVersion,
    ]);
  }
});

test("messages to webhooks match their schemas", () => {
  const ajv = new Ajv2020(COMPILED);
  ajv.addSchema({ $id: "api", components: { schemas: described.components.schemas } });
  const events = [...WEBHOOK_EVENTS, "test"] as const;
  expect(Object.keys(described.webhooks)).toEqual(events);
  for (const event of events) {
    const schema = described.webhooks[event]?.post.requestBody.content["application/json"]?.schema ?? {};
    const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
    const message: WebhookBody = {
      type: event,
      created_at: "2026-01-01T12:00:00.000Z",
      url: "",
      tree: null,
      review: null,
    };
    expect([event, check(message), check({ ...message, type: "other" }), check({ type: event })]).toEqual([
      event,
      true,
      false,
      false,
    ]);
  }
});

test("answers match their schemas and have no undescribed fields", async () => {
  const ajv = new Ajv2020(COMPILED);
  ajv.addSchema({ $id: "api", components: { schemas: strict(described.components.schemas) } });
  const of: Record<string, string> = {
    trees: ids.tree,
    tasks: ids.task,
    messages: ids.seq,
    reviews: ids.review,
    rules: ids.rule,
    trials: ids.trial,
    schedules: ids.schedule,
    reports: "2026-01",
  };
  Object.assign(of, { agents: "worker", documents: "mcp_docs", runbooks: "repository-survey", tools: "write_file" });
  const [gateRun = ""] = putGateRuns(trial.dataDir, 2);
  of["gate-runs"] = gateRun;
  const archive = await trial.runtime.application.commands.archiveTrees({ trees: [ids.tree] }, ownerCalled("anna"));
  mkdirSync(path.join(trial.dataDir, "archives"));
  await writeWhole(archive.read(), path.join(trial.dataDir, "archives", archive.name), { overwrites: false });
  of.archives = archive.name;
  const advice = { kind: "fact", advice: "Close the pool.", trigger: "jest hangs", scope: "everywhere" } as const;
  of.lessons = (await trial.runtime.application.commands.addLesson(advice, ownerCalled("anna"))).id;
  const shop = mkdtempSync(path.join(tmpdir(), "banyan-shop-"));
  onTestFinished(() => rmSync(shop, { recursive: true, force: true }));
  const project = { address: shop, check: "true" };
  of.projects = (await trial.runtime.application.commands.addProject(project, ownerCalled("anna"))).name;
  of.services = of.projects;
  const up = { id: of.projects, variables: { LOG: "all" }, secrets: { KEY: "shop.key" } };
  of.environments = (await trial.runtime.application.commands.bringUpEnvironment(up, ownerCalled("anna"))).id;
  const target = { id: of.projects, name: "production", deploy: "true", hosts: ["api.example.org"] };
  await trial.runtime.application.commands.setTarget(target, ownerCalled("anna"));
  const wanted = { id: of.projects, target: "production" };
  of.promotions = (await trial.runtime.application.commands.promote(wanted, ownerCalled("anna"))).promotion;
  const asked = everyOperation().filter(({ line }) => line.startsWith("GET ") && line !== "GET openapi.json");
  const unanswered: string[] = [];
  for (const { line, operation } of asked) {
    const unit = line.split(/[ /]/)[1] ?? "";
    const needed = operation.parameters.filter((parameter) => parameter.in === "query" && parameter.required);
    const values: Record<string, string> = {
      with: ids.tree,
      days: "30",
      q: "look",
      path: path.resolve("blueprints/rest-api"),
      file: "a.txt",
      cron: "@daily",
    };
    const query = needed.map(({ name }) => `${name}=${values[name]}`).join("&");
    const { status, body } = await ask(`${line.replace("{id}", encodeURIComponent(of[unit] ?? "none"))}?${query}`);
    if (status !== 200) unanswered.push(`${line}: ${JSON.stringify(body)}`);
    else {
      const schema = operation.responses[200]?.content["application/json"]?.schema;
      const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
      const fits = check(JSON.parse(JSON.stringify(body)));
      expect([line, fits, fits ? "" : ajv.errorsText(check.errors), fits ? "" : body]).toEqual([line, true, "", ""]);
    }
  }
  expect(unanswered).toEqual([]);
});

test("a body that does not match its schema gets an error that names the field", async () => {
  for (const { line, operation } of everyOperation()) {
    if (!operation.requestBody) continue;
    const schema = Object.values(operation.requestBody.content)[0] as { schema: Json & { required?: string[] } };
    const isStrict = schema.schema.additionalProperties === false;
    if (!isStrict) continue;
    const address = line.replace("{id}", "none");
    const answer = (await ask(address, { no_such_field: 1 })) as { status: number; body: { detail: string } };
    expect([line, answer.status, answer.body.detail]).toEqual([line, 400, expect.stringMatching(/^"|no_such_field/)]);
    expect(operation.requestBody.required).toBe(
      (schema.schema.required ?? []).length > 0 ||
        /rules$|policy$|webhooks.*change$|caps$|limits$|improvement$|retention$|backups.schedule$|trees$|memory$|lessons.*change$|projects.*change$|evolution$/.test(
          line,
        ),
    );
  }
});

/** Returns the schemas with `additionalProperties: false` on every object. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return "properties" in inner && !("additionalProperties" in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}
