import { pageAt } from "@/core/page";
import { integer, KPIS, kpisOf, limitOf, named, pageOf, required } from "./query";
import { lists, reads } from "./routes";

export const operationRoutes = {
  "GET session": reads(async ({ actor: { name, role, task } }) => ({ name, role, task: task ?? null })),
  "GET status": reads((app) => app.queries.getStatus()),
  "GET interventions": reads(
    async (app, { query }) => {
      const limit = limitOf(query) ?? 100;
      const skip = integer(query.get("after") ?? "0", "after", 1_000_000, 0);
      const filter = { treeId: named(query, "tree"), action: named(query, "action"), rule: named(query, "rule") };
      return pageAt(await app.queries.listInterventions({ ...filter, skip, limit: limit + 1 }), skip, limit);
    },
    ...(["after", "limit", "tree", "action", "rule"] as const),
  ),
  "GET history": reads(
    (app, { query }) => app.queries.getHistory({ hours: integer(query.get("hours") ?? "1", "hours", 168) }),
    "hours",
  ),
  "GET providers": lists((app) => app.queries.listProviders()),
  "GET runners": reads((app) => app.queries.getRunners()),
  "GET workers": lists((app) => app.queries.listWorkers()),
  "GET starts": lists((app) => app.queries.listStarts()),
  "GET self": reads((app) => app.queries.getSelf()),
  "GET gate-runs": reads(
    async (app, { query }) => {
      const limit = limitOf(query) ?? 100;
      const skip = integer(query.get("after") ?? "0", "after", 1_000_000, 0);
      return pageAt(await app.queries.listGateRuns({ skip, limit: limit + 1 }), skip, limit);
    },
    ...(["after", "limit"] as const),
  ),
  "GET gate-runs/:id": reads((app, { id }) => app.queries.getGateRun(id)),
  "GET failures": reads((app) => app.queries.getFailures()),
  "GET kpis": reads((app, { query }) => app.queries.getKpis(kpisOf(query)), ...KPIS),
  "GET reports/:id": reads(
    (app, { id, query }) => app.queries.getReport(id, { project: named(query, "project") }),
    "project",
  ),
  "GET usage": reads(
    (app, { query }) => app.queries.getUsage({ from: named(query, "from"), to: named(query, "to") }),
    ...(["from", "to"] as const),
  ),
  "GET improvement": reads((app) => app.queries.getImprovement()),
  "GET backups": reads((app) => app.queries.listBackups()),
  "GET archives": lists((app) => app.queries.listArchives()),
  "GET archives/:id": reads((app, { id }) => app.queries.getArchive({ name: id })),
  "GET retention": reads((app) => app.queries.getRetention()),
  "GET retention/preview": reads(
    (app, { query }) => {
      const [days, max_mb] = [query.get("older_than"), query.get("max_mb")];
      return app.queries.previewRetention({
        days: days === null ? undefined : integer(days, "older_than", 3_650),
        max_mb: max_mb === null ? undefined : integer(max_mb, "max_mb", 100_000_000),
      });
    },
    ...(["older_than", "max_mb"] as const),
  ),
  "GET old-trees": reads(
    (app, { query }) =>
      app.queries.findOldTrees({ days: integer(required(query, "days", "their age"), "days", 3_650) }),
    "days",
  ),
  "GET policy": reads((app) => app.queries.getPolicy()),
  "GET caps": reads((app) => app.queries.getSpendCaps()),
  "GET objectives": reads((app) => app.queries.getObjectives()),
  "GET limits": reads((app) => app.queries.getLimits()),
  "GET mail": reads((app) => app.queries.getMail()),
  "GET secrets": lists((app) => app.queries.listSecrets()),
  "GET webhooks": lists((app) => app.queries.listWebhooks()),
  "GET audit": reads(
    (app, { query }) =>
      app.queries.listAudit({
        ...pageOf(query),
        actor: named(query, "actor"),
        action: named(query, "action"),
        subject: named(query, "subject"),
        tree: named(query, "tree"),
        from: named(query, "from"),
        until: named(query, "until"),
      }),
    ...(["after", "limit", "actor", "action", "subject", "tree", "from", "until"] as const),
  ),
  "GET audit/verify": reads((app) => app.queries.verifyAudit()),
  "GET users": lists((app) => app.queries.listUsers()),
  "GET tokens": lists((app) => app.queries.listTokens()),
};
