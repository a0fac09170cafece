/** `limits`: shows the limits of the machine and the installation, and sets them. */
import {
  ALERT_LEVELS,
  type AlertLevel,
  LIMIT_ACTIONS,
  LIMIT_NAMES,
  type LimitAction,
  type LimitName,
} from "@/core/log/limits";
import type { LimitEvent, LimitState, Limits } from "@/core/shapes/limits";
import { plural } from "@/core/words/figures";
import {
  ACTION_WORDS,
  claimingSentence,
  LEVEL_WORDS,
  LIMIT_WORDS,
  limitAmount,
  limitEventText,
} from "@/core/words/spending/limits";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

const SHOWN_EVENTS = 5;

export async function limits(context: Context, [verb, name]: Arguments, flags: Flags): Promise<number> {
  if (verb === undefined) return show(context);
  if (verb !== "set") throw new UsageError(`There is no \`banyan limits ${verb}\`: use set, or no verb.`);
  if (name === undefined && (flags.max !== undefined || flags.action !== undefined))
    throw new UsageError("Say of which limit: npx banyan limits set NAME --max N --action ACTION.");
  const change = {
    ...(name !== undefined && { limits: { [named(name)]: limitOf(flags) } }),
    violations: numberFlag(flags, "violations", { least: 1, whole: true }),
    within_minutes: numberFlag(flags, "withinMinutes", { least: 1, whole: true }),
    alert_from: wordFlag<AlertLevel>(flags, "alertFrom", ALERT_LEVELS),
  };
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return act(context, ({ application }) => application.commands.setLimits(given));
}

function named(name: string): LimitName {
  const found = LIMIT_NAMES.find((known) => known === name);
  if (found) return found;
  throw new UsageError(`There is no limit "${name}": use ${LIMIT_NAMES.join(", ")}.`);
}

function limitOf(flags: Flags): { max?: number | null; action?: LimitAction } {
  const max = flags.max === "none" ? null : numberFlag(flags, "max", { least: 0, orZero: true });
  const action = wordFlag<LimitAction>(flags, "action", LIMIT_ACTIONS);
  if (max === undefined && action === undefined)
    throw new UsageError("Say what to set: npx banyan limits set NAME --max N --action ACTION.");
  return { ...(max !== undefined && { max }), ...(action !== undefined && { action }) };
}

function wordFlag<Word extends string>(flags: Flags, name: string, words: readonly Word[]): Word | undefined {
  const given = textFlag(flags, name);
  const found = words.find((word) => word === given);
  if (given !== undefined && !found) throw new UsageError(`There is no "${given}": use ${words.join(", ")}.`);
  return found;
}

function show(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getLimits();
    if (context.json) printJson(found);
    else for (const line of lines(found)) print(line);
    return 0;
  });
}

function lines(found: Limits): string[] {
  return [
    claimingSentence(found),
    ...found.limits.map(limitLine),
    `Everything pauses after ${plural(found.violations, "violation")} of one limit within ${plural(found.within_minutes, "minute")}. Alerts from: ${found.alert_from}.`,
    ...found.events.slice(0, SHOWN_EVENTS).map(eventLine),
    "Change one: npx banyan limits set disk --max 95 --action hold.",
  ];
}

function limitLine({ name, used, max, level, action, of }: LimitState): string {
  const now = used === null ? "unknown" : limitAmount(name, used);
  const most = max === null ? "no limit" : `of ${limitAmount(name, max)}`;
  const about = of === null ? LIMIT_WORDS[name].about : oneLine(of);
  return `  ${padTo(name, 10)}  ${padTo(`${now} ${most}`, 26)}  ${padTo(LEVEL_WORDS[level], 12)}  ${ACTION_WORDS[action]} (${about})`;
}

function eventLine(event: LimitEvent): string {
  return `${event.at}  ${oneLine(limitEventText(event))}`;
}
