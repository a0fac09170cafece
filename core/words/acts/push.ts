/** What a force-push would change on its remote, in sentences. Pure. */
import type { PushComparison } from "@/core/shapes/reviews/found";
import { plural } from "../figures";
import { withoutDisguise } from "../visible";

/** Returns what would be lost, and whether the call can reach the remote at all. */
export function pushText({ host, branch, is_new, loses, reaches }: PushComparison): string {
  const lost = is_new
    ? `${branch} is new on ${host}, so nothing there is lost.`
    : loses.total === 0
      ? `${branch} on ${host} has no commit that would be lost.`
      : `${plural(loses.total, "commit")}${byText(loses)} ${loses.total === 1 ? "is" : "are"} only on ${host}, and would be gone from ${branch}.`;
  return withoutDisguise(reaches ? lost : `${lost} The call asks for no network, so it cannot reach ${host}.`);
}

/** Names the authors where all of them are known. */
function byText({ commits, total }: PushComparison["loses"]): string {
  if (commits.length < total) return "";
  const [first, second, ...more] = [...new Set(commits.map(({ author }) => author))];
  if (first === undefined) return "";
  if (second === undefined) return ` by ${first}`;
  return more.length === 0 ? ` by ${first} and ${second}` : ` by ${first} and ${plural(more.length + 1, "other")}`;
}
