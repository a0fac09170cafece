/** Readings that a test sets. */
import type { LimitName } from "@/core/log/limits";
import type { Readings } from "@/core/rules/governor";

export type DialValues = Partial<Record<LimitName, number>>;

/** Returns readings for a runtime: `values` as percentages of the usual limits, and zero for all others. */
export function dial(values: DialValues = {}) {
  const readings = (usual: Readings): Readings => {
    const calm = Object.entries(usual).map(([name, reading]) => [name, { ...reading, used: 0 }]);
    const set = Object.entries(values).map(([name, used]) => [
      name,
      { used, max: usual[name as LimitName]?.max ?? 100 },
    ]);
    return Object.fromEntries([...calm, ...set]);
  };
  return { values, readings };
}
