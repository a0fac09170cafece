/** The successful answers of the routes of capabilities, web APIs and outside agents; see `answers.ts`. */
import type { Capabilities, CapabilityGap, CapabilityMatch } from "@/core/shapes/capabilities/capabilities";
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import type { ApiPreview, OutsideAgentPreview } from "@/core/shapes/servers/outside";
import type { ImportedServer } from "@/core/shapes/tools";
import type { All, Said } from "./answer-shapes";

/** The tool server that was made of a web API, and what could not be read of its description. */
export interface SavedApi extends Said {
  /** The server that was added or changed, as agents can use it now. */
  server: ImportedServer;
  /** One sentence for each thing that was left out. */
  problems: string[];
}

export interface CapabilityAnswers {
  /** What can be called on to do work, with figures of its use; `tree` adds the libraries of its workspace. */
  "GET capabilities": Capabilities;
  /** The capabilities that fit the need in `q`, best first. */
  "GET capabilities/find": All<CapabilityMatch>;
  /** The coding agents that tasks can give work to: which are installed, how they get their models, and what caps them. */
  "GET coding-agents": All<CodingAgent>;
  /** For each step the best capabilities, and whether one of them fits. */
  "POST capabilities/gaps": All<CapabilityGap>;
  /** What an OpenAPI document describes: `{ url }` or `{ text }`. Stores nothing. */
  "POST apis/preview": ApiPreview;
  /** Adds a web API by its OpenAPI document, or changes the API of that name; the chosen operations become tools. */
  "POST apis": SavedApi;
  /** What the card of an outside agent (A2A) says: `{ url }` with its address. Stores nothing. */
  "POST outside-agents/preview": OutsideAgentPreview;
  /** Adds an outside agent, or changes the agent of that name: its card is pinned, and the chosen skills become tools. */
  "POST outside-agents": SavedApi;
}
