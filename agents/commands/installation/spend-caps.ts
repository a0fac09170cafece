/** The caps of the installation: of a day, and of a tree that is submitted without a cap of its own. */
import { type Actor, UserError } from "@/agents/application";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { said, shape } from "@/agents/operations/operation";
import { changeOf, numberWithin } from "@/agents/operations/parse";
import { isOnOwnServer } from "@/agents/providers/own-server";
import type { Providers } from "@/agents/providers/providers";
import { shownCaps } from "@/agents/queries/spend-caps";
import type { GrantAmounts } from "@/core/log/amounts";
import type { SpendCaps } from "@/core/shapes/status";
import type { Submission } from "@/core/shapes/submission";
import { pricelessSentence, spendCapsSentence } from "@/core/words/spending/spend-caps";
import type { Store } from "@/db/store";

const MOST_USD = 1_000_000;

const capUsd = (name: string) =>
  numberWithin(
    (usd) => usd >= 0.01 && usd <= MOST_USD,
    (usd) =>
      Number.isNaN(usd)
        ? `The ${name} is not a number: give dollars from 0.01 to ${MOST_USD}.`
        : `The ${name} cannot be ${usd}: give dollars from 0.01 to ${MOST_USD}, or null for no cap.`,
  ).nullable();
/** The daily cap of all trees. */
export const dayUsd = capUsd("daily cap");

export const spendCapOperations = {
  setSpendCaps: operation({
    right: "administer",
    summary: "Changes the caps on money. Tasks that the daily cap parked try again.",
    http: "POST caps",
    input: changeOf({ day_usd: dayUsd.optional(), tree_usd: capUsd("cap of a tree").optional() }),
    audit: ["day_usd", "tree_usd"],
    result: said.extend({ caps: shape<SpendCaps>("SpendCaps").describe("The caps after the change.") }),
    run: async (change, actor, world) => setSpendCaps(world, change, actor),
  }),
};

/** Changes the caps, in dollars; null: no cap, absent: as it is. Throws UserError. */
export async function setSpendCaps(
  { store, dailyCaps }: Pick<CommandWorld, "store" | "dailyCaps">,
  change: { day_usd?: number | null | undefined; tree_usd?: number | null | undefined },
  actor: Actor,
): Promise<{ sentence: string; caps: SpendCaps }> {
  if (change.day_usd !== undefined && dailyCaps.all.microUsd !== null)
    throw new UserError(
      "conflict",
      "The setting BANYAN_MAX_USD_PER_DAY sets the daily cap: change the setting, or remove it first.",
    );
  const day = microUsdOf(change.day_usd);
  const tree = microUsdOf(change.tree_usd);
  await store.spendCaps.change(
    { ...(day !== undefined && { dayMicroUsd: day }), ...(tree !== undefined && { treeMicroUsd: tree }) },
    actor.name,
  );
  const caps = shownCaps(store, dailyCaps);
  return { sentence: spendCapsSentence(caps), caps };
}

function microUsdOf(usd: number | null | undefined): number | null | undefined {
  return usd === undefined || usd === null ? usd : Math.round(usd * 1_000_000);
}

export interface DefaultCapSources {
  store: Pick<Store, "spendCaps">;
  providers: Pick<Providers, "settings">;
  priceOf(model: string): number | null;
}

/**
 * Returns the caps with the installation's cap of a tree, when the submission names no cap on money or tokens; a given
 * null means no cap. `within_caps` bounds what it names by that cap. `models`: what the tree begins with. Throws UserError
 * when one of them has no price and there is a cap on money, because such a cap could not hold.
 */
export function withDefaultCap(
  sources: DefaultCapSources,
  caps: GrantAmounts,
  { grant, within_caps = false }: Pick<Submission, "grant" | "within_caps">,
  models: readonly string[],
): GrantAmounts {
  const { treeMicroUsd } = sources.store.spendCaps.read();
  const unpriced = models.filter((model) => sources.priceOf(model) === null);
  if (caps.microUsd !== null) {
    for (const model of unpriced) throw new UserError("invalid", pricelessSentence(model, "submission"));
    return within_caps ? { ...caps, microUsd: Math.min(caps.microUsd, treeMicroUsd ?? caps.microUsd) } : caps;
  }
  const isNamed = !within_caps && (grant?.cost_usd !== undefined || grant?.tokens !== undefined);
  if (treeMicroUsd === null || isNamed || models.every((model) => model === "runbook")) return caps;
  if (unpriced.length === 0) return { ...caps, microUsd: treeMicroUsd };
  const model = unpriced.find((model) => !isOnOwnServer(sources.providers, model));
  if (model === undefined) return caps;
  throw new UserError(
    "invalid",
    `Trees here have a cap of $${treeMicroUsd / 1_000_000}, and ${model} has no price, so its cost cannot be counted: set its price (npx banyan models set ${model}), cap the tree's tokens (--max-tokens, grant.tokens, or More options → Tokens), give the tree no cap (--max-cost-usd none), or let an admin remove the default (npx banyan caps --tree none).`,
  );
}
