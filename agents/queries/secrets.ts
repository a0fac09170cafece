/** Queries of admins for secrets and the audit. They never return a secret's value. */
import type { Queries } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { Security } from "@/agents/configuration/security";
import { withoutDisguise } from "@/core/words/visible";
import type { AuditCheck } from "@/db/audit/audit-check";
import { checkAudit } from "@/db/audit/audit-check";
import type { Store } from "@/db/store";
import { readAnchors } from "@/lib/audit-anchor";

type SecretQueries = Pick<Queries, "listSecrets" | "listAudit" | "verifyAudit">;

/** Time for a new database to write its first anchor. */
const ANCHOR_DUE_MS = 5 * 60_000;

export interface SecretSources {
  store: Pick<Store, "audit">;
  security: Security;
  now(): number;
}

export function createSecretQueries({ store, security, now }: SecretSources): SecretQueries {
  return {
    listSecrets: async () =>
      security.vault.list().map(({ name, lastFour, updatedBy, updatedAtMs }) => ({
        name,
        last_four: lastFour,
        updated_by: updatedBy,
        updated_at: new Date(updatedAtMs).toISOString(),
      })),
    async listAudit({ after, limit = 100, from, until, ...filter } = {}) {
      if (after !== undefined && !/^\d{1,15}$/.test(after))
        throw new UserError(
          "invalid",
          `The cursor "${after.slice(0, 100)}" is invalid: use the "next" of the last page.`,
        );
      const times = { fromMs: timeOf("from", from), untilMs: timeOf("until", until) };
      const page = store.audit.list({ ...filter, ...times, after, limit: Math.min(Math.max(1, limit), 1_000) });
      const items = page.items.map((row) => ({
        ...row,
        actor: withoutDisguise(row.actor),
        subject: withoutDisguise(row.subject),
        detail: withoutDisguise(row.detail),
      }));
      return { ...page, items };
    },
    verifyAudit: async ({ newest } = {}) => {
      const { ok, rows, head, faults } = await verify(store, security.anchorFile, now(), newest);
      return { ok, rows, head, faults, anchor: security.anchorFile };
    },
  };
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isFinite(ms) && /^\d{4}-\d\d-\d\d/.test(text)) return ms;
  throw new UserError(
    "invalid",
    `"${name}" must be a time such as 2026-01-31 or 2026-01-31T12:00:00Z, not “${text.slice(0, 50)}”.`,
  );
}

type Verified = Omit<AuditCheck, "faults"> & {
  faults: (Omit<AuditCheck["faults"][number], "kind"> & { kind: string })[];
};

export async function verify(
  store: SecretSources["store"],
  file: string,
  nowMs: number,
  newest?: number,
): Promise<Verified> {
  // Anchors are read before the rows, so every anchored row is already written.
  const { anchors, fault } = readAnchors(file);
  const checked = await checkAudit(store.audit, { anchors, newest });
  const first = store.audit.slice(0, 1)[0];
  const isDue = first !== undefined && nowMs - first.atMs > ANCHOR_DUE_MS;
  const missing =
    anchors.length === 0 && isDue
      ? `The audit's anchor ${file} is missing: it was removed, or the database was moved here. If you know why, confirm with \`banyan audit accept\`.`
      : null;
  const sentence = fault ?? missing;
  const faults = [...checked.faults, ...(sentence ? [{ id: 0, kind: "anchor", sentence }] : [])];
  return { ...checked, ok: faults.length === 0, faults };
}
