/** Ends the trial of an entry whose live version changes or goes away, in the caller's transaction. */
import { createAuditWriter } from "@/db/audit/audit";
import type { Sqlite } from "@/db/file/client";

interface Changed {
  kind: string;
  name: string;
  outcome: "edited" | "removed";
  by: string;
}

export function createTrialEnder(sqlite: Sqlite) {
  const end = sqlite
    .prepare(`
    UPDATE trials SET status = 'stale', outcome = @outcome, ended_by = @by, ended_at_ms = @nowMs
    WHERE kind = @kind AND name = @name AND status = 'open' RETURNING version`)
    .pluck();
  const audit = createAuditWriter(sqlite);
  return ({ kind, name, outcome, by }: Changed, nowMs: number): void => {
    const version = end.get({ kind, name, outcome, by, nowMs }) as number | undefined;
    if (version === undefined) return;
    const detail = JSON.stringify({ version, status: "stale", outcome });
    audit.insert({ actor: by, action: "trialEnded", subject: `${kind} ${name}`, tree: "", detail }, nowMs);
  };
}
