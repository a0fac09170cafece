/** What pages for people can show of each resource: its columns, its forms, and the requests behind them. */
import { freeName, singular } from "@/core/services/document/names";
import type { ServiceOperation } from "@/core/services/document/operations";
import type { Envelope } from "@/core/services/document/pages";
import { isNode, type Node } from "@/core/services/document/parts";
import type { Does, Resource } from "@/core/services/document/resources";
import { objectOf, schemaOf, typesOf } from "@/core/services/document/schemas";
import type { ServiceModel } from "./model";

const MOST_COLUMNS = 6;
/** Texts that may be longer get several lines. */
const LONG_TEXT = 200;

/** One value of a form. `json`: lists and objects, which people write as JSON. */
interface PageField {
  name: string;
  label: string;
  kind: "text" | "long" | "email" | "url" | "date" | "time" | "number" | "integer" | "boolean" | "choice" | "json";
  isRequired: boolean;
  /** What an empty value means in a change; absent: it stays as it is. */
  empty?: "" | null;
  choices?: unknown[];
  least?: number;
  most?: number;
  /** The name of the pages of the items that it refers to. */
  refers?: string;
}

/** A part of an item as a list shows it. */
interface PageColumn {
  name: string;
  label: string;
  /** A moment, which is shown in UTC. */
  isTime?: true;
}

export interface PageForm {
  method: string;
  type: string;
  fields: PageField[];
}

type Paging =
  | { kind: "cursor"; parameter: string; next: string[] }
  | { kind: "page" | "offset"; parameter: string; first: number };

export interface ResourcePages {
  /** In addresses. */
  name: string;
  title: string;
  one: string;
  /** The path of the list in the API; that of an item has its id behind it. */
  path: string;
  /** The property with the id of an item. */
  id: string;
  columns: PageColumn[];
  /** Where the answer has the items. */
  items: string[];
  paging?: Paging;
  /** Where the answer to a request for one item has it; absent: at the top. */
  below?: string;
  create?: PageForm;
  change?: PageForm;
  canRemove: boolean;
}

/** Returns the pages of all resources that can be listed and read without knowing more than an id. */
export function pagesOf(model: ServiceModel): ResourcePages[] {
  const listed = model.resources.filter((resource) => listOf(resource) !== undefined && readOf(resource) !== undefined);
  const names = new Set(listed.map(({ file }) => file));
  return listed.flatMap((resource) => pagesAt(model, resource, names) ?? []);
}

/** Returns the path below which pages are: one that no path of the document begins with. */
export function pagesBase({ base, operations }: ServiceModel): string {
  const taken = new Set(operations.map(({ path }) => `${base}${path}`.split("/")[1] ?? ""));
  return `/${freeName("pages", taken)}`;
}

function findDoes<Kind extends Does["kind"]>(resource: Resource, kind: Kind) {
  const found = resource.does.find(({ does }) => does.kind === kind);
  return found && { operation: found.operation, does: found.does as Extract<Does, { kind: Kind }> };
}

/** People only bring the id of an item. */
function needsMore({ parameters }: ServiceOperation): boolean {
  return parameters.some(({ in: place, isRequired }) => isRequired && place !== "path");
}

function listOf(resource: Resource) {
  const list = findDoes(resource, "list");
  return list && resource.parents.length === 0 && !needsMore(list.operation) ? list : undefined;
}

function readOf(resource: Resource) {
  const read = findDoes(resource, "read");
  return read && !needsMore(read.operation) ? read : undefined;
}

function pagesAt(model: ServiceModel, resource: Resource, names: ReadonlySet<string>): ResourcePages | null {
  const { document } = model;
  const [list, read] = [listOf(resource), readOf(resource)];
  const whole = objectOf(document, resource.schema);
  if (!list || !read || resource.id === null || whole === null) return null;
  const shown = list.does.only ?? [...whole.properties.keys()];
  if (!shown.includes(resource.id.property)) return null;
  const paging = pagingIn(document, list.does);
  const remove = findDoes(resource, "remove");
  const create = formOf(model, resource, findDoes(resource, "create"), names);
  const change = formOf(model, resource, findDoes(resource, "patch") ?? findDoes(resource, "replace"), names);
  return {
    name: resource.file,
    title: capital(resource.file.replaceAll("-", " ")),
    one: singular(resource.file).replaceAll("-", " "),
    path: `${model.base}${resource.collection}`,
    id: resource.id.property,
    columns: columnsOf(document, resource, new Map([...whole.properties].filter(([name]) => shown.includes(name)))),
    items: pathTo(list.does.envelope, ({ kind }) => kind === "items") ?? [],
    ...(paging && { paging }),
    ...(read.does.view.below !== null && { below: read.does.view.below }),
    ...(create && { create }),
    ...(change && { change }),
    canRemove: remove !== undefined && !needsMore(remove.operation),
  };
}

/** What people entered comes first, times and the id last; lists and objects are left out. */
function columnsOf(
  document: Node,
  { id, created, changed }: Resource,
  properties: ReadonlyMap<string, Node>,
): PageColumn[] {
  const plain = [...properties].filter(([, node]) => {
    const types = typesOf(schemaOf(document, node));
    return schemaOf(document, node).writeOnly !== true && !types.includes("array") && !types.includes("object");
  });
  const late = [...created, ...changed, id?.property];
  const rank = (name: string) => late.indexOf(name) + 1;
  return plain
    .map(([name, node]) => ({
      name,
      label: labelOf(name),
      ...(schemaOf(document, node).format === "date-time" && { isTime: true as const }),
    }))
    .sort((a, b) => rank(a.name) - rank(b.name))
    .slice(0, MOST_COLUMNS);
}

function pagingIn(document: Node, { paging, envelope }: Extract<Does, { kind: "list" }>): Paging | null {
  const next = pathTo(envelope, (part) => part.kind === "fact" && part.fact === "next");
  if (paging.cursor && next) return { kind: "cursor", parameter: paging.cursor.name, next };
  if (paging.offset) return { kind: "offset", parameter: paging.offset.name, first: 0 };
  if (!paging.page) return null;
  const { minimum, default: first } = schemaOf(document, paging.page.schema);
  return { kind: "page", parameter: paging.page.name, first: minimum === 0 || first === 0 ? 0 : 1 };
}

/** Returns the names that lead to a part of the answer. */
function pathTo(envelope: Envelope, isWanted: (part: Envelope) => boolean): string[] | null {
  if (isWanted(envelope)) return [];
  if (envelope.kind !== "object") return null;
  for (const [name, part] of envelope.parts) {
    const found = pathTo(part, isWanted);
    if (found) return [name, ...found];
  }
  return null;
}

function formOf(
  { document }: ServiceModel,
  resource: Resource,
  found: { operation: ServiceOperation } | undefined,
  names: ReadonlySet<string>,
): PageForm | null {
  const media = found?.operation.body?.media.find(({ type }) => /json/.test(type));
  const given = media && objectOf(document, media.schema);
  if (!found || !given || needsMore(found.operation)) return null;
  const fields = [...given.properties].flatMap(([name, node]): PageField[] => {
    if (schemaOf(document, node).readOnly === true) return [];
    const refers = resource.references.find(({ property, resource: to }) => property === name && names.has(to));
    const field = fieldOf(schemaOf(document, node), { name, isRequired: given.required.has(name) });
    return [{ ...field, ...(refers && { refers: refers.resource }) }];
  });
  return { method: found.operation.method.toUpperCase(), type: media.type, fields };
}

function fieldOf(schema: Node, { name, isRequired }: { name: string; isRequired: boolean }): PageField {
  const kind = kindOf(schema);
  const bound = (value: unknown) => (typeof value === "number" ? value : undefined);
  const isText = kind === "text" || kind === "long";
  const least = bound(isText ? schema.minLength : schema.minimum);
  const most = bound(isText ? schema.maxLength : schema.maximum);
  const choices = schema.const === undefined ? schema.enum : [schema.const];
  const empty = emptyOf(schema, isText && (least ?? 0) === 0 && schema.pattern === undefined);
  return {
    name,
    label: labelOf(name),
    kind,
    isRequired,
    ...(empty !== undefined && !isRequired && { empty }),
    ...(kind === "choice" && { choices: (choices as unknown[]).filter((one) => one !== null) }),
    ...(least !== undefined && kind !== "choice" && { least }),
    ...(most !== undefined && kind !== "choice" && { most }),
  };
}

function emptyOf(schema: Node, canBeEmpty: boolean): "" | null | undefined {
  if (typesOf(schema).includes("null")) return null;
  return canBeEmpty ? "" : undefined;
}

const FORMATS: Record<string, PageField["kind"]> = { email: "email", uri: "url", date: "date", "date-time": "time" };

function kindOf(schema: Node): PageField["kind"] {
  if (Array.isArray(schema.enum) || schema.const !== undefined) return "choice";
  const [type, ...more] = typesOf(schema).filter((one) => one !== "null");
  if (more.length > 0 || type === undefined || isNode(schema.items) || type === "array" || type === "object")
    return "json";
  if (type === "string") {
    const format = String(schema.format);
    const isLong = typeof schema.maxLength === "number" && schema.maxLength > LONG_TEXT;
    return Object.hasOwn(FORMATS, format) ? (FORMATS[format] ?? "text") : isLong ? "long" : "text";
  }
  return type === "boolean" || type === "integer" || type === "number" ? type : "json";
}

/** Returns `Customer id` for `customer_id` and `customerId`. */
function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_\s-]+/g, " ");
  return capital(words.trim().toLowerCase()) || name;
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
