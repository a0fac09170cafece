/**
 * Lets releases run under another Node than the one that they were made for, whose modules do not load here. Their sources
 * and builds fit every Node; only the packages are made for one.
 */
import { existsSync } from "node:fs";
import { depsOf, hereNamed, keepPackages, linkPackages, runsHere } from "./releases.mjs";
import { permanentOf } from "./state.mjs";

/** @typedef {import("./state.mjs").Release} Release */

/**
 * Links releases to packages for this Node, which the person's start has installed in the checkout. No release counts as
 * bad because the Node changed.
 * @param {import("./main.mjs").Launcher} launcher
 */
export async function fitToNode(launcher) {
  const { home, start, state } = launcher;
  const others = state.releases.filter(
    (release) => !runsHere(release) && release.state !== "bad" && release.state !== "dropped",
  );
  if (others.length === 0) return;
  await keepPackages(home, start.checkout);
  launcher.change(Object.fromEntries(others.map((release) => [release.n, fitted(home, release)])));
}

/** Says why nothing starts, once all is done that could be done. @param {import("./main.mjs").Launcher} launcher */
export function refuseOtherNode(launcher) {
  const permanent = permanentOf(launcher.state);
  const isNew = launcher.state.releases.some(({ state, proposal }) => state === "trial" && proposal === null);
  if (permanent && !runsHere(permanent) && !isNew)
    launcher.refuse(
      `Release ${permanent.n} was made for another version of Node, and the checkout has other packages: start with that version, or leave out what agents released with \`npm start -- --drop-agents\`.`,
    );
}

/** @param {string} home @param {Release} release @returns {Partial<Release>} what changes of it */
function fitted(home, release) {
  // What was built is compared with its digest, which covers the link: it is built again.
  if (release.state === "approved") return { bytes: null };
  // Its bytes too, when it waits for another turn.
  if (release.state === "trial" && release.proposal) return {};
  const deps = hereNamed(release);
  if (existsSync(depsOf(home, { deps }))) {
    linkPackages(home, release, deps);
    return { deps };
  }
  if (release.state === "trial") return { state: "dropped", why: "It was made for another version of Node." };
  return {};
}

/** Returns the permanent release, unless it was made for another Node. @param {import("./state.mjs").State} state */
export function servableOf(state) {
  const permanent = permanentOf(state);
  return permanent && runsHere(permanent) ? permanent : null;
}
