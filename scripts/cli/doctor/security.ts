/** The part of `doctor` that checks the secrets and the audit. */
import { existsSync } from "node:fs";
import type { Security } from "@/agents/configuration/security";
import { createSecretQueries } from "@/agents/queries/secrets";
import { plural } from "@/core/words/figures";
import type { Store } from "@/db/store";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./finding";

/** Few enough to verify within milliseconds. */
const NEWEST_ROWS = 1_000;

export async function security(context: Context, store: Store, found: Security): Promise<Finding[]> {
  const { vault } = found;
  return [
    secrets(context, vault.list().length, vault.faults()),
    await audit(createSecretQueries({ store, security: found, now: Date.now })),
  ];
}

function secrets({ settings }: Context, count: number, [fault]: string[]): Finding {
  const name = "Secrets";
  if (fault) return { name, mark: "fail", text: fault, remedy: "" };
  const made = existsSync(settings.keyFile) ? "" : " (created when first needed)";
  const key = settings.secretKey === null ? `in ${settings.keyFile}${made}` : "derived from SYSTEM_SECRET_KEY";
  const shown = count === 1 ? "1 secret" : `${count} secrets`;
  return { name, mark: "ok", text: `${shown}; the key is ${key}.`, remedy: "" };
}

async function audit(queries: ReturnType<typeof createSecretQueries>): Promise<Finding> {
  const name = "Audit";
  const { ok, rows, faults, anchor } = await queries.verifyAudit({ newest: NEWEST_ROWS });
  if (ok)
    return {
      name,
      mark: "ok",
      text: `Verified the newest ${plural(rows, "row")} against ${anchor}.`,
      remedy: "",
    };
  const remedy = "See details with `banyan audit verify`; if you restored a backup, run `banyan audit accept`.";
  return { name, mark: "fail", text: faults[0]?.sentence ?? "", remedy };
}
