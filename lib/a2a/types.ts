/** Types of outside agents that a person added by their cards (A2A). All are plain data that can be stored as JSON. */
import type { ApiAuth } from "@/lib/openapi/types";

export interface OutsideAgent {
  kind: "a2a";
  name: string;
  /** The address of its card. */
  url: string;
  auth: ApiAuth;
  /** The ids of the skills that our agents can use, in the order of the card. */
  skills: string[];
  /** Most messages of all trees in a minute. */
  callsPerMinute: number;
  card: PinnedCard;
}

/** A card as a person accepted it. Another card is not used. */
export interface PinnedCard {
  /** Covers the whole card, and the key that signed it. */
  hash: string;
  /** Thumbprint of the key that signed it; null: it is not signed. */
  signedBy: string | null;
  /** Where that key was read; null: the card is not signed. */
  keysAt: string | null;
  /** The card without its signatures. All its text comes from outside and is not to be trusted. */
  body: Record<string, unknown>;
}

/** What a card says, as far as it is used here. */
export interface CardFacts {
  title: string;
  version: string;
  description: string;
  provider: string;
  /** Where messages go. */
  endpoint: string;
  skills: { id: string; name: string; description: string }[];
}

/** What the agent said. All text is from outside. */
export interface AgentAnswer {
  /** A state of the protocol; null: the agent answered with a message, and has no task. */
  state: string | null;
  task: string | null;
  text: string;
}
