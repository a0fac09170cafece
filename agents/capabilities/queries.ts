/** Queries for capabilities, for people and programs. */
import type { Queries } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { CapabilityPlace } from "@/core/shapes/capabilities/capabilities";
import type { WorkspaceView } from "@/lib/workspace/path";
import type { CapabilityView } from "./capabilities";

interface Sources {
  capabilities: CapabilityView;
  /** Returns the folder of a tree, with what people may see in it. */
  viewOf(tree: { id: string; workspace: string }, owner: string | null): WorkspaceView;
  treeOf(id: string): { id: string; workspace: string };
}

export function createCapabilityQueries({
  capabilities,
  viewOf,
  treeOf,
}: Sources): Pick<Queries, "listCapabilities" | "findCapabilities" | "findGaps"> {
  const placeOf = ({ tree }: CapabilityPlace = {}) => (tree === undefined ? null : viewOf(treeOf(tree), null));
  return {
    listCapabilities: async (place) => capabilities.list(placeOf(place)),
    async findCapabilities(need, place) {
      if (need.trim() === "") throw new UserError("invalid", "Say what you need, in a few words.");
      return capabilities.find(need, placeOf(place));
    },
    findGaps: async (steps, place) => capabilities.gaps(steps, placeOf(place)),
  };
}
