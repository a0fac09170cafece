/** Routes of agents, documents and runbooks. Reads return the version as `ETag`; writes need it as `If-Match`. */
import { restoreFields } from "@/agents/commands/operations";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { EntryKind } from "@/core/shapes/configuration";
import { entryBodies } from "./entry-bodies";
import { asBody, type Shown } from "./entry-shown";
import { type ApiAnswer, type Ask, does, isAny, lists, makes, type Route, reads, refusal, staleness } from "./routes";

type Written = { name?: string; why?: string };

/** Returns the routes of a kind of entry. */
export function entryRoutes<Kind extends EntryKind>(kind: Kind) {
  const takes = entryBodies[kind];
  const create: Route<Shown<Kind>> = {
    ...makes("saveEntry", takes, async () => null as never),
    etag: "gives",
    async answer(app, { sent }) {
      const { why, ...fields } = sent as Written;
      const { name } = await app.commands.saveEntry({ kind, fields, ifVersion: null, why });
      return shown(app, kind, name, 201);
    },
  };
  const read: Route<Shown<Kind>> = {
    command: null,
    query: [],
    takes: null,
    status: 200,
    etag: "gives",
    answer: (app, { id }) => shown(app, kind, id),
  };
  const update: Route<Shown<Kind>> = {
    command: "saveEntry",
    query: [],
    takes,
    status: 200,
    etag: "needs",
    answer: (app, ask) => change(app, kind, ask),
  };
  return {
    list: lists((app) => app.queries.listEntries(kind)),
    create,
    read,
    update,
    remove: does("removeEntry", null, (app, { id }) => app.commands.removeEntry({ kind, name: id })),
    versions: lists((app, { id }) => app.queries.listVersions(kind, id)),
    export: reads(async (app, { id }) => {
      const [file] = await app.queries.exportEntries(kind, id);
      if (!file) throw new Error(`The export of ${kind} ${id} is empty.`);
      return file;
    }),
    restore: does("restoreVersion", restoreFields, (app, { id, sent: { version, why } }) =>
      app.commands.restoreVersion({ kind, name: id, version, why }),
    ),
  };
}

async function shown<Kind extends EntryKind>(
  app: GuardedApplication,
  kind: Kind,
  name: string,
  status = 200,
): Promise<ApiAnswer<Shown<Kind>>> {
  const entry = await app.queries.getEntry(kind, name);
  return { status, body: asBody(entry), headers: { etag: `"${entry.version}"` } };
}

async function change<Kind extends EntryKind>(app: GuardedApplication, kind: Kind, { id: name, sent, ifMatch }: Ask) {
  const { why, ...fields } = sent as Written;
  if (fields.name !== undefined && fields.name !== name)
    return refusal("invalid-request", `The ${kind} ${name} cannot be renamed. Create ${fields.name} with POST.`);
  const { version } = await app.queries.getEntry(kind, name);
  const stale = staleness(ifMatch, name, version);
  if (stale) return stale;
  try {
    const ifVersion = isAny(ifMatch) ? undefined : version;
    await app.commands.saveEntry({ kind, fields: { ...fields, name }, why, ifVersion });
  } catch (error) {
    // Somebody else saved between the check and the write.
    if (error instanceof Error && "kind" in error && error.kind === "conflict")
      return refusal("version-changed", error.message);
    throw error;
  }
  return shown(app, kind, name);
}
