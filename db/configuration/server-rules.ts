/**
 * Revokes approval rules when their server changes. A rule approves calls of one server's tool only for the server that
 * the person saw, so it ends in the same transaction that changes the server's program, code, place or schema, or
 * removes the server.
 */
import type { ToolBody } from "@/core/rules/configuration";
import { serverIdentity } from "@/core/rules/server-identity";
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
    /** Call before the new body is live. `body` is null when the server is removed. */
    replace(name: string, body: unknown, by: string, nowMs: number): void {
      const live = selectLive.get(name) as string | undefined;
      const was = live === undefined ? null : serverIdentity(JSON.parse(live) as ToolBody);
      if (was === null || (body !== null && serverIdentity(body as ToolBody) === was)) return;
      revoke.run({ name, by, nowMs });
    },
  };
}
