/** More money or tokens for a tree, or a task. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { doneOnce } from "@/agents/commands/world/done-once";
import { continuesWork, operation } from "@/agents/commands/world/operation";
import { target } from "@/agents/commands/world/unit";
import { said } from "@/agents/operations/operation";
import { text, typedNumber } from "@/agents/operations/parse";
import { chosenOf } from "@/agents/queries/continuation/chosen-task";
import type { GrantAmounts } from "@/core/log/amounts";
import { isEnded } from "@/core/log/terms";
import type { AddedAmounts } from "@/core/rules/grants";
import { duration, plural } from "@/core/words/figures";
import type { FoundTask } from "@/db/records/found-task";
import type { Store } from "@/db/store";

/** What is added to a grant. */
export const moreFields = {
  cost_usd: typedNumber.optional().describe("US dollars to add to the grant."),
  tokens: typedNumber.optional().describe("Tokens to add to the grant."),
  seconds: typedNumber.optional().describe("Seconds to add to the grant."),
};

export const grantOperations = {
  grant: operation({
    right: "run",
    summary: "Adds to the grant of a tree, or of a task and its ancestors.",
    on: "unit",
    reach: continuesWork,
    http: "POST :unit/:id/grant",
    input: z.strictObject({
      ...moreFields,
      once: text.optional().describe("A repeated request with the same value adds to the grant once."),
    }),
    audit: ["tokens", "seconds"],
    tells: ({ cost_usd: usd }) => ({ usd }),
    result: said,
    async run({ id, once, ...more }, actor, { store, ids }) {
      const { task: found } = target(store, ids, id);
      const asked = { what: "grant", subject: found.uid, once, input: more };
      return doneOnce(store, actor, asked, said, async (first) => {
        const task = chosenOf(store, found) ?? found;
        const letter = await grantLetter(store, task, more, actor.name);
        const next = isEnded(task.status) ? " The task has ended: retry it to continue." : "";
        const answer = { sentence: `${letter.text}${next}` };
        await store.trees.grant(task, letter, letter, first(answer));
        return answer;
      });
    },
  }),
};

export type More = z.infer<z.ZodObject<typeof moreFields>>;

/** Returns the amounts to add. Each must be positive and of something that is capped. Throws UserError. */
function moreOf(more: More, cap: GrantAmounts): AddedAmounts {
  const amount = {
    tokens: Math.round(more.tokens ?? 0),
    microUsd: Math.round((more.cost_usd ?? 0) * 1_000_000),
    seconds: Math.round(more.seconds ?? 0),
  };
  for (const [name, given, value, most] of [
    ["tokens", more.tokens, amount.tokens, cap.tokens],
    ["dollars", more.cost_usd, amount.microUsd, cap.microUsd],
    ["seconds", more.seconds, amount.seconds, cap.seconds],
  ] as const) {
    if (given === undefined) continue;
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new UserError("invalid", `The ${name} to add cannot be ${given}: give a positive number.`);
    }
    if (most === null) throw new UserError("conflict", `The tree has no cap on ${name}, so there is nothing to raise.`);
    if (!Number.isSafeInteger(most + value))
      throw new UserError("invalid", `The ${name} to add cannot be ${given}: the cap would be too large.`);
  }
  if (amount.tokens + amount.microUsd + amount.seconds === 0)
    throw new UserError("invalid", "Say what to add: dollars, tokens, or time.");
  return amount;
}

const AND = new Intl.ListFormat("en");

/** Returns the letter that adds to the grant. Throws UserError for an amount that cannot be added. */
export async function grantLetter(store: Store, task: FoundTask, more: More, by: string) {
  const amount = moreOf(more, (await store.trees.grantOf(task)).cap);
  const words = [
    amount.microUsd > 0 && `$${amount.microUsd / 1_000_000}`,
    amount.tokens > 0 && plural(amount.tokens, "token"),
    amount.seconds > 0 && duration(amount.seconds * 1_000),
  ].filter((word) => word !== false);
  return { kind: "granted", by, text: `${by} granted ${AND.format(words)} more.`, ...amount } as const;
}
