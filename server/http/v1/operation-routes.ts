/** Routes of the installation: status, history, backups, policy, secrets, audit log, users and tokens. */
import { bodies, said } from "./bodies";
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
  "GET improvement": looks((app) => app.queries.getImprovement()),
  "GET backups": looks((app) => app.queries.listBackups()),
  "GET archives": lists((app) => app.queries.listArchives()),
  "GET archives/:id": looks((app, { id }) => app.queries.getArchive({ name: id })),
  "GET retention": looks((app) => app.queries.getRetention()),
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
  "GET old-trees": looks(
    (app, { query }) =>
      app.queries.findOldTrees({ days: integer(required(query, "days", "their age"), "days", 3_650) }),
    "days",
  ),
  "GET policy": looks((app) => app.queries.getPolicy()),
  "POST policy": does("setPolicy", bodies.policy, (app, { sent: { levels, add_hosts, remove_hosts } }) =>
    app.commands.setPolicy({ levels, addHosts: add_hosts, removeHosts: remove_hosts }, app.actor),
  ),
  "GET caps": looks((app) => app.queries.getSpendCaps()),
  "GET limits": looks((app) => app.queries.getLimits()),
  "GET mail": looks((app) => app.queries.getMail()),
  "POST mail": does("setMail", bodies.mail, (app, { sent }) => app.commands.setMail(sent, app.actor)),
  "DELETE mail": does("removeMail", null, (app) => app.commands.removeMail(app.actor)),
  "POST mail/test": does("testMail", null, (app) => app.commands.testMail(app.actor)),
  "GET secrets": lists((app) => app.queries.listSecrets()),
  "PUT secrets/:id": does("setSecret", said("value"), (app, { id, sent: { value } }) =>
    app.commands.setSecret(id, value, app.actor),
  ),
  "DELETE secrets/:id": does("removeSecret", null, (app, { id }) => app.commands.removeSecret(id, app.actor)),
  "POST secrets/rotate": does("rotateSecrets", null, (app) => app.commands.rotateSecrets(app.actor)),
  "GET webhooks": lists((app) => app.queries.listWebhooks()),
  "POST webhooks": makes("addWebhook", bodies.webhook, (app, { sent }) => app.commands.addWebhook(sent, app.actor)),
  "POST webhooks/:id/change": does("changeWebhook", bodies.webhookChange, (app, { id, sent }) =>
    app.commands.changeWebhook(id, sent, app.actor),
  ),
  "POST webhooks/:id/rotate": does("rotateWebhookSecret", null, (app, { id }) =>
    app.commands.rotateWebhookSecret(id, app.actor),
  ),
  "DELETE webhooks/:id": does("removeWebhook", null, (app, { id }) => app.commands.removeWebhook(id, app.actor)),
  "POST webhooks/:id/test": does("testWebhook", null, (app, { id }) => app.commands.testWebhook(id, app.actor)),
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
  "POST users": makes("addUser", bodies.user, (app, { sent }) => app.commands.addUser(sent, app.actor)),
  "POST users/:id/role": does("setUserRole", said("role"), (app, { id, sent: { role } }) =>
    app.commands.setUserRole(id, role, app.actor),
  ),
  "POST users/:id/remove": does("removeUser", null, (app, { id }) => app.commands.removeUser(id, app.actor)),
  "GET tokens": lists((app) => app.queries.listTokens()),
  "POST tokens": makes("createToken", bodies.token, (app, { sent }) => app.commands.createToken(sent, app.actor)),
  "POST tokens/:id/revoke": does("revokeToken", null, (app, { id }) => app.commands.revokeToken(id, app.actor)),
};
