/** Tools and servers of tools: listed, read with their version as `ETag`, added, and changed by whoever has seen that version. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard";
import { problem } from "@/lib/http/problem";
import { bodies, parse, requiredText } from "./bodies";
import type { ApiAnswer, ApiRequest, doing as Doing, Handler } from "./handle";

type Routes = Record<string, Handler & { command?: Parameters<typeof Doing>[0] }>;

const change = z.strictObject({
  policy: z.string("must be inherit, auto, ask or deny").optional(),
  server: z.record(z.string(), z.unknown(), "must be an entry of mcpServers").optional(),
});
const test = z.strictObject({
  accept: z.boolean("must be true or false").optional(),
  listing: z.string("must be text").optional(),
});

const ok = (body: unknown): ApiAnswer => ({ status: 200, body });

export function toolRoutes(doing: typeof Doing): Routes {
  return {
    "GET tools": async (app) => ok({ items: await app.queries.listTools(), next: null }),
    "POST tools": doing("importServers", async (app, { body }) => ({
      status: 201,
      body: await app.commands.importServers(bodies.servers(body), app.actor),
    })),
    "GET tools/:id": async (app, _, id) => shown(app, id),
    "PUT tools/:id": doing("updateServer", (app, request, id) => update(app, request, id)),
    "POST tools/:id": doing("importServers", async (app, { body }, id) => {
      if (id !== "import") return { status: 404, body: problem(404, "There is nothing at this address of the API.") };
      return ok(await app.commands.importServers(bodies.servers(body), app.actor));
    }),
    "DELETE tools/:id": doing("removeTool", async (app, _, id) => ok(await app.commands.removeTool(id, app.actor))),
    "GET tools/:id/history": async (app, _, id) => {
      const { name } = await app.queries.getTool(id);
      return ok(await app.queries.getToolHistory(name));
    },
    "POST tools/:id/test": doing("testServer", async (app, { body }, id) =>
      ok(await app.commands.testServer(id, app.actor, parse(test, body))),
    ),
    "POST tools/:id/policy": doing("setToolPolicy", async (app, { body }, id) =>
      ok(await app.commands.setToolPolicy(id, requiredText(body, "policy"), app.actor)),
    ),
  };
}

async function shown(app: GuardedApplication, name: string): Promise<ApiAnswer> {
  const tool = await app.queries.getTool(name);
  return { status: 200, body: tool, headers: { etag: `"${tool.version}"` } };
}

async function update(app: GuardedApplication, { body, headers }: ApiRequest, name: string): Promise<ApiAnswer> {
  const seen = headers?.["if-match"];
  if (seen === undefined)
    return refusal(428, `Send If-Match with the version that you change: the ETag of GET, such as "3"; or * for any.`);
  const { policy, server } = parse(change, body);
  if ((policy === undefined) === (server === undefined))
    throw new UserError("invalid", 'Send "policy", or "server" with an entry of mcpServers, and not both.');
  const { version: live } = await app.queries.getTool(name);
  const isAny = seen.trim() === "*";
  if (!isAny && !seen.split(",").some((tag) => tag.trim() === `"${live}"`))
    return refusal(412, `${name} is at version ${live} by now: read it again, and send that version as If-Match.`);
  const options = isAny ? {} : { version: live };
  const done =
    policy === undefined
      ? await app.commands.updateServer(name, server ?? {}, app.actor, options)
      : await app.commands.setToolPolicy(name, policy, app.actor, options);
  const { version } = await app.queries.getTool(name);
  return { status: 200, body: { ...done, version }, headers: { etag: `"${version}"` } };
}

function refusal(status: number, sentence: string): ApiAnswer {
  return { status, body: problem(status, sentence) };
}
