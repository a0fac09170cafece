/** Routes that read provider keys, models, and the effective settings. */
import { named } from "./query";
import { lists, reads } from "./routes";

export const providerRoutes = {
  "GET models": reads(
    (app, { query }) => app.queries.listModels({ provider: named(query, "provider") }),
    ...(["provider"] as const),
  ),
  "GET models/:id": reads((app, { id }) => app.queries.checkModel(id)),
  "GET settings": lists((app) => app.queries.listSettings()),
  "GET provider-keys": lists((app) => app.queries.listProviderKeys()),
};
