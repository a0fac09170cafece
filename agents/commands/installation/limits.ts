/** Sets the governor's limits, what follows at each, and when everything is paused. */
import { type Commands, UserError } from "@/agents/application";
import { ALERT_LEVELS, LIMIT_ACTIONS, LIMIT_NAMES, type LimitName, type LimitsChange } from "@/core/log/limits";
import { LIMIT_WORDS, limitsSentence } from "@/core/words/limits";
import type { Store } from "@/db/store";

const MOST_VIOLATIONS = 100;
const MOST_MINUTES = 1_440;
const MOST_ROUNDS = 1_000_000;

interface LimitCommandSources {
  store: Pick<Store, "governor">;
  /** The daily cap on money is the limit of the cost. */
  setSpendCaps: Commands["setSpendCaps"];
}

export function createLimitCommands({ store, setSpendCaps }: LimitCommandSources): Pick<Commands, "setLimits"> {
  return {
    async setLimits(change, actor) {
      checkChange(change);
      const { cost, ...others } = change.limits ?? {};
      if (cost?.max !== undefined) await setSpendCaps({ day_usd: cost.max }, actor);
      const limits = { ...others, ...(cost?.action && { cost: { action: cost.action } }) };
      return { sentence: limitsSentence(await store.governor.change({ ...change, limits })) };
    },
  };
}

function checkChange({ limits = {}, violations, within_minutes, alert_from }: LimitsChange): void {
  const given = [violations, within_minutes, alert_from, ...Object.values(limits).flatMap(Object.values)];
  if (given.every((value) => value === undefined))
    throw invalid("Nothing to change: give a limit, or a setting of the emergency stop.");
  for (const [name, { max, action }] of Object.entries(limits)) {
    const known = LIMIT_NAMES.find((one) => one === name);
    if (!known) throw invalid(`There is no limit “${name.slice(0, 60)}”: use ${LIMIT_NAMES.join(", ")}.`);
    if (action !== undefined && !LIMIT_ACTIONS.includes(action))
      throw invalid(`“${String(action).slice(0, 60)}” is no action: use ${LIMIT_ACTIONS.join(", ")}.`);
    if (max !== undefined) checkMax(known, max);
  }
  if (violations !== undefined) checkWhole("number of violations", violations, 1, MOST_VIOLATIONS);
  if (within_minutes !== undefined) checkWhole("window", within_minutes, 1, MOST_MINUTES);
  if (alert_from !== undefined && !ALERT_LEVELS.includes(alert_from))
    throw invalid(`“${String(alert_from).slice(0, 60)}” is no level: use ${ALERT_LEVELS.join(", ")}.`);
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
