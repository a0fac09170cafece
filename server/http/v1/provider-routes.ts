/** Routes of provider keys, of models, and of the effective settings. */
import { z } from "zod";
import { number, text } from "@/agents/operations/parse";
import { MEDIA } from "@/core/log/model";
import { named } from "./query";
import { does, lists, looks } from "./routes";

const access = z.strictObject({ key: text.optional(), base_url: text.optional(), model: text.optional() });

const amounts = { context: number, output: number.optional() };
const prices = { input: number, output: number, cache_read: number.optional(), cache_write: number.optional() };
/** The command checks what the numbers may be. */
const model = z.strictObject({
  limit: z.strictObject(amounts).optional(),
  cost: z.strictObject(prices).optional(),
  modalities: z.strictObject({ input: z.array(z.enum(["text", ...MEDIA])) }).optional(),
});

export const providerRoutes = {
  "GET models": looks(
    (app, { query }) => app.queries.listModels({ provider: named(query, "provider") }),
    ...(["provider"] as const),
  ),
  "GET models/:id": looks((app, { id }) => app.queries.checkModel(id)),
  "PUT models/:id": does("setModel", model, (app, { id, sent }) => app.commands.setModel(id, sent, app.actor)),
  "DELETE models/:id": does("removeModel", null, (app, { id }) => app.commands.removeModel(id, app.actor)),
  "GET settings": lists((app) => app.queries.listSettings()),
  "GET provider-keys": lists((app) => app.queries.listProviderKeys()),
  "PUT provider-keys/:id": does("setProviderKey", access, (app, { id, sent }) =>
    app.commands.setProviderKey({ provider: id, ...sent }, app.actor),
  ),
  "DELETE provider-keys/:id": does("removeProviderKey", null, (app, { id }) =>
    app.commands.removeProviderKey(id, app.actor),
  ),
  "POST provider-keys/:id/test": does("testProvider", access, (app, { id, sent }) =>
    app.commands.testProvider({ provider: id, ...sent }, app.actor),
  ),
};
