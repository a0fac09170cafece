/** Makes a person's release: the build in the checkout, merged with agents' changes that the checkout lacks. */
import { buildMerge, mergeWith } from "./merging.mjs";
import { fitToNode, refuseOtherNode } from "./other-node.mjs";
import { keepPackages, makeRelease } from "./releases.mjs";
import { say } from "./say.mjs";
import { newRelease, permanentOf } from "./state.mjs";

/** @typedef {import("./main.mjs").Launcher} Launcher */

/**
 * Makes a release of the build in the checkout, unless it is the permanent release or known to be bad. Agents' changes
 * that the checkout lacks are merged into it; with `dropsAgents` a merge of the same checkout does not count as its release.
 * @param {Launcher} launcher @param {string} contents @param {boolean} [dropsAgents]
 */
export async function takeCheckout(launcher, contents, dropsAgents = false) {
  await fitToNode(launcher);
  await makeOfCheckout(launcher, contents, dropsAgents);
  refuseOtherNode(launcher);
}

/** @param {Launcher} launcher @param {string} contents @param {boolean} dropsAgents */
async function makeOfCheckout(launcher, contents, dropsAgents) {
  const same = launcher.state.releases.filter(
    ({ contents: made, state, tree, persons }) =>
      made === contents && state !== "dropped" && (!dropsAgents || tree === persons),
  );
  const permanent = permanentOf(launcher.state);
  // What serves counts first: the same checkout may also have been merged, and the merge taken back.
  const known = same.find((release) => release === permanent) ?? same.find(({ state }) => state !== "retired");
  if (known?.state === "bad")
    launcher.refuse(`The checkout is as release ${known.n}, which was taken back: ${known.why}`);
  if (known) return;
  const holdsAgents = permanent !== null && permanent.tree !== permanent.persons;
  // A person went back from exactly this; to leave out what agents released is a new wish.
  if (!(dropsAgents && holdsAgents) && same.some(({ n }) => n > (permanent?.n ?? 0))) return;
  const mayMerge = holdsAgents && !dropsAgents;
  const merge = mayMerge ? await mergeWith(launcher, permanent, contents) : "none";
  if (merge === "unchanged" || merge === "refused") return;
  say("Preparing the release …");
  const n = launcher.state.next;
  launcher.save({ ...launcher.state, next: n + 1 });
  // A merge is built with what the person's start has installed, also for a changed lock file.
  if (merge !== "none") await keepPackages(launcher.home, launcher.start.checkout);
  const made =
    merge === "none"
      ? await makeRelease(launcher.home, launcher.start, { n, contents })
      : await buildMerge(launcher, { ...newRelease(n), contents, ...merge });
  // There is nothing to go back to before the first.
  const release = permanent ? made : { ...made, state: /** @type {const} */ ("permanent") };
  launcher.save({ ...launcher.state, releases: [...launcher.state.releases, release] });
  launcher.note(release.state === "permanent" ? "permanent" : "unpacked", { release });
  if (release.state === "bad") launcher.refuse(`The checkout, merged with what agents released, ${release.why}.`);
}
