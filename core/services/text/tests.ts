/** The tests of a service: each resource is used from its first item to the last, and each operation answers as documented. */
import type { ServiceOperation } from "@/core/services/document/operations";
import { isNode } from "@/core/services/document/parts";
import type { Does, Resource } from "@/core/services/document/resources";
import type { ServiceModel } from "@/core/services/model/model";
import { pathWith, requestOf, type SampleRequest } from "@/core/services/model/requests";
import { commentText, literal, member, part, textLiteral } from "./literals";

/** The key of the tests, which is no secret. */
export const TEST_KEY = "key-of-the-tests";

const IMPORTS = ['import assert from "node:assert/strict";', 'import { test } from "node:test";'];

export function answersTest(model: ServiceModel): string {
  const rows = model.unwritten.map((operation) => {
    const request = requestOf(model, operation, TEST_KEY);
    const url = urlText(model, operation, request, {});
    return `[${textLiteral(operation.key)}, ${injected(request, url)}]`;
  });
  return [
    "/** Operations that are still to write answer with an example that openapi.yaml allows. */",
    'import { test } from "node:test";',
    'import type { InjectOptions } from "fastify";',
    'import { assertDocumented } from "./documented.ts";',
    'import { startedApp } from "./started-app.ts";',
    "",
    `const REQUESTS: [string, InjectOptions][] = [${rows.join(",\n")}];`,
    "",
    'test("operations that are to write answer with an example", async (t) => {',
    "const app = await startedApp(t);",
    "for (const [key, request] of REQUESTS)",
    "await t.test(key, async () => assertDocumented(key, await app.inject(request)));",
    "});",
  ].join("\n");
}

/** Returns null for a resource whose first item cannot be made by a request alone. */
export function resourceTest(model: ServiceModel, resource: Resource): string | null {
  const steps = new Steps(model);
  const id = steps.make(resource);
  if (id === null) return null;
  const made = steps.lines.length;
  for (const kind of ["read", "list", "replace", "patch", "remove"] as const)
    for (const { operation, does } of resource.does)
      if (does.kind === kind && !steps.done.has(operation)) steps.use(resource, operation, does);
  const read = resource.does.find(({ does }) => does.kind === "read");
  const isRemoved = resource.does.some(({ does }) => does.kind === "remove");
  if (read && isRemoved) steps.expectGone(read.operation);
  if (steps.lines.length === made && made === 0) return null;
  return [
    `/** ${commentText(resource.collection).replace(/\.$/, "")}: from the first item to the last. */`,
    ...IMPORTS,
    'import { assertDocumented } from "./documented.ts";',
    'import { startedApp } from "./started-app.ts";',
    "",
    `test("an item of ${resource.file} is ${wordsOf(resource)}", async (t) => {`,
    "const app = await startedApp(t);",
    ...steps.lines,
    "});",
  ].join("\n");
}

function wordsOf({ does }: Resource): string {
  const words = {
    create: "created",
    read: "read",
    list: "listed",
    replace: "replaced",
    patch: "changed",
    remove: "removed",
  };
  const kinds = new Set(does.map(({ does: { kind } }) => kind));
  const all = Object.entries(words).flatMap(([kind, word]) => (kinds.has(kind as Does["kind"]) ? [word] : []));
  const [last, ...rest] = all.reverse();
  return rest.length === 0 ? String(last) : `${rest.reverse().join(", ")} and ${last}`;
}

function urlText(
  model: ServiceModel,
  operation: ServiceOperation,
  request: SampleRequest,
  ids: Record<string, string>,
): string {
  const path = pathWith(operation, (name) => ids[name] ?? encodeURIComponent(request.params[name] ?? ""));
  const text = `${model.base}${path}${request.search}`;
  return Object.keys(ids).length > 0 && /\$\{/.test(text) ? `\`${text.replaceAll("`", "%60")}\`` : textLiteral(text);
}

function injected({ method, headers, body }: SampleRequest, url: string, payload = literal(body)): string {
  const parts = [`method: ${textLiteral(method)}`, `url: ${url}`];
  if (Object.keys(headers).length > 0) parts.push(`headers: ${literal(headers)}`);
  if (body !== undefined)
    parts.push(`payload: ${isJsonText(headers, body) ? textLiteral(JSON.stringify(body)) : payload}`);
  return `{ ${parts.join(", ")} }`;
}

/** Only objects and lists are sent as JSON by themselves. */
function isJsonText(headers: Record<string, string>, body: unknown): boolean {
  return /json/.test(headers["content-type"] ?? "") && (typeof body !== "object" || body === null);
}

const MOST_DEPTH = 4;

/** The lines of one test, which remember the ids of what they made. */
class Steps {
  readonly lines: string[] = [];
  readonly done = new Set<ServiceOperation>();
  private readonly made = new Map<Resource, string>();
  private readonly names = new Set<string>();

  constructor(private readonly model: ServiceModel) {}

  /** Adds the lines that make an item, after those that it belongs to. Returns the expression of its id; null: it cannot be made. */
  make(resource: Resource, depth = 0): string | null {
    const known = this.made.get(resource);
    if (known !== undefined) return known;
    if (depth > MOST_DEPTH || (resource.parent !== null && this.make(resource.parent, depth + 1) === null)) return null;
    for (const { resource: to } of resource.references) {
      const target = this.model.resources.find(({ file }) => file === to);
      if (target && target !== resource && this.make(target, depth + 1) === null) return null;
    }
    const create = resource.does.find(({ does }) => does.kind === "create");
    const way = create ?? resource.does.find(({ does }) => does.kind === "replace");
    if (!way || (create && !create.does) || resource.parents.length > ancestorsOf(resource)) return null;
    const request = requestOf(this.model, way.operation, TEST_KEY);
    const answer = this.freeName(create ? "created" : "put");
    const id = create ? idText(resource, way.does, request, answer) : textLiteral(request.params[resource.key] ?? "");
    if (id === null) return null;
    this.send(resource, way.operation, request, answer);
    const name = this.freeName(`${resource.type.charAt(0).toLowerCase()}${resource.type.slice(1)}Id`);
    this.lines.push(`const ${name} = ${id};`);
    this.made.set(resource, name);
    return name;
  }

  use(resource: Resource, operation: ServiceOperation, does: Does): void {
    const answer = this.freeName(
      { read: "read", list: "listed", replace: "replaced", patch: "changed", remove: "removed", create: "created" }[
        does.kind
      ],
    );
    this.send(resource, operation, requestOf(this.model, operation, TEST_KEY), answer);
  }

  expectGone(operation: ServiceOperation): void {
    const request = requestOf(this.model, operation, TEST_KEY);
    this.lines.push(
      `const gone = await app.inject(${injected(request, this.url(operation, request))});`,
      "assert.equal(gone.statusCode, 404);",
    );
  }

  private send(resource: Resource, operation: ServiceOperation, request: SampleRequest, answer: string): void {
    const payload = isNode(request.body) ? this.payloadText(resource, request.body) : literal(request.body);
    this.lines.push(
      `const ${answer} = await app.inject(${injected(request, this.url(operation, request), payload)});`,
      `assert.equal(${answer}.statusCode, ${operation.answer.status}, ${answer}.body);`,
      `assertDocumented(${textLiteral(operation.key)}, ${answer});`,
    );
    this.done.add(operation);
  }

  private url(operation: ServiceOperation, request: SampleRequest): string {
    const ids: Record<string, string> = {};
    for (const [resource, name] of this.made)
      if (operation.path === resource.item || operation.path.startsWith(`${resource.item}/`))
        ids[resource.key] = `\${${name}}`;
    return urlText(this.model, operation, request, ids);
  }

  /** References name what was made before. */
  private payloadText(resource: Resource, body: Record<string, unknown>): string {
    const parts = Object.entries(body).map(([property, value]) => {
      const to = resource.references.find((one) => one.property === property)?.resource;
      const target = this.model.resources.find(({ file }) => file === to);
      return part(property, (target && this.made.get(target)) ?? literal(value));
    });
    return `{ ${parts.join(", ")} }`;
  }

  private freeName(name: string): string {
    let free = name;
    for (let number = 2; this.names.has(free); number += 1) free = `${name}${number}`;
    this.names.add(free);
    return free;
  }
}

function ancestorsOf({ parent }: Resource): number {
  return parent === null ? 0 : 1 + ancestorsOf(parent);
}

/** Returns where a test reads the id of what was created; null: the answer does not show it. */
function idText({ id }: Resource, does: Does, request: SampleRequest, answer: string): string | null {
  if (id === null || does.kind !== "create") return null;
  const { view } = does;
  if (view !== null && (view.only === null || view.only.includes(id.property))) {
    const body = `${answer}.json()`;
    return member(view.below === null ? body : member(body, view.below), id.property);
  }
  const given = isNode(request.body) ? request.body[id.property] : undefined;
  return does.fields?.includes(id.property) && given !== undefined ? literal(given) : null;
}
