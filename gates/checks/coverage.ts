/** Coverage: the tests reach as much of the code as on the base, and as much as the settings ask for. */
import { coverageOf, percentIn } from "@/gates/coverage/run";
import { fault, type Gate, measured, notMeasured } from "@/gates/model/gate";

export const coverage: Gate = {
  name: "coverage",
  needsSandbox: true,
  isLater: true,
  off: ({ settings }) => (settings.coverage ? null : "The settings name no command for coverage."),
  async judge(context) {
    const { settings, change } = context;
    const of = settings.coverage;
    if (!of) return notMeasured("The settings name no command for coverage.");
    const base = await coverageOf(context, of, "base", change.base);
    // Without a floor, there is nothing to compare with.
    if (typeof base === "string" && of.least_percent === undefined) return notMeasured(`On the base, ${base}.`);
    const head = await coverageOf(context, of, "head", change.head);
    if (typeof head === "string")
      return typeof base === "string"
        ? notMeasured(`On the base and on the change, ${head}.`)
        : measured("Not measured on the change.", [fault(`On the change, ${head}.`)]);
    const after = percentIn(head);
    const before = typeof base === "string" ? null : percentIn(base);
    const fall = before === null ? 0 : before - after;
    const least = of.least_percent ?? 0;
    const findings = [
      ...(after < least ? [fault(`${shown(after)} % is less than the ${least} % that the settings ask for.`)] : []),
      ...(fall > of.may_fall_percent
        ? [fault(`It falls by ${fall.toFixed(1)} points, and may fall by ${of.may_fall_percent}.`)]
        : []),
    ];
    if (typeof base === "string" && findings.length === 0) return notMeasured(`On the base, ${base}.`);
    const compared = before === null ? "not measured on the base" : `${shown(before)} % on the base`;
    const counts = { ...(before !== null && { before }), after };
    return measured(`${shown(after)} % of lines, ${compared}.`, findings, counts);
  },
};

/** Rounded down, so that 79.96 % does not look like the 80 % that it misses. */
function shown(percent: number): string {
  return (Math.floor(percent * 10 + 1e-9) / 10).toFixed(1);
}
