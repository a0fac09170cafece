/** Models as programs and pages see them. */
import type { Media } from "@/core/log/model";

/** A model with its limits and price. */
export interface ListedModel {
  /** `provider/model`. */
  name: string;
  /** Input and output together. */
  context_tokens: number;
  /** Most tokens of one reply. */
  max_output_tokens: number;
  /** What it reads besides text, as far as is known. */
  reads: Media[];
  /**
   * Where the limits come from: a person's own settings, the provider's list, the table of this version, or an
   * assumption.
   */
  limits_from: "own" | "provider" | "table" | "assumed";
  /** US dollars per million tokens; null: no price is known. */
  price: {
    /** Of input tokens. */
    input: number;
    /** Of output tokens. */
    output: number;
    /** Of input tokens that come from the provider's cache. */
    cache_read: number;
    /** Of input tokens that are written to the provider's cache. */
    cache_write: number;
  } | null;
  /** Where the price comes from, as for `limits_from`; `free`: it costs nothing; null: no price is known. */
  price_from: "own" | "provider" | "table" | "free" | null;
  /** Whether the provider's list holds it; null: the provider has not answered yet. */
  listed: boolean | null;
  /** Whether the provider still has it. */
  standing: "current" | "retires_soon" | "retired" | "missing" | "unknown";
  /** The first day on which the provider refuses it, `YYYY-MM-DD`; null: no date is announced. */
  retires_at: string | null;
  /** A model that is alike and can replace it; null: none is, or it needs none. */
  replaced_by: string | null;
  /** What a person who uses it should know; null: nothing. */
  sentence: string | null;
  /** Whether tasks use it whose agent names no model. */
  is_default: boolean;
}

/** The models of all providers. */
export interface Models {
  /** The date on which the table was compared with what the providers publish. */
  checked_at: string;
  /** Model of tasks whose agent names none, as `provider/model`. */
  default_model: string;
  /** A sentence for each model in use that needs attention. */
  notes: string[];
  /** The models. */
  items: ListedModel[];
}

/** Whether tasks may have a model. */
export interface CheckedModel {
  /** Whether tasks may have it. */
  isUsable: boolean;
  /** Why it is not usable, or what a person who uses it should know; null: nothing. */
  sentence: string | null;
  /** The model to use instead; null: none is alike, or it is not needed. */
  nearest: string | null;
}

/** A person's settings of a model; they replace the earlier ones. */
export interface ModelSettings {
  /** In tokens; `context` counts input and output together. */
  limit?: {
    /** Most tokens, input and output together. */
    context: number;
    /** Most tokens of one reply; absent: as without settings. */
    output?: number;
  };
  /** US dollars per million tokens. */
  cost?: {
    /** Of input tokens. */
    input: number;
    /** Of output tokens. */
    output: number;
    /** Of input tokens that come from the provider's cache; absent: as `input`. */
    cache_read?: number;
    /** Of input tokens that are written to the provider's cache; absent: as `input`. */
    cache_write?: number;
  };
  /** What the model reads. */
  modalities?: {
    /** What it reads, with `text`. */
    input: ("text" | Media)[];
  };
}
