/** Routes of the installation: status, history, backups, policy, secrets, audit log, users and tokens. */
import { bodies } from "./bodies";
import { integer, limitOf, named, pageOf, required } from "./query";
import { does, lists, looks, makes } from "./routes";

export const operationRoutes = {
  "GET session": looks(async ({ actor: { name, role, task } }) => ({ name, role, task: task ?? null })),
  "GET status": looks((app) => app.queries.getStatus()),
  "GET interventions": looks(
    async (app, { query }) => {
      const limit = limitOf(query) ?? 100;
      const skip = integer(query.get("after") ?? "0", "after", 1_000_000, 0);
      const filter = { treeId: named(query, "tree"), action: named(query, "action"), rule: named(query, "rule") };
      const items = await app.queries.listInterventions({ ...filter, skip, limit });
      return { items, next: items.length === limit ? String(skip + limit) : null };
    },
    ...(["after", "limit", "tree", "action", "rule"] as const),
  ),
  "GET history": looks(
    (app, { query }) => app.queries.getHistory({ hours: integer(query.get("hours") ?? "1", "hours", 168) }),
    "hours",
  ),
  "GET providers": lists((app) => app.queries.listProviders()),
  "GET workers": lists((app) => app.queries.listWorkers()),
  "GET starts": lists((app) => app.queries.listStarts()),
  "GET self": looks((app) => app.queries.getSelf()),
  "GET gate-runs": looks(
    async (app, { query }) => {
      const limit = limitOf(query) ?? 100;
      const skip = integer(query.get("after") ?? "0", "after", 1_000_000, 0);
      const items = await app.queries.listGateRuns({ skip, limit });
      return { items, next: items.length === limit ? String(skip + limit) : null };
    },
    ...(["after", "limit"] as const),
  ),
  "GET gate-runs/:id": looks((app, { id }) => app.queries.getGateRun(id)),
  "POST self/off": does("switchSelfOff", bodies.reason, (app, { sent: { reason = "" } }) =>
    app.commands.switchSelfOff(reason, app.actor),
  ),
  "POST self/on": does("switchSelfOn", null, (app) => app.commands.switchSelfOn(app.actor)),
  "GET improvement": looks((app) => app.queries.getImprovement()),
  "POST improvement": does("setImprovement", bodies.improvement, (app, { sent }) =>
    app.commands.setImprovement(sent, app.actor),
  ),
  "POST improvement/look": does("lookNow", null, (app) => app.commands.lookNow(app.actor)),
  "GET backups": looks((app) => app.queries.listBackups()),
  "POST backups": makes("createBackup", null, (app) => app.commands.createBackup(app.actor)),
  "POST backups/schedule": does("setBackupSchedule", bodies.backupSchedule, (app, { sent }) =>
    app.commands.setBackupSchedule(sent, app.actor),
  ),
  "DELETE backups/:id": does("deleteBackup", null, (app, { id }) => app.commands.deleteBackup(id, app.actor)),
  "GET archives": lists((app) => app.queries.listArchives()),
  "GET archives/:id": looks((app, { id }) => app.queries.getArchive({ name: id })),
  "POST archives/:id/read": does("readArchive", null, (app, { id }) =>
    app.commands.readArchive({ name: id }, app.actor),
  ),
  "GET retention": looks((app) => app.queries.getRetention()),
  "POST retention": does("setRetention", bodies.retention, (app, { sent }) =>
    app.commands.setRetention(sent, app.actor),
  ),
  "GET retention/preview": looks(
    (app, { query }) => {
      const [days, max_mb] = [query.get("older_than"), query.get("max_mb")];
      return app.queries.previewRetention({
        days: days === null ? undefined : integer(days, "older_than", 3_650),
        max_mb: max_mb === null ? undefined : integer(max_mb, "max_mb", 100_000_000),
      });
    },
    ...(["older_than", "max_mb"] as const),
  ),
  "POST retention/clean": does("cleanNow", bodies.clean, (app, { sent }) => app.commands.cleanNow(sent, app.actor)),
  "GET old-trees": looks(
    (app, { query }) =>
      app.queries.findOldTrees({ days: integer(required(query, "days", "their age"), "days", 3_650) }),
    "days",
  ),
  "GET policy": looks((app) => app.queries.getPolicy()),
  "GET caps": looks((app) => app.queries.getSpendCaps()),
  "POST caps": does("setSpendCaps", bodies.caps, (app, { sent }) => app.commands.setSpendCaps(sent, app.actor)),
  "GET limits": looks((app) => app.queries.getLimits()),
  "POST limits": does("setLimits", bodies.limits, (app, { sent }) => app.commands.setLimits(sent, app.actor)),
  "GET mail": looks((app) => app.queries.getMail()),
  "GET secrets": lists((app) => app.queries.listSecrets()),
  "GET webhooks": lists((app) => app.queries.listWebhooks()),
  "GET audit": looks(
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
  "GET audit/verify": looks((app) => app.queries.verifyAudit()),
  "GET users": lists((app) => app.queries.listUsers()),
  "GET tokens": lists((app) => app.queries.listTokens()),
};
