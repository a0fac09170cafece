import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import type { FoundTests } from "@/gates/model/found-tests";
import { type Change, flag, type Gate, measured, note } from "@/gates/model/gate";
import { SETTINGS_FILE } from "@/gates/model/settings";
import type { Blobs, FileTree } from "@/gates/model/tree";
import { textIn } from "@/gates/source/trees";
import { guardOf, isMark } from "@/launcher/guarded.mjs";
import { compileGlobs } from "@/lib/workspace/glob";

/** Flags changes of files that a person guards, of the gates' own settings, and of submodules. */
export const scope: Gate = {
  name: "scope",
  needsSandbox: false,
  off: () => null,
  async judge({ change, settings, areSettingsOwn, foundTests, foundCommands = [] }) {
    const isNamed = compileGlobs(settings.guarded);
    // The marks of the base and of the change both count, so that no change frees a file.
    const isMarked = guardOf([change.base, change.head].flatMap((tree) => marksIn(tree, change.blobs)));
    const touched = change.paths.filter(({ path }) => path === SETTINGS_FILE || isNamed(path) || isMarked(path));
    const findings = [
      ...(areSettingsOwn
        ? [flag("The base has no settings of gates, so those of the change were used.", { path: SETTINGS_FILE })]
        : []),
      ...(foundTests && foundTests !== "none" ? [note(foundText(foundTests), { path: foundTests.from })] : []),
      ...foundCommands.map(({ gate, run, from }) =>
        note(`There is no ${SETTINGS_FILE}: ${gate} runs “${run}”.`, { path: from }),
      ),
      ...touched.map(({ path, change: kind }) => flag(`A guarded file is ${kind}.`, { path })),
      ...changedSubmodules(change),
      ...(change.head.leftOut ?? []).map((path) =>
        flag("This folder holds packages or a repository of its own, so no gate sees its files. Git may commit it.", {
          path,
        }),
      ),
    ];
    const count = change.paths.length;
    const summary = `${plural(count, "file")} changed, ${touched.length} of them guarded.`;
    return measured(summary, findings, { changed: count, guarded: touched.length });
  },
};

/** A mark that is not text names no files, so it guards its whole folder. */
function marksIn(tree: FileTree, blobs: Blobs): [string, string][] {
  return [...tree.files.keys()].filter(isMark).map((path) => [path, textIn(tree, path, blobs) ?? ""]);
}

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
