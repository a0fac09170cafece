/** The part of the interface for capabilities, and for web APIs and outside agents that people add. */
import type { Actor } from "@/core/rules/roles";
import type {
  Capabilities,
  CapabilityGap,
  CapabilityMatch,
  CapabilityPlace,
  NeededStep,
} from "@/core/shapes/capabilities/capabilities";
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import type {
  ApiPreview,
  ApiRequest,
  ImportedServer,
  OutsideAgentPreview,
  OutsideAgentRequest,
} from "@/core/shapes/tools";

export interface CapabilityQueries {
  /** Returns what can be called on to do work, with figures of its use. With a tree: also its workspace's libraries. */
  listCapabilities(place?: CapabilityPlace): Promise<Capabilities>;
  /** Returns every known coding agent, installed or not. Nothing is started. */
  listCodingAgents(): Promise<CodingAgent[]>;
  /** Returns the capabilities that fit a need, best first. */
  findCapabilities(need: string, place?: CapabilityPlace): Promise<CapabilityMatch[]>;
  /** Returns for each step the best capabilities, and whether one of them fits. */
  findGaps(steps: readonly NeededStep[], place?: CapabilityPlace): Promise<CapabilityGap[]>;
  /** Returns what an OpenAPI document describes, read from its address or its text. Stores nothing. */
  previewApi(source: { url?: string | undefined; text?: string | undefined }): Promise<ApiPreview>;
  /** Returns what the card of an outside agent says. `address`: its own, or that of its card. Stores nothing. */
  previewOutsideAgent(address: string): Promise<OutsideAgentPreview>;
}

export interface CapabilityCommands {
  /**
   * Adds a web API by its OpenAPI document, or changes one: the chosen operations become tools. Its secret goes to the
   * vault. `version`: refused when another version is live; null: refused when there is an API of that name.
   */
  saveApi(
    request: ApiRequest,
    actor: Actor,
    options?: { version?: number | null | undefined },
  ): Promise<{ sentence: string; server: ImportedServer; problems: string[] }>;
  /**
   * Adds an outside agent (A2A) by its address, or changes one: its card is pinned, and the chosen skills become tools.
   * Its secret goes to the vault. `version` as for `saveApi`.
   */
  saveOutsideAgent(
    request: OutsideAgentRequest,
    actor: Actor,
    options?: { version?: number | null | undefined },
  ): Promise<{ sentence: string; server: ImportedServer; problems: string[] }>;
}
