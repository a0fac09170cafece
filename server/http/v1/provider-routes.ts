/** Routes of provider keys and of the effective settings. */
import { z } from "zod";
import { text } from "@/agents/guard/parse";
import { does, lists } from "./routes";

const access = z.strictObject({ key: text.optional(), base_url: text.optional(), model: text.optional() });

export const providerRoutes = {
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
