/** Routes of projects that only read. */
import { INSIGHTS, insightsOf } from "./query";
import { reads } from "./routes";

export const projectRoutes = {
  "GET projects": reads((app) => app.queries.listProjects()),
  "GET projects/:id/insights": reads(
    (app, { id, query }) => app.queries.listInsights(id, insightsOf(query)),
    ...INSIGHTS,
  ),
  "GET projects/:id/specification": reads(async (app, { id }) => ({
    specification: await app.queries.getSpecification(id),
  })),
  "GET projects/:id": reads((app, { id }) => app.queries.getProject(id)),
  "GET projects/:id/evolution": reads((app, { id }) => app.queries.getEvolution(id)),
  "GET projects/:id/forge": reads(async (app, { id }) => ({ forge: await app.queries.getForge(id) })),
};
