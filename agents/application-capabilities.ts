/** The part of the interface for capabilities, and for web APIs and outside agents that people add. */
import type {
  Capabilities,
  CapabilityGap,
  CapabilityMatch,
  CapabilityPlace,
  NeededStep,
} from "@/core/shapes/capabilities/capabilities";
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import type { ApiPreview, OutsideAgentPreview } from "@/core/shapes/servers/outside";

export interface CapabilityQueries {
  /** Returns what can be called on to do work, with figures of its use. With a tree: also its workspace's libraries. */
  listCapabilities(place?: CapabilityPlace): Promise<Capabilities>;
  /** Returns every known coding agent, installed or not. Nothing is started. */
  listCodingAgents(): Promise<CodingAgent[]>;
  /** Returns the capabilities that fit a need, best first; none of the agents that take no subtasks. */
  findCapabilities(need: string, place?: CapabilityPlace): Promise<CapabilityMatch[]>;
  /** Returns for each step the best capabilities, and whether one of them fits. */
  findGaps(steps: readonly NeededStep[], place?: CapabilityPlace): Promise<CapabilityGap[]>;
  /** Returns what an OpenAPI document describes, read from its address or its text. Stores nothing. */
  previewApi(source: { url?: string | undefined; text?: string | undefined }): Promise<ApiPreview>;
  /** Returns what the card of an outside agent says. `address`: its own, or that of its card. Stores nothing. */
  previewOutsideAgent(address: string): Promise<OutsideAgentPreview>;
}
