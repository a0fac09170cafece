import type { AlertLevel, LimitAction, LimitsChange } from "@/core/log/limits";

/** A caller may send an action any value, so a value of the wrong type counts as missing. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

export function optionalNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The changes with which an ended task continues. An absent or empty field changes nothing. */
export interface GoesOnWith {
  /** Added to the grant. */
  usd?: number;
  tokens?: number;
  seconds?: number;
  agent?: string;
  model?: string;
}

/** Returns the changes as the operation takes them. */
export function goesOnWith(given: GoesOnWith) {
  return {
    agent: optionalText(given?.agent),
    model: optionalText(given?.model)?.trim(),
    cost_usd: optionalNumber(given?.usd),
    tokens: optionalNumber(given?.tokens),
    seconds: optionalNumber(given?.seconds),
  };
}

/** Returns the change with values of the right types; the command checks names, words and numbers. */
export function limitsChange(given: LimitsChange): LimitsChange {
  const limits = Object.entries(given?.limits ?? {}).map(([name, one]) => [
    name,
    {
      ...(one?.max !== undefined && { max: one.max === null ? null : Number(one.max) }),
      ...(one?.action !== undefined && { action: text(one.action) as LimitAction }),
    },
  ]);
  return {
    ...(limits.length > 0 && { limits: Object.fromEntries(limits) }),
    ...(given?.violations !== undefined && { violations: Number(given.violations) }),
    ...(given?.within_minutes !== undefined && { within_minutes: Number(given.within_minutes) }),
    ...(given?.alert_from !== undefined && { alert_from: text(given.alert_from) as AlertLevel }),
  };
}
