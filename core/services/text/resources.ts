/** The code of a resource: what its operations do, as a file of the service. */
import { camelName, singular } from "@/core/services/document/names";
import type { ServiceOperation } from "@/core/services/document/operations";
import type { Does, ItemView, Resource } from "@/core/services/document/resources";
import type { ServiceModel } from "@/core/services/model/model";
import { listBody } from "./lists";
import { commentText, literal, member, part, propertyKey, textLiteral } from "./literals";
import { API, ITEMS, PROBLEM, STORE, TYPES, Uses, type Writing } from "./writing";

const ORDER: Does["kind"][] = ["list", "create", "read", "replace", "patch", "remove"];

/** Two resources may have one type, but each has a name of its own. */
export function factoryName({ name }: Resource): string {
  return `${name}Operations`;
}

export function resourceFile(model: ServiceModel, resource: Resource): string {
  const uses = new Uses();
  const noun = nounOf(resource);
  const writing: Writing = { model, resource, uses, noun, words: wordsOf(resource) };
  const methods = [...resource.does]
    .sort((a, b) => ORDER.indexOf(a.does.kind) - ORDER.indexOf(b.does.kind))
    .map(({ operation, does }) => method(writing, operation, does));
  const first = literal(resource.first);
  const isOwn = resource.parents.length === 0;
  const store = uses.of(STORE, "type Store");
  const own = `${collectionOf(writing, resource)}`;
  const lines = [
    Object.keys(resource.first).length === 0
      ? ""
      : `/** What a new one has that requests need not bring. */\nconst FIRST: Partial<${uses.of(TYPES, `type ${resource.type}`)}> = ${first};`,
    resource.hidden.length === 0
      ? ""
      : `/** Parts that are only written: they are neither stored nor answered. */\nconst HIDDEN = ${literal(resource.hidden)};`,
    `export function ${factoryName(resource)}(store: ${store}) {`,
    isOwn
      ? `const ${resource.name} = ${own};`
      : `const ${resource.name}In = (params: { ${resource.parents.map((name) => `${propertyKey(name)}: unknown`).join("; ")} }) => ${own};`,
    `return { ${methods.join(",\n\n")} };`,
    "}",
  ];
  const header = `/** What is stored at ${commentText(resource.collection)} */`;
  return [header, ...uses.imports(), "", ...lines].join("\n");
}

/** Names that the code of an operation has beside that of its item. */
const LOCAL = new Set(["before", "body", "id", "limit", "page", "params", "query", "store"]);

function nounOf({ name, type }: Resource): string {
  const noun = singular(name);
  const isFree = noun !== name && !LOCAL.has(noun) && camelName(noun, "item") === noun;
  return isFree ? noun : `one${type}`;
}

function wordsOf({ file }: Resource): string {
  return singular(file).replaceAll("-", " ");
}

/** Returns the expression of a resource's collection; `params` is in scope when it belongs to others. */
function collectionOf({ uses }: Writing, resource: Resource, type = resource.type): string {
  const within =
    resource.parents.length === 0
      ? []
      : [`within: within(${resource.parents.map((name) => member("params", name)).join(", ")})`];
  if (resource.parents.length > 0) uses.of(ITEMS, "within");
  const unique = resource.unique.length === 0 ? [] : [`unique: ${literal(resource.unique)}`];
  const options = [...within, ...unique];
  if (type !== "object") uses.of(TYPES, `type ${type}`);
  return `store.collection<${type}>(${textLiteral(resource.file)}${options.length > 0 ? `, { ${options.join(", ")} }` : ""})`;
}

function method(writing: Writing, operation: ServiceOperation, does: Does): string {
  const { uses, resource } = writing;
  const body = bodyOf(writing, operation, does);
  const all = [...parentCheck(writing), ...body].join("\n");
  const needed = ["body", "params", "query"].filter((name) => new RegExp(`\\b${name}\\b(?!:)`).test(all));
  const parts = needed.length === 0 ? "" : `{ ${needed.join(", ")} }: ${uses.of(TYPES, `type ${operation.type}`)}`;
  const own = resource.parents.length === 0 ? "" : `const ${resource.name} = ${resource.name}In(params);\n`;
  const withParams =
    own !== "" && !needed.includes("params")
      ? `{ ${["params", ...needed].join(", ")} }: ${uses.of(TYPES, `type ${operation.type}`)}`
      : parts;
  const comment = commentText(operation.summary || operation.key);
  return `/** ${comment} */\nasync ${operation.name}(${withParams}): Promise<${uses.of(API, "type Answer")}> {\n${own}${all}\n}`;
}

/** Items of an item that is not there are not there either. */
function parentCheck(writing: Writing): string[] {
  const { parent } = writing.resource;
  if (parent === null) return [];
  writing.uses.of(ITEMS, "itemIn");
  const collection = collectionOf(writing, { ...parent, unique: [] }, "object");
  return [`await itemIn(${collection}, ${keyText(parent)}, ${textLiteral(wordsOf(parent))});`];
}

function keyText({ key }: Resource): string {
  return `String(${member("params", key)})`;
}

function bodyOf(writing: Writing, operation: ServiceOperation, does: Does): string[] {
  switch (does.kind) {
    case "list":
      return listBody(writing, operation, does);
    case "create":
      return createBody(writing, operation, does);
    case "read":
      return [`return { status: ${operation.answer.status}, body: ${shownAs(writing, found(writing), does.view)} };`];
    case "replace":
    case "patch":
      return changeBody(writing, operation, does);
    case "remove":
      return removeBody(writing, operation, does);
    default:
      return does satisfies never;
  }
}

function found({ uses, resource, words }: Writing): string {
  uses.of(ITEMS, "itemIn");
  return `await itemIn(${resource.name}, ${keyText(resource)}, ${textLiteral(words)})`;
}

function shownAs({ uses, resource }: Writing, item: string, { only, below }: ItemView): string {
  const shown = only === null ? item : `${uses.of(ITEMS, "pick")}<${resource.type}>(${item}, ${literal(only)})`;
  return below === null ? shown : `{ ${part(below, shown)} }`;
}

type Writes = Extract<Does, { kind: "create" | "replace" | "patch" }>;

/** Returns what a request sets of an item. */
function sent({ uses, resource }: Writing, { fields }: Writes): string {
  uses.of(TYPES, `type ${resource.type}`);
  if (fields === null) return "...body";
  if (fields.length === 0) return "";
  const picked = `${uses.of(ITEMS, "pick")}<${resource.type}>(body, ${literal(fields)})`;
  const isHiding = resource.hidden.some(([first]) => first !== undefined && fields.includes(first));
  const kept = isHiding ? `${uses.of(ITEMS, "without")}(${picked}, HIDDEN)` : picked;
  const instants = resource.instants.filter((name) => fields.includes(name));
  return instants.length === 0 ? `...${kept}` : `...${uses.of(ITEMS, "asInstants")}(${kept}, ${literal(instants)})`;
}

function bodyNeeded({ uses }: Writing, { needsBody }: Writes): string[] {
  if (!needsBody) return [];
  uses.of(PROBLEM, "Problem");
  return ['if (body === undefined) throw new Problem(400, "The request needs a body.");'];
}

function createBody(writing: Writing, { answer }: ServiceOperation, does: Writes): string[] {
  const { resource, uses, noun } = writing;
  const { id, name, type } = resource;
  if (id === null) return [];
  const made = id.isNumber ? `await ${name}.nextNumber()` : `${uses.of("node:crypto", "randomUUID")}()`;
  const given = does.fields?.includes(id.property) ? `${member("body", id.property).replace(/^body/, "body?")}` : null;
  const parts = [
    Object.keys(resource.first).length > 0 ? "...FIRST" : "",
    sent(writing, does),
    part(id.property, "id"),
    ...timesText(writing, [...resource.created, ...resource.changed]),
  ];
  return [
    ...bodyNeeded(writing, does),
    ...referenceChecks(writing, does),
    `const id = ${given === null ? made : `${optional(given)} ?? ${given.includes("[") ? `(${made})` : made}`};`,
    `const ${noun} = { ${parts.filter(Boolean).join(", ")} } as ${type};`,
    `await ${uses.of(ITEMS, "keep")}(${name}.insert(id, ${noun}));`,
    answerText(writing, answer.status, noun, does.view),
  ];
}

/** `body?.id` and `body?["my-id"]` as code. */
function optional(text: string): string {
  return text.replace("body?[", "body?.[");
}

function timesText({ uses }: Writing, names: string[]): string[] {
  return names.map((name) => `${propertyKey(name)}: ${uses.of(ITEMS, "now")}()`);
}

function answerText(writing: Writing, status: number, item: string, view: ItemView | null): string {
  return `return { status: ${status}${view === null ? "" : `, body: ${shownAs(writing, item, view)}`} };`;
}

function changeBody(writing: Writing, { answer }: ServiceOperation, does: Writes): string[] {
  const { resource, uses, noun } = writing;
  const { name, type, id, key } = resource;
  const isUpsert = does.kind === "replace" && !resource.does.some((one) => one.does.kind === "create");
  const kept = does.kept.filter((one) => !(isUpsert && resource.created.includes(one)));
  const before =
    does.kind === "patch"
      ? "...before"
      : kept.length > 0 && does.fields !== null
        ? `...${uses.of(ITEMS, "pick")}<${type}>(before, ${literal(kept)})`
        : "";
  const created = isUpsert
    ? resource.created.map(
        (one) => `${propertyKey(one)}: ${member("before?", one).replace("?[", "?.[")} ?? ${uses.of(ITEMS, "now")}()`,
      )
    : [];
  const parts = [
    does.kind === "replace" && Object.keys(resource.first).length > 0 ? "...FIRST" : "",
    before,
    sent(writing, does),
    id && does.kind === "replace" ? `${propertyKey(id.property)}: ${member("params", key)}` : "",
    ...created,
    ...timesText(writing, resource.changed),
  ];
  const usesBefore = before !== "" || created.length > 0;
  const read = isUpsert ? `await ${name}.get(${keyText(resource)})` : found(writing);
  return [
    ...bodyNeeded(writing, does),
    ...(usesBefore ? [`const before = ${read};`] : isUpsert ? [] : [`${read};`]),
    ...referenceChecks(writing, does),
    `const ${noun} = { ${parts.filter(Boolean).join(", ")} } as ${type};`,
    `await ${uses.of(ITEMS, "keep")}(${name}.put(${keyText(resource)}, ${noun}));`,
    answerText(writing, answer.status, noun, does.view),
  ];
}

function removeBody(
  writing: Writing,
  { answer }: ServiceOperation,
  { view, example }: Extract<Does, { kind: "remove" }>,
) {
  const { resource, uses, noun } = writing;
  const key = keyText(resource);
  uses.of(PROBLEM, "notFound");
  const ids = [...resource.parents, resource.key].map((name) => member("params", name)).join(", ");
  const children = writing.model.resources.filter(({ collection }) => collection.startsWith(`${resource.item}/`));
  if (children.length > 0) uses.of(ITEMS, "within");
  return [
    ...usersChecks(writing),
    ...(view === null ? [] : [`const ${noun} = ${found(writing)};`]),
    `if (!(await ${resource.name}.remove(${key}))) throw notFound(${textLiteral(writing.words)}, ${member("params", resource.key)});`,
    // Else they would come back with an item that gets the same id.
    ...children.map(({ file }) => `await store.removeWithin(${textLiteral(file)}, within(${ids}));`),
    example === undefined
      ? answerText(writing, answer.status, noun, view)
      : `return { status: ${answer.status}, body: ${literal(example)} };`,
  ];
}

/** An item may name only items of other resources that are there. */
function referenceChecks(writing: Writing, { fields }: Writes): string[] {
  const { resource, model, uses } = writing;
  return resource.references.flatMap(({ property, resource: to }) => {
    const target = model.resources.find(({ file }) => file === to);
    if (!fields?.includes(property) || !target) return [];
    uses.of(ITEMS, "requireItem");
    return [
      `await requireItem(${collectionOf(writing, { ...target, unique: [] }, "object")}, ${member("body", property)}, ${textLiteral(property)});`,
    ];
  });
}

/** An item that others name stays. */
function usersChecks(writing: Writing): string[] {
  const { resource, model, uses } = writing;
  return model.resources.flatMap((user) =>
    user.references.flatMap(({ property, resource: to }) => {
      if (to !== resource.file) return [];
      uses.of(ITEMS, "refuseUsed");
      return [
        `await refuseUsed(${collectionOf(writing, { ...user, unique: [] }, "object")}, ${textLiteral(property)}, ${member("params", resource.key)});`,
      ];
    }),
  );
}
