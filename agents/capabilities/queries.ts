/** Queries for capabilities, for people and programs. */
import type { Queries } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { CapabilityPlace } from "@/core/shapes/capabilities/capabilities";
import type { Workplace } from "@/lib/workplace/port";
import type { CapabilityView } from "./capabilities";

interface Sources {
  capabilities: CapabilityView;
  /** Returns the workplace of a tree, with what people may see in it. */
  workplaceOf(tree: { id: string; workspace: string }, owner: string | null): Workplace;
  treeOf(id: string): { id: string; workspace: string };
}

export function createCapabilityQueries({
  capabilities,
  workplaceOf,
  treeOf,
}: Sources): Pick<Queries, "listCapabilities" | "findCapabilities" | "findGaps"> {
  const placeOf = ({ tree }: CapabilityPlace = {}) =>
    tree === undefined ? null : workplaceOf(treeOf(tree), null).files;
  return {
    listCapabilities: async (place) => capabilities.list(placeOf(place)),
    async findCapabilities(need, place) {
      if (need.trim() === "") throw new UserError("invalid", "Say what you need, in a few words.");
      return capabilities.find(need, placeOf(place));
    },
    findGaps: async (steps, place) => capabilities.gaps(steps, placeOf(place)),
  };
}
