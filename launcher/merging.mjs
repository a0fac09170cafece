/**
 * Merges a person's version with what agents have released, or tells the person how to do it. Also compares an approved
 * change that was moved to a newer release: it must be the same, or a person approves it again.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { makeCandidate } from "./candidate.mjs";
import { apartIn, commitOf, folderOf } from "./releases.mjs";
import { changeText, merged, saidBy, sourceOf, treeOf } from "./source.mjs";
import { permanentOf } from "./state.mjs";

/** @typedef {import("./main.mjs").Launcher} Launcher @typedef {import("./state.mjs").Release} Release */

/** Reads the sources of a release that an older launcher made, or read otherwise. @param {Launcher} launcher */
export async function knowSources(launcher) {
  const { state, home } = launcher;
  const permanent = permanentOf(state);
  if (!permanent) return;
  if (permanent.tree !== null) {
    const tree = await sourceOf(home, permanent.tree);
    const persons = permanent.persons === null ? null : await sourceOf(home, permanent.persons);
    if (tree !== permanent.tree || persons !== permanent.persons) launcher.change({ [permanent.n]: { tree, persons } });
    return;
  }
  if (!existsSync(folderOf(home, permanent))) return;
  const tree = await treeOf(home, folderOf(home, permanent));
  launcher.change({ [permanent.n]: { tree, persons: tree } });
}

/**
 * Merges what agents have released with what a person has changed since.
 * @param {Launcher} launcher @param {Release} permanent @param {string} contents
 * @returns {Promise<"none" | "unchanged" | "refused" | { tree: string, persons: string, title: string }>} "none": the checkout has it all
 */
export async function mergeWith(launcher, { n, tree, persons, title }, contents) {
  const { home, start, state, cell } = launcher;
  if (state.releases.some((release) => release.contents === contents && release.tree === persons)) return "unchanged";
  const theirs = await treeOf(home, start.checkout, apartIn(start));
  if (theirs === persons) return "unchanged";
  const found = await merged(home, { before: persons ?? "", ours: tree ?? "", theirs });
  const pull = `git pull ${path.join(start.data, "self.git")} permanent`;
  const ways = `merge it yourself with \`${pull}\`, or leave out what agents released with \`./restart.sh --drop-agents\``;
  if ("conflicts" in found) {
    launcher.refuse(
      `Your checkout and release ${n} by agents change the same lines of ${found.conflicts.slice(0, 5).join(", ")}: ${ways}.`,
    );
    return "refused";
  }
  if (found.tree === theirs) return "none";
  if (cell.builds) {
    const said = await saidBy(home, path.join(start.checkout, ".git"), await commitOf(start.checkout));
    const own = said.title ?? "your checkout";
    return { tree: found.tree, persons: theirs, title: `Merge “${own}” with “${title ?? `release ${n}`}”` };
  }
  launcher.refuse(
    `Your checkout lacks what agents released, and without bubblewrap the two cannot be built here: ${ways}.`,
  );
  return "refused";
}

/** @param {Launcher} launcher @param {Release} release @returns {Promise<Release>} */
export async function buildMerge(launcher, release) {
  const begunMs = performance.now();
  const made = await makeCandidate(launcher, release);
  // Nobody can tell whether the merge or the disk was at fault.
  if ("why" in made && launcher.disk.wasFull(begunMs)) throw new Error("The disk was full.");
  return "why" in made ? { ...release, state: "bad", why: made.why } : { ...release, ...made };
}

/**
 * Compares a change that the server carried over to another release with what a person approved. The launcher merges by
 * itself: it trusts neither the server's merge nor the server's statement.
 * @param {string} home @param {{ tree: string, base: string }} approved @param {{ tree: string, base: string }} carried
 * @returns {Promise<string | null>} what is different, which goes on after "It"; null: nothing
 */
export async function differenceOf(home, approved, carried) {
  const found = await merged(home, { before: approved.base, ours: carried.base, theirs: approved.tree });
  if ("conflicts" in found) return `changes lines that another release has changed (${named(found.conflicts)})`;
  if (found.tree !== carried.tree) return "changes something else than what was approved";
  const texts = await Promise.all([approved, carried].map(({ tree, base }) => changeText(home, base, tree)));
  return texts[0] === texts[1] ? null : "stands beside lines that another release has changed";
}

/** Returns what only the second list has, in words. @param {readonly string[] | undefined} before @param {readonly string[]} after */
export function addedTo(before, after) {
  return named(after.filter((name) => !before?.includes(name)));
}

/** @param {readonly string[]} names */
function named(names) {
  return names.slice(0, 3).join(", ");
}
