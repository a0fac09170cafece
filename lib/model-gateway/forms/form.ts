/** One wire form for the gateway: how to read its requests, bound and meter them, and word its errors. */
import type { ModelName } from "@/lib/models/model-name";
import type { ProviderAccess } from "@/lib/models/protocols/model-provider";
import type { ProviderName } from "@/lib/models/providers/table";

export type Json = Record<string, unknown>;

/** Content whose tokens do not follow from the bytes of the body. */
export interface Media {
  /** Bytes of the body that are no text for the model, such as an image in base64. */
  bytes: number;
  /** The most that this content costs, in tokens. */
  tokens: number;
  /** Some content, such as a document behind an address, may fill the whole context. */
  isOpen: boolean;
}

/** A request that the gateway passes on. */
export interface Asked {
  /** As the request names it. */
  model: string;
  isStream: boolean;
  /** Only fields that the gateway knows: an unknown one could raise the price, or leave the sandbox. */
  body: Json;
  /** The output that the request asks for; null when it does not say. */
  outputTokens: number | null;
  /** The provider refuses the request with less output than this. */
  leastOutputTokens: number;
  media: Media;
}

/** Why a request is not passed on, as a sentence for the agent. */
export interface Problem {
  problem: string;
}

/** The usage that a piece of an answer tells. */
export interface Reading {
  inputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  outputTokens?: number;
  /** No later piece tells more. */
  isFinal: boolean;
}

export interface WireForm {
  /** Its name for people. */
  label: string;
  /** The providers that speak it. */
  providers: readonly ProviderName[];
  /** `model` and `isStream` come from the path, in forms that have them there. */
  read(body: Json, path: { model?: string; isStream?: boolean }): Asked | Problem;
  /** Returns the body to send, which limits the output. */
  withOutput(asked: Asked, model: string, outputTokens: number): Json;
  address(base: string, asked: Asked, name: ModelName): string;
  /** Returns the headers of the request to the provider. `given` are those of the agent's request. */
  headers(access: ProviderAccess, given: NodeJS.Dict<string | string[]>): Record<string, string>;
  /** Returns what one event of a stream, or a whole answer, says about the usage; null for nothing. */
  usageIn(document: Json): Reading | null;
  /** Returns an error in the shape of this form. */
  error(status: number, sentence: string): Json;
}
