/** Links by which people without an account can read the frozen proof of a result. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "@/agents/application";
import { operation, reachesWork } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { typedNumber } from "@/agents/operations/parse";
import { personOf } from "@/core/rules/roles";
import { MOST_PROOF_DAYS, PROOF_DAYS } from "@/core/shapes/proof";
import { newProofLink } from "@/lib/auth/proof-link";
import { newId } from "@/lib/new-id";

const DAY_MS = 86_400_000;
/** Of one tree, at the same time. */
const MOST_OPEN = 20;

export const proofOperations = {
  shareProof: operation({
    right: "run",
    summary: "Freezes the proof of an ended tree or task, and returns the path of a link that shows it to everybody.",
    on: "unit",
    reach: reachesWork,
    http: "POST :unit/:id/proofs",
    input: z.strictObject({
      /** Days until the link ends; default: 30. */
      days: typedNumber.optional().describe("How many days the link works, from 1 to 90; absent: 30."),
    }),
    audit: ["days"],
    result: said.extend({
      id: z.string().describe("Id of the link; it is not the secret."),
      /** The path of the page, with the secret. Only this answer contains it. */
      path: z.string().describe("Path of the page on this server, with the secret of the link."),
      expires_at: z.string().describe("When the link stops working."),
    }),
    made: () => undefined,
    async run({ id, days = PROOF_DAYS }, actor, { store, queries, now }) {
      if (!(Number.isInteger(days) && days >= 1 && days <= MOST_PROOF_DAYS))
        throw new UserError("invalid", `A link works for 1 to ${MOST_PROOF_DAYS} whole days, not ${days}.`);
      const proof = await queries.getProof(id);
      const body = JSON.stringify(proof);
      const { secret, hash: linkHash } = newProofLink();
      const expiresAtMs = now() + days * DAY_MS;
      const uid = newId();
      const bodyHash = createHash("sha256").update(body).digest("hex");
      const of = { treeUid: proof.tree_id, taskUid: proof.task_id, by: personOf(actor.name) };
      if (!(await store.sharedProofs.add({ uid, ...of, linkHash, body, bodyHash, expiresAtMs }, MOST_OPEN)))
        throw new UserError("conflict", `The tree already has ${MOST_OPEN} links that work: end one of them first.`);
      const expires_at = new Date(expiresAtMs).toISOString();
      const sentence = `Shared until ${expires_at.slice(0, 10)}. Whoever has the link can read the proof as it is now.`;
      return { sentence, id: uid, path: `/proof/${secret}`, expires_at };
    },
  }),
  /** Everybody who may share may also end a link, because that takes nothing from anybody's work. */
  endSharedProof: operation({
    right: "run",
    summary: "Ends a link to a proof; what it shared is forgotten.",
    on: "proof",
    http: "DELETE proofs/:id",
    audit: [],
    result: said,
    async run({ id }, actor, { store: { sharedProofs }, ids }) {
      if (!(await sharedProofs.end(ids.sharedProof(id), personOf(actor.name))))
        throw new UserError("conflict", "The link has ended already.");
      return { sentence: "The link has ended. Its page now says that there is nothing." };
    },
  }),
};
