/** Commands of admins for secrets and the audit. */

import { type Commands, UserError } from "@/agents/application";
import { type SecretSources, verify } from "@/agents/queries/secrets";
import { appendAnchor } from "@/lib/audit-anchor";
import { SecretError } from "@/lib/secrets/errors";
import type { Vault } from "@/lib/secrets/vault";

type SecretCommands = Pick<Commands, "setSecret" | "removeSecret" | "rotateSecrets" | "acceptAudit">;

export function createSecretCommands({ store, security, now }: SecretSources): SecretCommands {
  const { vault, anchorFile } = security;
  return {
    setSecret: (name, value, actor) =>
      inOneSentence(async () => {
        await vault.set(name, value, actor.name);
        const shown = vault.list().find((one) => one.name === name)?.lastFour;
        return { sentence: `Saved the secret ${name}${shown ? `, which ends in ${shown}` : ""}.` };
      }),
    removeSecret: (name) =>
      inOneSentence(async () => {
        await vault.remove(name);
        return { sentence: `Removed the secret ${name}. Backups of the database still contain it, encrypted.` };
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
      const stays = left > 0 ? " Altered rows stay, and checks still report them." : "";
      return {
        sentence: `Accepted: checks now compare the audit with its present state, up to row ${head.id}.${stays}`,
      };
    },
  };
}

async function rotate(vault: Vault): Promise<{ sentence: string }> {
  const { renewed, dropped, unreadable } = await vault.rotate();
  const left =
    unreadable.length > 0
      ? ` These could not be read and are unchanged; set them again: ${unreadable.join(", ")}.`
      : "";
  const gone = dropped > 0 ? ` Old keys dropped: ${dropped}; secrets in older backups can no longer be read.` : "";
  return { sentence: `Secrets encrypted with the new key: ${renewed}.${gone}${left}` };
}

/** Runs `work` and turns a SecretError into a UserError with the same sentence. */
export async function inOneSentence<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SecretError ? new UserError(error.kind, error.message) : error;
  }
}
