/** Finds what a document's paths, methods and schemas say about resources: what is listed, created, read, changed and removed. */
import { camelName, fileName, freeName, isSameName, plural, singular, typeName } from "./names";
import { isJson, type Media, type Parameter, parametersIn, type ServiceOperation } from "./operations";
import { type Envelope, listIn, type PageKind, pagingOf } from "./pages";
import { isNode, type Node } from "./parts";
import { hiddenIn, type ItemId, idOf, timesIn } from "./properties";
import { sampleOf } from "./samples";
import { accepts, type ObjectSchema, objectOf, schemaOf, textsIn, typesOf } from "./schemas";

const UUID_CHARACTERS = 36;

/** How an answer shows an item: whole or only these parts, at the top or below a name. */
export interface ItemView {
  only: string[] | null;
  below: string | null;
}

/** What one operation does with its resource. `view` null: it answers without a body. */
export type Does =
  | {
      kind: "list";
      paging: Partial<Record<PageKind, Parameter>>;
      envelope: Envelope;
      only: string[] | null;
      filters: Filter[];
      ignored: string[];
    }
  | {
      kind: "create" | "replace" | "patch";
      fields: string[] | null;
      kept: string[];
      view: ItemView | null;
      needsBody: boolean;
    }
  | { kind: "read"; view: ItemView }
  | { kind: "remove"; view: ItemView | null; example: unknown };

interface Filter {
  parameter: string;
  property: string;
}

export interface Resource {
  /** `pets` in code and in the database, `Pet` as a type, `pets` as a file. */
  name: string;
  type: string;
  file: string;
  collection: string;
  item: string;
  /** The parameter that names one item, and those of the path before it. */
  key: string;
  parents: string[];
  /** The resource to which its items belong. */
  parent: Resource | null;
  /** The property with the item's id; null when only the path has it. */
  id: ItemId | null;
  schema: unknown;
  /** Properties with the time of creation, and of the last change. */
  created: string[];
  changed: string[];
  /** Paths of parts inside its properties that are only written, such as `["owner", "password"]`. */
  hidden: string[][];
  /** First values of what answers need and requests do not bring. */
  first: Record<string, unknown>;
  /** Properties that no two items share, and those with the id of an item of another resource. */
  unique: string[];
  /** Those of them that are times, which can be written in several ways. */
  instants: string[];
  references: { property: string; resource: string }[];
  does: { operation: ServiceOperation; does: Does }[];
}

/** What an operation is likely to do, from its method and its path. */
type Role = Does["kind"];
const AT_ITEM: Partial<Record<ServiceOperation["method"], Role>> = {
  get: "read",
  put: "replace",
  patch: "patch",
  delete: "remove",
};
const AT_COLLECTION: Partial<Record<ServiceOperation["method"], Role>> = { get: "list", post: "create" };

/** An item path and the operations at it and at its collection. */
interface Place {
  collection: string;
  item: string;
  key: string;
  at: Map<Role, ServiceOperation>;
}

/** Returns the resources that are stored. Operations that none of them has are not understood. */
export function resourcesOf(document: Node, operations: readonly ServiceOperation[], types: Set<string>): Resource[] {
  // The file beside theirs that they share.
  const taken = { names: new Set<string>(), types, files: new Set(["items"]) };
  const found = placesIn(operations).flatMap((place) => resourceAt(document, place, taken) ?? []);
  for (const resource of found) {
    const parents = found.filter(({ item }) => resource.collection.startsWith(`${item}/`));
    resource.parent = parents.sort((a, b) => b.item.length - a.item.length)[0] ?? null;
  }
  return found;
}

function placesIn(operations: readonly ServiceOperation[]): Place[] {
  const places = new Map<string, Place>();
  for (const { path } of operations) {
    const found = /^(.*\/[^/{}]+)\/\{([^{}]+)\}$/.exec(path);
    if (!found) continue;
    const [, collection = "", key = ""] = found;
    places.set(path, { collection, item: path, key, at: new Map() });
  }
  for (const operation of operations)
    for (const place of places.values()) {
      const role =
        operation.path === place.item
          ? AT_ITEM[operation.method]
          : operation.path === place.collection
            ? AT_COLLECTION[operation.method]
            : undefined;
      if (role !== undefined) place.at.set(role, operation);
    }
  return [...places.values()];
}

function resourceAt(
  document: Node,
  place: Place,
  taken: Record<"names" | "types" | "files", Set<string>>,
): Resource | null {
  const schema = schemaAt(document, place);
  const whole = schema === undefined ? null : objectOf(document, schema);
  if (whole === null) return null;
  const called = place.collection.split("/").pop() ?? "";
  const parameters = [...place.at.values()].flatMap((operation) => operation.parameters);
  const keyType = parameters.find(({ in: at, name }) => at === "path" && name === place.key);
  const id = idOf(document, { whole, key: place.key, called, parameter: keyType?.schema });
  const resource: Resource = {
    name: camelName(plural(called), "items"),
    type: typeName(singular(called), "Item"),
    file: fileName(called, "items"),
    collection: place.collection,
    item: place.item,
    key: place.key,
    parents: parametersIn(place.collection),
    parent: null,
    id,
    schema,
    created: timesIn(document, whole, /^(created|creation|inserted)/i),
    changed: timesIn(document, whole, /^(updated|modified|changed|lastmodified|lastupdated|last_)/i),
    hidden: hiddenIn(document, schema).filter(({ length }) => length > 1),
    first: {},
    unique: [],
    instants: [],
    references: [],
    does: [],
  };
  const view = new Views(document, whole, resource);
  for (const [role, operation] of place.at) {
    const does = view.of(role, operation);
    if (does) resource.does.push({ operation, does });
  }
  // Nothing could ever be read of what nobody writes.
  if (!resource.does.some(({ does }) => does.kind === "create" || does.kind === "replace")) return null;
  resource.unique = textsIn(schemaOf(document, schema)["x-unique"]).filter((name) => whole.properties.has(name));
  resource.instants = resource.unique.filter(
    (name) => schemaOf(document, whole.properties.get(name)).format === "date-time",
  );
  resource.references = [...whole.properties].flatMap(([property, node]) => {
    const to = schemaOf(document, node)["x-references"];
    return typeof to === "string" ? [{ property, resource: to }] : [];
  });
  resource.name = freeName(resource.name, taken.names);
  // A schema with a name is a type already; `model.ts` gives the resource its name.
  if (!isNode(schema) || typeof schema.$ref !== "string") resource.type = freeName(resource.type, taken.types);
  resource.file = freeName(resource.file, taken.files);
  return resource;
}

/** Returns the schema of an item: of the answer that shows one, or of an item of the list. */
function schemaAt(document: Node, { at }: Place): unknown {
  for (const name of ["read", "replace", "patch", "create"] as const) {
    const media = at.get(name)?.answer.media;
    if (!media || !isJson(media.type)) continue;
    return unwrapped(document, media.schema).schema;
  }
  const list = at.get("list");
  if (!list?.answer.media) return undefined;
  return listIn(document, list.answer.media.schema, {}, (item) => objectOf(document, item) !== null)?.item;
}

/** An answer such as `{ "data": { … } }` has the item below a name. */
function unwrapped(document: Node, schema: unknown): { schema: unknown; below: string | null } {
  const whole = objectOf(document, schema);
  const [only, ...more] = whole ? [...whole.properties] : [];
  const isWrapper = only !== undefined && more.length === 0 && /^(data|item|result)$/i.test(only[0]);
  return isWrapper && objectOf(document, only[1]) !== null
    ? { schema: only[1], below: only[0] }
    : { schema, below: null };
}

/** Decides what each operation of one resource does. */
class Views {
  constructor(
    private readonly document: Node,
    private readonly whole: ObjectSchema,
    private readonly resource: Resource,
  ) {}

  of(role: Role, operation: ServiceOperation): Does | null {
    switch (role) {
      case "list":
        return this.list(operation);
      case "create":
        return this.resource.id === null ? null : this.write("create", operation);
      case "read": {
        const view = this.viewOf(operation.answer.media);
        return view === "none" || view === "other" ? null : { kind: "read", view };
      }
      case "replace":
        return this.write("replace", operation);
      case "patch":
        return this.write("patch", operation);
      case "remove": {
        if (operation.answer.status >= 300) return null;
        const view = this.viewOf(operation.answer.media);
        if (view === "none") return { kind: "remove", view: null, example: undefined };
        if (view !== "other") return { kind: "remove", view, example: undefined };
        return {
          kind: "remove",
          view: null,
          example: sampleOf(this.document, operation.answer.media?.schema, "answer"),
        };
      }
      default:
        return role satisfies never;
    }
  }

  private list({ answer, parameters }: ServiceOperation): Does | null {
    if (!answer.media || !isJson(answer.media.type)) return null;
    const paging = pagingOf(this.document, parameters);
    const found = listIn(this.document, answer.media.schema, paging, (item) => this.partsOf(item) !== "other");
    if (found === null) return null;
    const only = this.partsOf(found.item);
    if (only === "other") return null;
    const pages = new Set(Object.values(paging).map(({ name }) => name));
    const others = parameters.filter((parameter) => parameter.in === "query" && !pages.has(parameter.name));
    const filters = others.flatMap(({ name, schema }): Filter[] => {
      const property = [...this.whole.properties.keys()].find((one) => isSameName(one, name));
      return property !== undefined && this.isAlike(schema, this.whole.properties.get(property))
        ? [{ parameter: name, property }]
        : [];
    });
    const used = new Set(filters.map(({ parameter }) => parameter));
    const ignored = others.flatMap(({ name }) => (used.has(name) ? [] : [name]));
    return { kind: "list", paging, envelope: found.envelope, only, filters, ignored };
  }

  /** Whether a parameter has the type of a property that is one value, so that both can be compared. */
  private isAlike(parameter: unknown, property: unknown): boolean {
    const [given, kept] = [parameter, property].map((node) => typesOf(schemaOf(this.document, node)));
    const scalar = ["string", "integer", "number", "boolean"].find((type) => kept?.includes(type));
    return scalar !== undefined && given?.includes(scalar) === true;
  }

  private write(kind: "create" | "replace" | "patch", operation: ServiceOperation): Does | null {
    const { body, answer } = operation;
    const media = body?.media.find(({ type }) => isJson(type));
    if (!body || !media) return null;
    const given = objectOf(this.document, media.schema);
    if (given === null || (this.whole.properties.size > 0 && given.properties.size === 0)) return null;
    const fields = this.fieldsOf(given);
    if (fields === "other") return null;
    const view = this.viewOf(answer.media);
    if (view === "other" || answer.status >= 300) return null;
    if (kind === "create" && !this.canMakeId(given)) return null;
    if (kind !== "patch") this.addFirst(given);
    const needsBody = !body.isRequired && given.required.size > 0;
    const shown = view === "none" ? null : view;
    return { kind, fields, kept: this.keptBeside(fields ?? []), view: shown, needsBody };
  }

  /** Returns the properties that a request sets; null: all of an object with any content. */
  private fieldsOf(given: ObjectSchema): string[] | null | "other" {
    if (this.whole.properties.size === 0) return null;
    const fields: string[] = [];
    for (const [name, node] of given.properties) {
      const kept = this.whole.properties.get(name);
      if (kept === undefined) continue;
      const [sent, shown] = [schemaOf(this.document, node), schemaOf(this.document, kept)];
      if (sent.readOnly === true || shown.readOnly === true || sent.writeOnly === true) continue;
      if (!accepts(this.document, kept, node)) return "other";
      fields.push(name);
    }
    return fields;
  }

  /** Returns the properties that stay as they are when a request replaces these. */
  private keptBeside(fields: readonly string[]): string[] {
    const { id, changed } = this.resource;
    return [...this.whole.properties].flatMap(([name, node]) => {
      const isSet = fields.includes(name) || changed.includes(name) || name === id?.property;
      return isSet || schemaOf(this.document, node).writeOnly === true ? [] : [name];
    });
  }

  /** A new id is a number or a UUID, unless the request has to bring one. */
  private canMakeId(given: ObjectSchema): boolean {
    const { id } = this.resource;
    if (id === null) return false;
    const schema = schemaOf(this.document, this.whole.properties.get(id.property));
    if (id.isNumber || given.required.has(id.property)) return schema.enum === undefined;
    const isBound = schema.pattern !== undefined || schema.enum !== undefined || schema.const !== undefined;
    const isShort = typeof schema.maxLength === "number" && schema.maxLength < UUID_CHARACTERS;
    return !isBound && !isShort && (schema.format === undefined || schema.format === "uuid");
  }

  /** Gives a first value to each property that an item must have and a request need not bring. */
  private addFirst(given: ObjectSchema): void {
    const times = [...this.resource.created, ...this.resource.changed];
    for (const name of this.whole.required) {
      const node = schemaOf(this.document, this.whole.properties.get(name));
      const isMade = name === this.resource.id?.property || times.includes(name);
      const sent = schemaOf(this.document, given.properties.get(name));
      const isSent = given.required.has(name) && sent.readOnly !== true && node.readOnly !== true;
      if (!isMade && !isSent && node.writeOnly !== true)
        this.resource.first[name] ??= sampleOf(this.document, this.whole.properties.get(name), "answer");
    }
  }

  private viewOf(media: Media | null): ItemView | "none" | "other" {
    if (media === null) return "none";
    if (!isJson(media.type)) return "other";
    const { schema, below } = unwrapped(this.document, media.schema);
    const only = this.partsOf(schema);
    return only === "other" ? "other" : { only, below };
  }

  /** Returns the properties of an item that a schema shows; null: all. "other": it is not of this resource. */
  private partsOf(schema: unknown): string[] | null | "other" {
    const hasHidden = [...this.whole.properties.values()].some(
      (node) => schemaOf(this.document, node).writeOnly === true,
    );
    if (!hasHidden && schemaOf(this.document, schema) === schemaOf(this.document, this.resource.schema)) return null;
    const part = objectOf(this.document, schema);
    if (part === null || (part.properties.size === 0 && this.whole.properties.size > 0)) return "other";
    const shownParts: string[] = [];
    for (const [name, node] of part.properties) {
      if (schemaOf(this.document, node).writeOnly === true) continue;
      const kept = this.whole.properties.get(name);
      const isNeeded = part.required.has(name);
      if (kept === undefined || !accepts(this.document, node, kept)) {
        if (isNeeded || kept !== undefined) return "other";
        continue;
      }
      if (isNeeded && !this.whole.required.has(name) && name !== this.resource.id?.property)
        this.resource.first[name] ??= sampleOf(this.document, node, "answer");
      shownParts.push(name);
    }
    const isAll = shownParts.length === this.whole.properties.size;
    return isAll ? null : shownParts.length > 0 ? shownParts : "other";
  }
}
