/** Sets the governor's limits, what follows at each, and when everything is paused. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { changeOf, typedNumber } from "@/agents/operations/parse";
import { ALERT_LEVELS, LIMIT_ACTIONS, LIMIT_NAMES, type LimitName, type LimitsChange } from "@/core/log/limits";
import { LIMIT_WORDS, limitsSentence } from "@/core/words/limits";
import { setSpendCaps } from "./spend-caps";

const MOST_VIOLATIONS = 100;
const MOST_MINUTES = 1_440;
const MOST_ROUNDS = 1_000_000;

const limit = z.strictObject({
  max: typedNumber.nullable().optional(),
  action: z.enum(LIMIT_ACTIONS, `must be one of ${LIMIT_ACTIONS.join(", ")}`).optional(),
});

export const limitOperations = {
  setLimits: operation({
    right: "administer",
    summary: "Sets limits, what follows at each, when everything is paused, and from which level alerts are sent.",
    http: "POST limits",
    input: changeOf({
      limits: z
        .partialRecord(z.enum(LIMIT_NAMES), limit, `must map limits to changes: ${LIMIT_NAMES.join(", ")}`)
        .optional(),
      violations: typedNumber.optional(),
      within_minutes: typedNumber.optional(),
      alert_from: z.enum(ALERT_LEVELS, `must be one of ${ALERT_LEVELS.join(", ")}`).optional(),
    }),
    audit: ["limits", "violations", "within_minutes", "alert_from"],
    result: said,
    async run(change, actor, world) {
      checkChange(change);
      const { cost, ...others } = change.limits ?? {};
      // The daily cap on money is the limit of the cost.
      if (cost?.max !== undefined) await setSpendCaps(world, { day_usd: cost.max }, actor);
      const limits = { ...others, ...(cost?.action && { cost: { action: cost.action } }) };
      return { sentence: limitsSentence(await world.store.governor.change({ ...change, limits })) };
    },
  }),
};

function checkChange({ limits = {}, violations, within_minutes }: LimitsChange): void {
  for (const name of LIMIT_NAMES) {
    const max = limits[name]?.max;
    if (max !== undefined) checkMax(name, max);
  }
  if (violations !== undefined) checkWhole("number of violations", violations, 1, MOST_VIOLATIONS);
  if (within_minutes !== undefined) checkWhole("window", within_minutes, 1, MOST_MINUTES);
}

function checkMax(name: LimitName, max: number | null): void {
  // The command for the caps checks dollars.
  if (name === "cost") return;
  if (name === "tokens")
    throw new UserError(
      "conflict",
      "The setting BANYAN_MAX_TOKENS_PER_DAY sets the tokens of a day: change it and restart.",
    );
  if (max === null) return;
  if (name === "rounds") checkWhole("number of rounds", max, 0, MOST_ROUNDS);
  else if (Number.isNaN(max))
    throw invalid(`The limit of ${LIMIT_WORDS[name].name} is not a number: give a percentage.`);
  else if (!(max >= 1 && max <= 100))
    throw invalid(
      `The limit of ${LIMIT_WORDS[name].name} cannot be ${max}: give a percentage from 1 to 100, or null for no limit.`,
    );
}

function checkWhole(what: string, value: number, least: number, most: number): void {
  if (Number.isNaN(value)) throw invalid(`The ${what} is not a number: give a whole number from ${least} to ${most}.`);
  if (!(Number.isInteger(value) && value >= least && value <= most))
    throw invalid(`The ${what} cannot be ${value}: give a whole number from ${least} to ${most}.`);
}

function invalid(sentence: string): UserError {
  return new UserError("invalid", sentence);
}
