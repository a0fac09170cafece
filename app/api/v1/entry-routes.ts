/** Agents, documents and runbooks: listed, read with their version as `ETag`, and written by whoever has seen that version. */
import type { Entry, EntryKind, FieldsOf } from "@/agents/core/shapes-configuration";
import type { GuardedApplication } from "@/agents/guard";
import { problem } from "@/lib/http/problem";
import { parse } from "./bodies";
import { entryBodies, restoreBody } from "./entry-bodies";
import type { ApiAnswer, ApiRequest, doing as Doing, Handler } from "./handle";

type Routes = Record<string, Handler & { command?: Parameters<typeof Doing>[0] }>;

export function entryRoutes(unit: string, kind: EntryKind, doing: typeof Doing): Routes {
  return {
    [`GET ${unit}`]: async (app) => ({
      status: 200,
      body: { items: await app.queries.listEntries(kind), next: null },
    }),
    [`POST ${unit}`]: doing("saveEntry", async (app, { body }) => {
      const { why, ...fields } = parse(entryBodies[kind], body);
      const { name } = await app.commands.saveEntry(kind, fields, app.actor, { ifVersion: null, why });
      return shown(app, kind, name, 201);
    }),
    [`GET ${unit}/:id`]: async (app, _, id) => shown(app, kind, id),
    [`PUT ${unit}/:id`]: doing("saveEntry", (app, request, id) => change(app, kind, request, id)),
    [`DELETE ${unit}/:id`]: doing("removeEntry", async (app, _, id) => ({
      status: 200,
      body: await app.commands.removeEntry(kind, id, app.actor),
    })),
    [`GET ${unit}/:id/versions`]: async (app, _, id) => ({
      status: 200,
      body: { items: await app.queries.listVersions(kind, id), next: null },
    }),
    [`GET ${unit}/:id/export`]: async (app, _, id) => {
      const [file] = await app.queries.exportEntries(kind, id);
      return { status: 200, body: file };
    },
    [`POST ${unit}/:id/restore`]: doing("restoreVersion", async (app, { body }, id) => {
      const { version, why } = parse(restoreBody, body);
      return { status: 200, body: await app.commands.restoreVersion(kind, id, version, app.actor, { why }) };
    }),
  };
}

async function shown(app: GuardedApplication, kind: EntryKind, name: string, status = 200): Promise<ApiAnswer> {
  const entry = await app.queries.getEntry(kind, name);
  return { status, body: asBody(entry), headers: { etag: `"${entry.version}"` } };
}

function asBody({ fields, kind, live: _, created_at, ...said }: Entry): FieldsOf[EntryKind] & Record<string, unknown> {
  return { kind, ...fields, ...said, edited: said.origin !== "seed", edited_at: created_at };
}

async function change(
  app: GuardedApplication,
  kind: EntryKind,
  { body, headers }: ApiRequest,
  name: string,
): Promise<ApiAnswer> {
  const seen = headers?.["if-match"];
  if (seen === undefined)
    return refusal(428, `Send If-Match with the version that you change: the ETag of GET, such as "3"; or * for any.`);
  const { why, ...fields } = parse(entryBodies[kind], body);
  if (fields.name !== undefined && fields.name !== name)
    return refusal(400, `The ${kind} ${name} keeps its name: create ${fields.name} with POST.`);
  const { version } = await app.queries.getEntry(kind, name);
  const isAny = seen.trim() === "*";
  if (!isAny && !seen.split(",").some((tag) => tag.trim() === `"${version}"`)) return stale(name, version);
  try {
    const ifVersion = isAny ? undefined : version;
    await app.commands.saveEntry(kind, { ...fields, name }, app.actor, { why, ifVersion });
  } catch (error) {
    // Somebody was quicker by a moment.
    if (error instanceof Error && "kind" in error && error.kind === "conflict") return refusal(412, error.message);
    throw error;
  }
  return shown(app, kind, name);
}

function stale(name: string, version: number): ApiAnswer {
  return refusal(412, `${name} is at version ${version} by now: read it again, and send that version as If-Match.`);
}

function refusal(status: number, sentence: string): ApiAnswer {
  return { status, body: problem(status, sentence) };
}
