import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { type Change, flag, type Gate, measured } from "@/gates/model/gate";
import { SETTINGS_FILE } from "@/gates/model/settings";
import { compileGlobs } from "@/lib/workspace/glob";

/** Flags changes of files that a person guards, of the gates' own settings, and of submodules. */
export const scope: Gate = {
  name: "scope",
  needsSandbox: false,
  off: () => null,
  async judge({ change, settings, areSettingsOwn }) {
    const isGuarded = compileGlobs(settings.guarded);
    const touched = change.paths.filter(({ path }) => path === SETTINGS_FILE || isGuarded(path));
    const findings = [
      ...(areSettingsOwn
        ? [flag("The base has no settings of gates, so those of the change were used.", { path: SETTINGS_FILE })]
        : []),
      ...touched.map(({ path, change: kind }) => flag(`A guarded file is ${kind}.`, { path })),
      ...changedSubmodules(change),
    ];
    const count = change.paths.length;
    const summary = `${plural(count, "file")} changed, ${touched.length} of them guarded.`;
    return measured(summary, findings, { changed: count, guarded: touched.length });
  },
};

function changedSubmodules({ base, head }: Change): Finding[] {
  const paths = new Set([...base.submodules.keys(), ...head.submodules.keys()]);
  return [...paths]
    .filter((path) => base.submodules.get(path) !== head.submodules.get(path))
    .map((path) => flag("A submodule changed; no gate sees its files.", { path }));
}
