import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import type { FoundTests } from "@/gates/model/found-tests";
import { type Change, flag, type Gate, measured, note } from "@/gates/model/gate";
import { SETTINGS_FILE } from "@/gates/model/settings";
import { compileGlobs } from "@/lib/workspace/glob";

/** Flags changes of files that a person guards, of the gates' own settings, and of submodules. */
export const scope: Gate = {
  name: "scope",
  needsSandbox: false,
  off: () => null,
  async judge({ change, settings, areSettingsOwn, foundTests }) {
    const isGuarded = compileGlobs(settings.guarded);
    const touched = change.paths.filter(({ path }) => path === SETTINGS_FILE || isGuarded(path));
    const findings = [
      ...(areSettingsOwn
        ? [flag("The base has no settings of gates, so those of the change were used.", { path: SETTINGS_FILE })]
        : []),
      ...(foundTests && foundTests !== "none" ? [note(foundText(foundTests), { path: foundTests.from })] : []),
      ...touched.map(({ path, change: kind }) => flag(`A guarded file is ${kind}.`, { path })),
      ...changedSubmodules(change),
    ];
    const count = change.paths.length;
    const summary = `${plural(count, "file")} changed, ${touched.length} of them guarded.`;
    return measured(summary, findings, { changed: count, guarded: touched.length });
  },
};

function foundText({ run, report }: FoundTests): string {
  const how = report === null ? "and only their exit status counts" : "and their report is read";
  return `There is no ${SETTINGS_FILE}: the tests run with “${run}”, ${how}.`;
}

function changedSubmodules({ base, head }: Change): Finding[] {
  const paths = new Set([...base.submodules.keys(), ...head.submodules.keys()]);
  return [...paths]
    .filter((path) => base.submodules.get(path) !== head.submodules.get(path))
    .map((path) => flag("A submodule changed; no gate sees its files.", { path }));
}
