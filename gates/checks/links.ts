/** Links that lead out of the repository, or in a circle. */
import type { Finding } from "@/core/shapes/improving/gates";
import { type Change, fault } from "@/gates/model/gate";
import type { Blobs, FileTree } from "@/gates/model/tree";

/** As many as Linux follows. */
const MOST_LINKS = 40;

const SAYS = {
  outside: "This link leads out of the repository.",
  around: "This link leads through too many links, or in a circle.",
};

/** A changed link may also lead those astray that the change leaves as they are. */
export function oddLinks({ base, head, blobs }: Change, isAllowed: (path: string) => boolean): Finding[] {
  return [...head.files].flatMap(([path, { kind, oid }]) => {
    if (kind !== "link" || isAllowed(path)) return [];
    const end = endOf(path, head, blobs);
    if (end === "inside") return [];
    const before = base.files.get(path);
    const isKnown = before?.kind === "link" && before.oid === oid && endOf(path, base, blobs) === end;
    return isKnown ? [] : [fault(SAYS[end], { path })];
  });
}

/** Goes name by name as the system does: a name may itself be a link, and ".." is then above what it leads to. */
function endOf(link: string, { files }: FileTree, blobs: Blobs): "inside" | "outside" | "around" {
  const at: string[] = [];
  const rest = link.split("/").reverse();
  let followed = 0;
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (at.pop() === undefined) return "outside";
      continue;
    }
    at.push(name);
    const file = files.get(at.join("/"));
    if (file?.kind !== "link") continue;
    followed += 1;
    if (followed > MOST_LINKS) return "around";
    const target = blobs.read(file.oid).toString("utf8");
    if (target.startsWith("/")) return "outside";
    at.pop();
    rest.push(...target.split("/").reverse());
  }
  return "inside";
}
