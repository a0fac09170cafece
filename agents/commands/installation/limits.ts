/** Sets the governor's limits, the action at each limit, and when everything is paused. */
import { z } from "zod";
import { aboutField, UserError } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { changeOf, numberWithin, typedNumber, wholeNumber } from "@/agents/operations/parse";
import { ALERT_LEVELS, LIMIT_ACTIONS, LIMIT_NAMES, type LimitName } from "@/core/log/limits";
import { LIMIT_WORDS, limitsSentence } from "@/core/words/spending/limits";
import { dayUsd, setSpendCaps } from "./spend-caps";

const MOST_VIOLATIONS = 100;
const MOST_MINUTES = 1_440;
const MOST_ROUNDS = 1_000_000;

const percentOf = (name: LimitName) =>
  numberWithin(
    (percent) => percent >= 1 && percent <= 100,
    (percent) =>
      Number.isNaN(percent)
        ? `The limit of ${LIMIT_WORDS[name].name} is not a number: give a percentage.`
        : `The limit of ${LIMIT_WORDS[name].name} cannot be ${percent}: give a percentage from 1 to 100, or null for no limit.`,
  );

const MAXIMA: Partial<Record<LimitName, z.ZodType<number | null>>> = {
  cost: dayUsd,
  rounds: wholeNumber("number of rounds", 0, MOST_ROUNDS),
  tokens: typedNumber,
};

const limit = (name: LimitName) =>
  z
    .strictObject({
      max: (MAXIMA[name] ?? percentOf(name))
        .nullable()
        .optional()
        .describe("What 100 % is: a percentage, tokens, US dollars or rounds; null: no limit."),
      action: z
        .enum(LIMIT_ACTIONS, `must be one of ${LIMIT_ACTIONS.join(", ")}`)
        .optional()
        .describe(
          "What happens at the limit: `alert` only tells people, `slow` starts tasks one by one, `hold` starts none, `stop` pauses everything when it is exceeded again and again.",
        ),
    })
    .optional()
    .describe(`${LIMIT_WORDS[name].name}: ${LIMIT_WORDS[name].about}.`);

const limits = z.strictObject(
  Object.fromEntries(LIMIT_NAMES.map((name) => [name, limit(name)])) as Record<LimitName, ReturnType<typeof limit>>,
  `must map limits to changes: ${LIMIT_NAMES.join(", ")}`,
);

export const limitOperations = {
  setLimits: operation({
    right: "administer",
    summary: "Sets limits, what follows at each, when everything is paused, and from which level alerts are sent.",
    http: "POST limits",
    input: changeOf({
      limits: limits.optional().describe("Changes by limit; an absent limit stays as it is."),
      violations: wholeNumber("number of violations", 1, MOST_VIOLATIONS)
        .optional()
        .describe("How many violations of one limit pause everything."),
      within_minutes: wholeNumber("window", 1, MOST_MINUTES)
        .optional()
        .describe("The window in which violations are counted, in minutes."),
      alert_from: z
        .enum(ALERT_LEVELS, `must be one of ${ALERT_LEVELS.join(", ")}`)
        .optional()
        .describe("The level from which on people are told."),
    }),
    audit: ["limits", "violations", "within_minutes", "alert_from"],
    result: said,
    async run(change, actor, world) {
      if (change.limits?.tokens?.max !== undefined) throw fixedTokens();
      const { cost, ...others } = change.limits ?? {};
      // The daily cap on money is the limit of the cost.
      if (cost?.max !== undefined) await setSpendCaps(world, { day_usd: cost.max }, actor);
      const limits = { ...others, ...(cost?.action && { cost: { action: cost.action } }) };
      return { sentence: limitsSentence(await world.store.governor.change({ ...change, limits })) };
    },
  }),
};

function fixedTokens(): UserError {
  return aboutField(
    "limits.tokens.max",
    new UserError("conflict", "The setting BANYAN_MAX_TOKENS_PER_DAY sets the tokens of a day: change it and restart."),
  );
}
