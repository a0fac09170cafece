/** A change of several repositories as one: its pull requests know each other, and are merged all or none. */
import { mergedText, type NamedPull, otherPullsText, troubleText, withdrawnText } from "@/core/forges/texts";
import { forgeWords } from "@/core/words/projects";
import type { StoredIssue } from "@/db/forges/stored";
import { deliveredParts, type Part } from "./parts";
import type { OpenPart } from "./ruled";
import { say } from "./say";
import { type Look, pageOf } from "./sources";

/** Says on each pull request which others belong to the change, and settles that the issue is in review. */
export async function offeredTogether(look: Look, issue: StoredIssue, changed: readonly Part[]): Promise<void> {
  const parts = (await deliveredParts(look, issue)) ?? changed;
  const names = parts.map(nameOf);
  // A pull request that joins later is named on the earlier ones too.
  const key = `beside ${names.map(({ name }) => name).join(" ")}`;
  if (parts.length > 1)
    for (const [at, part] of parts.entries())
      await say(part.look, part.issue, { key, text: otherPullsText(part.look.link.kind, names, at) });
  const own = parts.find((part) => part.look.beside?.isOwn);
  const [first] = parts;
  const { pull = null, pullUrl = null } = (own ?? first)?.issue ?? {};
  await look.store.forges.change(issue, {
    state: "open",
    why: null,
    pull: own ? pull : null,
    pullUrl: own ? pullUrl : null,
  });
}

function nameOf({ look: { link }, issue: { pull, pullUrl } }: Part): NamedPull {
  return { name: `${link.path}${forgeWords(link.kind).sign}${pull}`, url: pullUrl ?? "" };
}

/**
 * Ends the change when it can no longer be merged as a whole, or has been. Resolves with whether it has ended. One pull request
 * that is closed without a merge closes the others.
 */
export async function settleTogether(
  look: Look,
  issue: StoredIssue,
  { parts, open }: { parts: readonly Part[]; open: readonly OpenPart[] },
): Promise<boolean> {
  const { forges } = look.store;
  const states = new Map(forges.pulls(issue.id).map(({ folder, state }) => [folder, state]));
  const named = (state: string) => parts.filter(({ issue: { part } }) => states.get(part ?? "") === state).map(nameOf);
  const [merged, closed] = [named("merged"), named("closed")];
  const [rejected] = closed;
  if (rejected === undefined) {
    if (open.length > 0) return false;
    await sayAllMerged(look, issue, { parts, merged });
    await forges.change(issue, { state: "merged", why: null });
    return true;
  }
  for (const { look: there, issue: part, seen } of open) {
    await say(there, part, { key: "withdrawn", text: withdrawnText(there.link.kind, rejected) });
    await there.port.closePull(seen.pull.number);
    await forges.change(part, { state: "closed", why: `Closed, because ${rejected.name} was closed without a merge.` });
  }
  const half = merged.map(({ name }) => name).join(", ");
  const why =
    half === ""
      ? `${rejected.name} was closed without a merge, so nothing of the change is merged.`
      : `${rejected.name} was closed without a merge, and ${half} is merged: a person decides whether that is taken back.`;
  if (half !== "") {
    const text = troubleText("Only a part of this change is merged:", why, pageOf(look, issue.tree));
    await say(look, issue, { key: "half", text, on: "issue" });
  }
  await forges.change(issue, { state: "closed", why });
  return true;
}

/** The forge closes an issue with a pull request of the same repository; of others nobody tells it. */
async function sayAllMerged(
  look: Look,
  issue: StoredIssue,
  { parts, merged }: { parts: readonly Part[]; merged: readonly NamedPull[] },
): Promise<void> {
  const { jira } = look.link;
  const isTold = jira === null && parts.some((part) => part.look.beside?.isOwn);
  if (isTold) return;
  const text = mergedText(
    jira,
    merged.map(({ url }) => url),
  );
  await say(look, issue, { key: "merged", text, on: "issue" });
}
