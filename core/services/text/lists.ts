/** The code of an operation that lists items: which page it reads, and how its answer is put together. */
import type { Parameter, ServiceOperation } from "@/core/services/document/operations";
import type { Envelope, PageKind } from "@/core/services/document/pages";
import type { Does } from "@/core/services/document/resources";
import { sampleOf } from "@/core/services/document/samples";
import { schemaOf } from "@/core/services/document/schemas";
import type { ServiceModel } from "@/core/services/model/model";
import { literal, member, part, propertyKey } from "./literals";
import { ITEMS, type Writing } from "./writing";

export function listBody(
  writing: Writing,
  operation: ServiceOperation,
  does: Extract<Does, { kind: "list" }>,
): string[] {
  const { uses, resource } = writing;
  const { paging, filters } = does;
  const isPaged = Object.keys(paging).length > 0;
  const parts: string[] = [];
  if (filters.length > 0)
    parts.push(
      `where: { ${filters.map(({ parameter, property }) => `${propertyKey(property)}: ${member("query", parameter)}`).join(", ")} }`,
    );
  if (isPaged) parts.push("limit");
  if (paging.offset) parts.push(`offset: ${member("query", paging.offset.name)}`);
  else if (paging.page)
    parts.push(`offset: (${pageText(writing, paging.page)} - ${firstPage(writing, paging.page)}) * limit`);
  if (paging.cursor) parts.push(`cursor: ${member("query", paging.cursor.name)}`);
  const items =
    does.only === null
      ? "page.items"
      : `page.items.map((item) => ${uses.of(ITEMS, "pick")}<${resource.type}>(item, ${literal(does.only)}))`;
  return [
    ...(isPaged ? [`const limit = ${limitText(writing, paging)};`] : []),
    `const page = await ${resource.name}.list({ ${parts.join(", ")} });`,
    `return { status: ${operation.answer.status}, body: ${envelopeText(writing, does.envelope, { paging, items })} };`,
  ];
}

function hasDefault({ model }: Writing, { schema }: Parameter): boolean {
  return schemaOf(model.document, schema).default !== undefined;
}

function limitText(writing: Writing, { limit }: Partial<Record<PageKind, Parameter>>): string {
  const size = () => writing.uses.of("../config.ts", "PAGE_SIZE");
  if (!limit) return size();
  const given = member("query", limit.name);
  return limit.isRequired || hasDefault(writing, limit) ? given : `${given} ?? ${size()}`;
}

function pageText(writing: Writing, page: Parameter): string {
  const given = member("query", page.name);
  return page.isRequired || hasDefault(writing, page) ? given : `(${given} ?? ${firstPage(writing, page)})`;
}

/** Pages are counted from 1 unless the document says otherwise. */
function firstPage({ model }: Writing, { schema }: Parameter): number {
  const { minimum, default: first } = schemaOf(model.document, schema);
  return minimum === 0 || first === 0 ? 0 : 1;
}

interface Listed {
  paging: Partial<Record<PageKind, Parameter>>;
  /** The expression of the items. */
  items: string;
}

function envelopeText(writing: Writing, envelope: Envelope, listed: Listed): string {
  switch (envelope.kind) {
    case "items":
      return listed.items;
    case "value":
      return literal(sampleOf(writing.model.document, envelope.schema, "answer"));
    case "object":
      return `{ ${envelope.parts.map(([name, inner]) => partText(writing, name, inner, listed)).join(", ")} }`;
    case "fact":
      return factText(writing, envelope, listed);
    default:
      return envelope satisfies never;
  }
}

function partText(writing: Writing, name: string, envelope: Envelope, listed: Listed): string {
  const text = envelopeText(writing, envelope, listed);
  const isLeftOut =
    envelope.kind === "fact" && envelope.fact === "next" && !envelope.isNullable && !envelope.isRequired;
  return isLeftOut ? `...(page.next !== null && { ${propertyKey(name)}: page.next })` : part(name, text);
}

function factText(
  writing: Writing,
  { fact, isNullable, isRequired }: Extract<Envelope, { kind: "fact" }>,
  { paging }: Listed,
): string {
  switch (fact) {
    case "total":
      return "page.total";
    case "pages":
      return "Math.ceil(page.total / limit)";
    case "more":
      return "page.next !== null";
    case "next":
      return isRequired && !isNullable ? 'page.next ?? ""' : "page.next";
    case "limit":
      return "limit";
    case "page":
      return paging.page ? pageText(writing, paging.page) : "1";
    case "offset":
      return paging.offset && hasDefault(writing, paging.offset)
        ? member("query", paging.offset.name)
        : `${member("query", paging.offset?.name ?? "offset")} ?? 0`;
    case "cursor":
      return paging.cursor ? `${member("query", paging.cursor.name)} ?? ""` : '""';
    default:
      return fact satisfies never;
  }
}

/** Whether a list without a size of its own is divided into pages. */
export function usesPageSize(model: ServiceModel): boolean {
  return model.resources.some(({ does }) =>
    does.some(({ does: one }) => {
      if (one.kind !== "list" || Object.keys(one.paging).length === 0) return false;
      const { limit } = one.paging;
      return !limit || !(limit.isRequired || schemaOf(model.document, limit.schema).default !== undefined);
    }),
  );
}
