/** Secrets, and the present state of the audit. */
import { z } from "zod";
import { aboutField, UserError } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import type { CommandSources } from "@/agents/commands/world/sources";
import { said } from "@/agents/operations/operation";
import { present } from "@/agents/operations/parse";
import { verify } from "@/agents/queries/secrets";
import { appendAnchor } from "@/lib/audit-anchor";
import { SecretError } from "@/lib/secrets/errors";
import type { Vault } from "@/lib/secrets/vault";

const SECRET_FIELDS = { name: "id", value: "value" };

export const secretOperations = {
  setSecret: operation({
    right: "administer",
    summary: "Sets a secret; `id` is its name.",
    on: "name",
    http: "PUT secrets/:id",
    // The vault refuses a blank value.
    input: z.strictObject({ value: present.describe("The secret, which goes to the vault and is never shown again.") }),
    keepsSecrets: true,
    audit: [],
    result: said,
    run: ({ id, value }, actor, { security: { vault }, servers }) =>
      inOneSentence(async () => {
        await vault.set(id, value, actor.name);
        await endConnections(id, servers);
        const shown = vault.list().find((secret) => secret.name === id)?.lastFour;
        return { sentence: `Saved the secret ${id}${shown ? `, which ends in ${shown}` : ""}.` };
      }, SECRET_FIELDS),
  }),
  removeSecret: operation({
    right: "administer",
    summary: "Removes a secret.",
    on: "name",
    http: "DELETE secrets/:id",
    audit: [],
    result: said,
    run: ({ id }, _actor, { security: { vault }, servers }) =>
      inOneSentence(async () => {
        await vault.remove(id);
        await endConnections(id, servers);
        return { sentence: `Removed the secret ${id}. Backups of the database still contain it, encrypted.` };
      }),
  }),
  rotateSecrets: operation({
    right: "administer",
    summary: "Encrypts all secrets with a new key.",
    http: "POST secrets/rotate",
    audit: [],
    result: said,
    run: (_input, _actor, { security }) => inOneSentence(() => rotate(security.vault)),
  }),
  acceptAudit: operation({
    right: "administer",
    summary: "Accepts the audit's present state for later checks, after a restore or a move of the database.",
    audit: [],
    result: said,
    async run(_input, actor, { store, security: { anchorFile }, now }) {
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
  }),
};

/** Ends the connections and processes of the server that a secret belongs to: they keep the value that they began with. */
async function endConnections(secret: string, servers: CommandSources["servers"]): Promise<void> {
  const server = /^mcp\/([^/]+)\//.exec(secret)?.[1];
  if (server !== undefined) await (await servers()).closeServer(server);
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

/**
 * Runs `work` and turns a SecretError into a UserError with the same sentence. `fields`: where the input has the name
 * and the value of the secret.
 */
export async function inOneSentence<T>(
  work: () => Promise<T>,
  fields: { name?: string; value?: string } = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    const refused = new UserError(error.kind, error.message);
    const field = error.part && fields[error.part];
    throw field ? aboutField(field, refused) : refused;
  }
}
