/** Adds the pages to the service. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { changeItem, createItem, listItems, Refused, readItem, removeItem } from "./api.ts";
import { bodyOf, changeOf, type Entered, EntryError } from "./forms.ts";
import { type Html, html } from "./html.ts";
import { errorText, layout } from "./layout.ts";
import type { Form, ResourcePages } from "./resource.ts";
import { BASE, RESOURCES } from "./resources.ts";
import { STYLE } from "./style.ts";
import { createView, homeView, itemView, listView } from "./views.ts";

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

type ItemRequest = FastifyRequest<{ Params: { id: string } }>;

export function mountPages(app: FastifyInstance): void {
  // A document may have this path itself.
  if (!app.hasRoute({ method: "GET", url: "/" })) app.get("/", async (_request, reply) => reply.redirect(BASE));
  app.get(`${BASE}/style.css`, async (_request, reply) => reply.type("text/css; charset=utf-8").send(STYLE));
  app.get(BASE, async (_request, reply) => send(reply, 200, homeView()));
  for (const resource of RESOURCES) mountResource(app, resource);
}

function mountResource(app: FastifyInstance, resource: ResourcePages): void {
  const place = `${BASE}/${resource.name}`;
  const { create, change } = resource;
  app.get<{ Querystring: { at?: string } }>(place, (request, reply) =>
    shown(reply, async () => send(reply, 200, listView(resource, await listItems(app, resource, request.query.at)))),
  );
  if (create) {
    app.get(`${place}/new`, (_request, reply) =>
      shown(reply, async () => send(reply, 200, await createView(app, resource, create, {}))),
    );
    app.post(place, { preHandler: refuseOtherSites }, (request, reply) =>
      shown(reply, () => created(app, resource, create, request, reply)),
    );
  }
  app.get(`${place}/items/:id`, (request: ItemRequest, reply) =>
    shown(reply, async () => {
      const item = await readItem(app, resource, request.params.id);
      return send(reply, 200, await itemView(app, resource, { id: request.params.id, item }));
    }),
  );
  if (change)
    app.post(`${place}/items/:id`, { preHandler: refuseOtherSites }, (request: ItemRequest, reply) =>
      shown(reply, () => changed(app, resource, change, request, reply)),
    );
  if (resource.canRemove)
    app.post(`${place}/items/:id/remove`, { preHandler: refuseOtherSites }, (request: ItemRequest, reply) =>
      shown(reply, () => removed(app, resource, request, reply)),
    );
}

async function created(
  app: FastifyInstance,
  resource: ResourcePages,
  form: Form,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const entered = enteredIn(request);
  try {
    const id = await createItem(app, resource, form, bodyOf(form, entered));
    return reply.redirect(`${BASE}/${resource.name}/items/${encodeURIComponent(id)}`, 303);
  } catch (error) {
    const { status, message } = faultOf(error);
    return send(reply, status, await createView(app, resource, form, entered, message));
  }
}

async function changed(
  app: FastifyInstance,
  resource: ResourcePages,
  form: Form,
  request: ItemRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params;
  const entered = enteredIn(request);
  const item = await readItem(app, resource, id);
  try {
    const body = changeOf(form, entered, item);
    if (body !== undefined) await changeItem(app, resource, { id, form, body });
    return reply.redirect(`${BASE}/${resource.name}/items/${encodeURIComponent(id)}`, 303);
  } catch (error) {
    const { status, message } = faultOf(error);
    return send(reply, status, await itemView(app, resource, { id, item, entered, message }));
  }
}

async function removed(
  app: FastifyInstance,
  resource: ResourcePages,
  request: ItemRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params;
  try {
    await removeItem(app, resource, id);
    return reply.redirect(`${BASE}/${resource.name}`, 303);
  } catch (error) {
    const { status, message } = faultOf(error);
    const item = await readItem(app, resource, id);
    return send(reply, status, await itemView(app, resource, { id, item, message }));
  }
}

/** A form of another site must not act for the person who looks at it. */
async function refuseOtherSites(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const site = request.headers["sec-fetch-site"];
  const { origin, host } = request.headers;
  const isSame = site === undefined ? origin !== undefined && hostOf(origin) === host : site === "same-origin";
  return isSame ? undefined : send(reply, 403, problemView("Not allowed", "The form belongs to another site."));
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : "";
}

function enteredIn({ body }: FastifyRequest): Entered {
  const given = typeof body === "object" && body !== null && !Buffer.isBuffer(body) ? body : {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === "string"));
}

/** Runs the work of a page; what the API refuses is a page too. */
async function shown(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    const { status, message } = faultOf(error);
    return send(reply, status, problemView(status === 404 ? "Not found" : "Not possible", message));
  }
}

/** Throws what is no fault of the person. */
function faultOf(error: unknown): { status: number; message: string } {
  if (error instanceof EntryError) return { status: 400, message: error.message };
  if (error instanceof Refused) return { status: error.status, message: error.message };
  throw error;
}

function problemView(title: string, message: string): Html {
  return layout(title, html`${errorText(message)}<p><a href="${BASE}">Back to the start page</a></p>`);
}

function send(reply: FastifyReply, status: number, page: Html): FastifyReply {
  return reply.code(status).headers(HEADERS).type("text/html; charset=utf-8").send(page.text);
}
