/** Keys of providers of models, and the settings in effect. */
import { z } from "zod";
import { parse } from "./bodies";
import type { doing as Doing, Handler } from "./handle";

const text = z.string("must be text");
const access = z.strictObject({ key: text.optional(), base_url: text.optional(), model: text.optional() });

export const providerRoutes = (
  doing: typeof Doing,
): Record<string, Handler & { command?: Parameters<typeof Doing>[0] }> => ({
  "GET settings": async (app) => ({ status: 200, body: { items: await app.queries.listSettings(), next: null } }),
  "GET provider-keys": async (app) => ({
    status: 200,
    body: { items: await app.queries.listProviderKeys(), next: null },
  }),
  "PUT provider-keys/:id": doing("setProviderKey", async (app, { body }, provider) => ({
    status: 200,
    body: await app.commands.setProviderKey({ provider, ...parse(access, body) }, app.actor),
  })),
  "DELETE provider-keys/:id": doing("removeProviderKey", async (app, _, provider) => ({
    status: 200,
    body: await app.commands.removeProviderKey(provider, app.actor),
  })),
  "POST provider-keys/:id/test": doing("testProvider", async (app, { body }, provider) => ({
    status: 200,
    body: await app.commands.testProvider({ provider, ...parse(access, body) }, app.actor),
  })),
});
