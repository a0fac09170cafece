/** Packages with known vulnerabilities: from a local copy of the data, or as the registry reports them. */
import { z } from "zod";
import { plural } from "@/core/words/figures";
import {
  type CommandResult,
  fault,
  type Gate,
  type GateContext,
  measured,
  note,
  notMeasured,
} from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import { type FileTree, treeOf } from "@/gates/model/tree";
import { isLock } from "@/gates/packages/locks";
import { judgeByOsv } from "./known-vulnerabilities";
import { lockPathIn, MANIFEST } from "./manifests";

const LEVELS = ["info", "low", "moderate", "high", "critical"] as const;
const Audit = z.object({
  vulnerabilities: z.record(z.string(), z.object({ name: z.string(), severity: z.enum(LEVELS), range: z.string() })),
});
type Audit = z.infer<typeof Audit>["vulnerabilities"];

export const vulnerabilities: Gate = {
  name: "vulnerabilities",
  needsSandbox: true,
  runsCommands: ({ settings }) => settings.vulnerabilities?.osv === undefined,
  off({ settings, change }) {
    if (!settings.vulnerabilities) return "The settings name no registry and no data.";
    if (settings.vulnerabilities.osv !== undefined)
      return [...change.head.files.keys()].some(isLock) ? null : "There is no lockfile.";
    return change.head.files.has(lockPathIn(change.head)) ? null : "There is no package-lock.json.";
  },
  async judge(context) {
    const of = context.settings.vulnerabilities;
    if (!of) return notMeasured("The settings name no registry and no data.");
    if (of.osv !== undefined) return judgeByOsv(context, of.osv, of.level);
    const { base, head } = context.change;
    const after = await audited(context, of, "head", head);
    if (!after) return notMeasured("npm audit got no answer from the registry.");
    const before: Audit | null = base.files.has(lockPathIn(base)) ? await audited(context, of, "base", base) : {};
    const bad = Object.values(after).filter(({ severity }) => LEVELS.indexOf(severity) >= LEVELS.indexOf(of.level));
    if (!before && bad.length > 0)
      return notMeasured(
        `${plural(bad.length, "package")} at ${of.level} or above, and npm audit got no answer for the base.`,
      );
    const place = { path: lockPathIn(head) };
    const findings = bad.map(({ name, severity, range }) => {
      const text = `${name} ${range} has a known vulnerability (${severity}).`;
      const isKnown = before?.[name]?.severity === severity && before?.[name]?.range === range;
      return isKnown ? note(`${text} The base has it too.`, place) : fault(text, place);
    });
    return measured(`${plural(bad.length, "package")} at ${of.level} or above.`, findings, { vulnerable: bad.length });
  },
};

/** Returns null when the registry could not be asked. */
async function audited(
  { runner }: GateContext,
  { hosts = [], timeout_minutes }: NonNullable<Settings["vulnerabilities"]>,
  name: string,
  tree: FileTree,
): Promise<Audit | null> {
  // Only the two files, so that the repository's settings cannot lead npm elsewhere.
  const two = treeOf([...tree.files].filter(([path]) => path === lockPathIn(tree) || path === MANIFEST));
  const result = await runner.run({
    name,
    tree: two,
    hosts,
    timeoutMs: timeout_minutes * 60_000,
    command: "npm audit --json --package-lock-only --ignore-scripts",
    env: { npm_config_cache: "/tmp/npm", npm_config_update_notifier: "false" },
  });
  return vulnerabilitiesIn(result);
}

function vulnerabilitiesIn({ stdout }: CommandResult): Audit | null {
  try {
    return Audit.parse(JSON.parse(stdout)).vulnerabilities;
  } catch {
    return null;
  }
}
