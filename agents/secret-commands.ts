/** Secrets and the audit: what an admin does with them. */
import { type AuditCheck, checkAudit } from "@/db/audit-check";
import type { Store } from "@/db/store";
import { appendAnchor, readAnchors } from "@/lib/audit-anchor";
import { SecretError } from "@/lib/secrets/errors";
import type { Vault } from "@/lib/secrets/vault";
import { type Commands, type Queries, UserError } from "./application";
import type { Security } from "./security";

type SecretCommands = Pick<Commands, "setSecret" | "removeSecret" | "rotateSecrets" | "acceptAudit">;
type SecretQueries = Pick<Queries, "listSecrets" | "listAudit" | "verifyAudit">;

/** Until the anchor of a new database has been written. */
const ANCHOR_DUE_MS = 5 * 60_000;

interface Sources {
  store: Pick<Store, "audit">;
  security: Security;
  now(): number;
}

export function createSecretCommands({ store, security, now }: Sources): SecretCommands {
  const { vault, anchorFile } = security;
  return {
    setSecret: (name, value, actor) =>
      inOneSentence(async () => {
        await vault.set(name, value, actor.name);
        const shown = vault.list().find((one) => one.name === name)?.lastFour;
        return { sentence: `The secret ${name} is kept${shown ? `; it ends in ${shown}` : ""}.` };
      }),
    removeSecret: (name) =>
      inOneSentence(async () => {
        await vault.remove(name);
        return { sentence: `The secret ${name} is removed; backups of the database still hold it, encrypted.` };
      }),
    rotateSecrets: () => inOneSentence(() => rotate(vault)),
    acceptAudit: async (actor) => {
      const { faults } = await verify(store, anchorFile, now());
      const head = store.audit.head() ?? { id: 0, hash: "" };
      try {
        appendAnchor(anchorFile, { ...head, at: new Date(now()).toISOString(), accepted: actor.name });
      } catch (error) {
        throw new UserError(
          "unavailable",
          `The audit's anchor ${anchorFile} cannot be written (${(error as Error).message}): make its folder writable for this user.`,
        );
      }
      const left = faults.filter(({ kind }) => kind === "altered" || kind === "inserted").length;
      const stays = left > 0 ? " What was altered in it stays, and is still found." : "";
      return { sentence: `From now on the audit is compared with what it is now, up to row ${head.id}.${stays}` };
    },
  };
}

async function rotate(vault: Vault): Promise<{ sentence: string }> {
  const { renewed, dropped, unreadable } = await vault.rotate();
  const left =
    unreadable.length > 0
      ? ` These could not be read and stay as they are; set them anew: ${unreadable.join(", ")}.`
      : "";
  const gone = dropped > 0 ? ` Old keys dropped: ${dropped}; secrets in older backups cannot be read any more.` : "";
  return { sentence: `Secrets that are encrypted with a new key now: ${renewed}.${gone}${left}` };
}

export function createSecretQueries({ store, security, now }: Sources): SecretQueries {
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
        throw new UserError("invalid", `The cursor "${after.slice(0, 100)}" is none: use the "next" of the last page.`);
      const times = { fromMs: timeOf("from", from), untilMs: timeOf("until", until) };
      return store.audit.list({ ...filter, ...times, after, limit: Math.min(Math.max(1, limit), 1_000) });
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
    `"${name}" is a time such as 2026-01-31 or 2026-01-31T12:00:00Z, not “${text.slice(0, 50)}”.`,
  );
}

type Verified = Omit<AuditCheck, "faults"> & {
  faults: (Omit<AuditCheck["faults"][number], "kind"> & { kind: string })[];
};

async function verify(store: Sources["store"], file: string, nowMs: number, newest?: number): Promise<Verified> {
  // Before the rows: what is anchored is written by then.
  const { anchors, fault } = readAnchors(file);
  const checked = await checkAudit(store.audit, { anchors, newest });
  const first = store.audit.slice(0, 1)[0];
  const isDue = first !== undefined && nowMs - first.atMs > ANCHOR_DUE_MS;
  const missing =
    anchors.length === 0 && isDue
      ? `The audit's anchor ${file} is not there: it was removed, or the database was moved here. If you know why, say so with \`banyan audit accept\`.`
      : null;
  const sentence = fault ?? missing;
  const faults = [...checked.faults, ...(sentence ? [{ id: 0, kind: "anchor", sentence }] : [])];
  return { ...checked, ok: faults.length === 0, faults };
}

/** Failures of secrets are failures of what was asked. */
export async function inOneSentence<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SecretError ? new UserError(error.kind, error.message) : error;
  }
}
