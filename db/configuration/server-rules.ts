/**
 * A rule that approves calls of a server's tool is for the server that it was made for. Whichever door puts another program, code,
 * place or schema under that name, or takes the name away, ends it in the same transaction.
 */
import type { ToolBody } from "@/core/rules/configuration";
import type { Sqlite } from "@/db/file/client";

export function createServerRules(sqlite: Sqlite) {
  const selectLive = sqlite
    .prepare(`
    SELECT versions.body FROM tools live JOIN config_versions versions
      ON versions.kind = 'tool' AND versions.name = live.name AND versions.version = live.version WHERE live.name = ?`)
    .pluck();
  const revoke = sqlite.prepare(`
    UPDATE approval_rules SET revoked_by = @by, revoked_at_ms = @nowMs
    WHERE (tool = @name OR substr(tool, 1, length(@name) + 2) = @name || '__') AND revoked_at_ms IS NULL AND expires_at_ms > @nowMs`);

  return {
    /** Call it before the other one is live. `body`: null when the name is taken away. */
    replace(name: string, body: unknown, by: string, nowMs: number): void {
      const live = selectLive.get(name) as string | undefined;
      const was = live === undefined ? null : identityOf(JSON.parse(live) as ToolBody);
      if (was === null || (body !== null && identityOf(body as ToolBody) === was)) return;
      revoke.run({ name, by, nowMs });
    },
  };
}

/** What its calls do, as far as it is known; null: no server. Policies and texts say nothing about that. */
function identityOf({ server }: ToolBody): string | null {
  if (!server) return null;
  const { config, files, scope, workspace, tools } = server;
  const listed = tools.map(({ name, hash }) => `${name} ${hash}`).sort();
  return JSON.stringify([config, files ?? null, scope, workspace, listed]);
}
