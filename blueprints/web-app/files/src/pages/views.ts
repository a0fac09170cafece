/** What each page shows. */
import type { FastifyInstance } from "fastify";
import { type Item, type ItemPage, listItems } from "./api.ts";
import { type Choice, type Entered, enteredOf, formView } from "./forms.ts";
import { type Content, type Html, html } from "./html.ts";
import { errorText, layout } from "./layout.ts";
import type { Column, Form, ResourcePages } from "./resource.ts";
import { BASE, RESOURCES, TITLE } from "./resources.ts";

export function homeView(): Html {
  return layout(
    TITLE,
    html`<ul>${RESOURCES.map(({ name, title }) => html`<li><a href="${BASE}/${name}">${title}</a></li>`)}</ul>`,
  );
}

export function listView(resource: ResourcePages, { items, next }: ItemPage): Html {
  const place = `${BASE}/${resource.name}`;
  const add = resource.create && html`<p><a href="${place}/new">New ${resource.one}</a></p>`;
  const more =
    next !== undefined && html`<p><a rel="next" href="${place}?${new URLSearchParams({ at: next }).toString()}">Next page</a></p>`;
  const content = items.length === 0 ? html`<p>There is nothing here yet.</p>` : tableOf(resource, items);
  return layout(resource.title, [add, content, more]);
}

function tableOf(resource: ResourcePages, items: Item[]): Html {
  const { columns, title } = resource;
  return html`<div class="table" role="region" aria-label="${title}" tabindex="0"><table>
<thead><tr>${columns.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>
${items.map((item) => rowOf(resource, item))}</tbody>
</table></div>`;
}

/** The first column leads to the item. */
function rowOf(resource: ResourcePages, item: Item): Html {
  const id = String(item[resource.id]);
  const cells = resource.columns.map((column, at) => {
    const text = columnText(column, item);
    return at === 0
      ? html`<td><a href="${placeOf(resource, id)}">${text || id}</a></td>`
      : html`<td>${text}</td>`;
  });
  return html`<tr>${cells}</tr>
`;
}

export async function createView(
  app: FastifyInstance,
  resource: ResourcePages,
  form: Form,
  entered: Entered,
  message?: string,
): Promise<Html> {
  const action = `${BASE}/${resource.name}`;
  const choices = await choicesOf(app, form);
  const content = formView({ form, action, entered, choices, button: `Create ${resource.one}` });
  return layout(`New ${resource.one}`, [errorText(message), content]);
}

export interface ItemShown {
  id: string;
  item: Item;
  /** What a person entered and the API refused. */
  entered?: Entered;
  message?: string;
}

export async function itemView(
  app: FastifyInstance,
  resource: ResourcePages,
  { id, item, entered, message }: ItemShown,
): Promise<Html> {
  const { change } = resource;
  const action = placeOf(resource, id);
  const form =
    change &&
    formView({
      form: change,
      action,
      entered: entered ?? enteredOf(change, item),
      choices: await choicesOf(app, change),
      button: "Save",
    });
  const remove =
    resource.canRemove && html`<form method="post" action="${action}/remove"><button>Remove ${resource.one}</button></form>`;
  const title = shownValue(item[resource.columns[0]?.name ?? resource.id]) || id;
  return layout(title, [errorText(message), factsOf(resource, item), form, remove]);
}

/** What the form does not show. */
function factsOf({ columns, change }: ResourcePages, item: Item): Content {
  const inForm = new Set(change?.fields.map(({ name }) => name));
  const facts = Object.entries(item).filter(([name, value]) => !inForm.has(name) && value !== null);
  const terms = facts.map(([name]) => {
    const column = columns.find((one) => one.name === name) ?? { name, label: name };
    return html`<dt>${column.label}</dt><dd>${columnText(column, item)}</dd>`;
  });
  return terms.length > 0 && html`<dl>${terms}</dl>`;
}

function columnText({ name, isTime }: Column, item: Item): string {
  const text = shownValue(item[name]);
  const moment = new Date(text);
  if (!isTime || Number.isNaN(moment.getTime())) return text;
  return `${moment.toISOString().slice(0, "2026-01-01T00:00".length).replace("T", " ")} UTC`;
}

function shownValue(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function placeOf({ name }: ResourcePages, id: string): string {
  return `${BASE}/${name}/items/${encodeURIComponent(id)}`;
}

/** Resolves with the first items that a field can refer to; a person can enter the id of every other one. */
async function choicesOf(app: FastifyInstance, { fields }: Form): Promise<Map<string, Choice[]>> {
  const choices = new Map<string, Choice[]>();
  for (const { name, refers } of fields) {
    const resource = RESOURCES.find((one) => one.name === refers);
    if (!resource) continue;
    const { items } = await listItems(app, resource);
    const label = resource.columns[0]?.name ?? resource.id;
    choices.set(name, items.map((item) => ({ id: String(item[resource.id]), label: shownValue(item[label]) })));
  }
  return choices;
}
