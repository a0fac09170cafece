/** How a list is divided into pages, and where its answer has the items, by the names that people use for them. */
import type { Parameter } from "./operations";
import { isNode, type Node } from "./parts";
import { objectOf, schemaOf, typesOf } from "./schemas";

export type PageKind = "limit" | "offset" | "page" | "cursor";

const PARAMETERS: Record<PageKind, RegExp> = {
  limit: /^(page)?(limit|size)$|^(per|items?per)page$|^(max|num)results$|^(count|top|take|first)$/,
  offset: /^(offset|skip|start|startindex)$/,
  page: /^(page|pagenumber|pageindex|pageno)$/,
  cursor: /^(cursor|after|startingafter|(next)?(page)?token|continuationtoken|nextcursor)$/,
};

/** What a part of the answer says about the page. */
type Fact = "total" | "pages" | "next" | "more" | PageKind;

const FACTS: [Fact, RegExp, string][] = [
  ["total", /^(total|count)$|^total(count|items|results|elements|records)$/, "integer"],
  ["pages", /^(totalpages|pagecount|pages|lastpage)$/, "integer"],
  ["next", /^(next|cursor|endcursor|next(page)?(cursor|token))$/, "string"],
  ["more", /^has(more|next|nextpage)$/, "boolean"],
  ["limit", PARAMETERS.limit, "integer"],
  ["offset", PARAMETERS.offset, "integer"],
  ["page", /^(currentpage|page|pagenumber|pageindex)$/, "integer"],
];

export type Envelope =
  | { kind: "items" }
  | { kind: "fact"; fact: Fact; isNullable: boolean; isRequired: boolean }
  | { kind: "value"; schema: unknown }
  | { kind: "object"; parts: [string, Envelope][] };

const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");

/** Returns the parameters of a list that choose a page, by what they say. */
export function pagingOf(document: Node, parameters: readonly Parameter[]): Partial<Record<PageKind, Parameter>> {
  const found: Partial<Record<PageKind, Parameter>> = {};
  for (const parameter of parameters) {
    if (parameter.in !== "query") continue;
    const types = typesOf(schemaOf(document, parameter.schema));
    const isNumber = types.includes("integer") || types.includes("number");
    const isText = types.includes("string");
    for (const kind of Object.keys(PARAMETERS) as PageKind[])
      if (PARAMETERS[kind].test(plain(parameter.name)) && (kind === "cursor" ? isText : isNumber))
        found[kind] ??= parameter;
  }
  return found;
}

/**
 * Returns how the answer of a list is put together, and the schema of one item; null when it is no list. `isItem` says
 * which schema can be an item.
 */
export function listIn(
  document: Node,
  schema: unknown,
  paging: Partial<Record<PageKind, Parameter>>,
  isItem: (schema: unknown) => boolean,
): { item: unknown; envelope: Envelope } | null {
  const node = schemaOf(document, schema);
  if (typesOf(node).includes("array"))
    return isItem(node.items) ? { item: node.items, envelope: { kind: "items" } } : null;
  const whole = objectOf(document, schema);
  if (whole === null) return null;
  const lists = [...whole.properties].filter(([, property]) => {
    const inner = schemaOf(document, property);
    return typesOf(inner).includes("array") && isItem(inner.items);
  });
  const [list] = lists;
  if (lists.length !== 1 || list === undefined) return null;
  const parts = [...whole.properties].flatMap(([name, property]): [string, Envelope][] => {
    if (name === list[0]) return [[name, { kind: "items" }]];
    const part = partOf(document, { name, property, isRequired: whole.required.has(name) }, paging, 0);
    return part === null ? [] : [[name, part]];
  });
  return { item: schemaOf(document, list[1]).items, envelope: { kind: "object", parts } };
}

/** Returns what stands in one part of the answer beside the items; null for a part that may be left out. */
function partOf(
  document: Node,
  { name, property, isRequired }: { name: string; property: Node; isRequired: boolean },
  paging: Partial<Record<PageKind, Parameter>>,
  depth: number,
): Envelope | null {
  const schema = schemaOf(document, property);
  const types = typesOf(schema);
  const fact = FACTS.find(([fact, names, type]) => {
    if (!names.test(plain(name)) || !(types.includes(type) || (type === "integer" && types.includes("number"))))
      return false;
    if (fact === "total" || fact === "more") return true;
    if (fact === "next") return paging.cursor !== undefined && schema.format === undefined;
    if (fact === "pages") return paging.page !== undefined;
    return paging[fact as PageKind] !== undefined;
  });
  const isBound = schema.enum !== undefined || schema.const !== undefined || schema.maximum !== undefined;
  if (fact && !isBound) return { kind: "fact", fact: fact[0], isNullable: types.includes("null"), isRequired };
  const inner = depth === 0 && isNode(schema) ? objectOf(document, property) : null;
  if (inner !== null && inner.properties.size > 0) {
    const parts = [...inner.properties].flatMap(([name, property]): [string, Envelope][] => {
      const part = partOf(document, { name, property, isRequired: inner.required.has(name) }, paging, depth + 1);
      return part === null ? [] : [[name, part]];
    });
    const says = parts.some(([, { kind }]) => kind === "fact");
    if (says) return { kind: "object", parts };
  }
  return isRequired ? { kind: "value", schema: property } : null;
}
