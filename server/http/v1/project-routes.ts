/** Routes of projects that only read. */
import { INSIGHTS, insightsOf, named, placeOf, required } from "./query";
import { reads } from "./routes";

export const projectRoutes = {
  "GET projects": reads((app) => app.queries.listProjects()),
  "GET insights": reads(
    (app, { query }) => app.queries.listAllInsights({ ...insightsOf(query), project: named(query, "project") }),
    ...(["project", ...INSIGHTS] as const),
  ),
  "GET projects/:id/insights": reads(
    (app, { id, query }) => app.queries.listInsights(id, insightsOf(query)),
    ...INSIGHTS,
  ),
  "GET projects/:id/specification": reads(async (app, { id }) => ({
    specification: await app.queries.getSpecification(id),
  })),
  "GET blueprints": reads((app) => app.queries.listBlueprints()),
  "GET blueprint": reads(
    (app, { query }) => app.queries.getBlueprint(required(query, "path", "the folder of the blueprint"), app.actor),
    "path",
  ),
  "GET services": reads((app) => app.queries.listServices()),
  "GET services/:id": reads((app, { id }) => app.queries.getService(id)),
  "GET services/:id/questions": reads((app, { id }) => app.queries.listServiceQuestions(id)),
  "GET services/:id/way": reads((app, { id }) => app.queries.getServiceWay(id)),
  "GET projects/:id": reads((app, { id }) => app.queries.getProject(id)),
  "GET projects/:id/evolution": reads((app, { id }) => app.queries.getEvolution(id)),
  "GET environments": reads(
    (app, { query }) => app.queries.listEnvironments(query.get("project") ?? undefined),
    "project",
  ),
  "GET environments/:id": reads((app, { id }) => app.queries.getEnvironment(id)),
  "GET environments/:id/log": reads((app, { id, query }) => app.queries.getEnvironmentLog(id, placeOf(query)), "after"),
  "GET projects/:id/promotions": reads((app, { id }) => app.queries.listPromotions(id)),
  "GET promotions/:id/log": reads((app, { id, query }) => app.queries.getPromotionLog(id, placeOf(query)), "after"),
  "GET projects/:id/forge": reads(async (app, { id }) => ({ forge: await app.queries.getForge(id) })),
};
