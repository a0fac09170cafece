/** Shapes of model providers for programs and pages. */
export interface ListedProvider {
  name: string;
  label: string;
  /** Whether tasks can use it now; if not, `reason` says why. */
  available: boolean;
  reason: string | null;
  /** Where its settings come from; null when it has none. The environment wins. */
  source: "environment" | "page" | null;
  /** Last four characters of its key; empty without a key or for a short key. */
  last_four: string;
  has_key: boolean;
  /** The configured address; null for the provider's own. */
  base_url: string | null;
  /** The address that the environment sets; a key that is saved for another address is not used. */
  fixed_address: string | null;
  /** The provider's own address. */
  own_address: string;
  /** Whether a setting is stored here although the environment overrides it, or nothing uses it. */
  is_kept: boolean;
  takes_key: boolean;
  /** Prefix of its keys; null when keys have no common prefix. */
  key_start: string | null;
  /** The model that tasks use with its key by default; null for the server's own default. */
  usual_model: string | null;
  /** Settings of the environment that override the page; the address's setting comes last. */
  settings: string[];
  updated_by: string | null;
  updated_at: string | null;
}

/** Whether a provider answered with the key, and which models it offers. */
export interface ProviderTest {
  ok: boolean;
  sentence: string;
  models: string[];
}
