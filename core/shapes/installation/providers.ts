/** Shapes of model providers for programs and pages. */
export interface ListedProvider {
  /** Name of the provider, as models name it: `provider/model`. */
  name: string;
  /** Its name for people. */
  label: string;
  /** Whether tasks can use it now; if not, `reason` says why. */
  available: boolean;
  /** Why it is not available, in one sentence; null: it is. */
  reason: string | null;
  /** Where its settings come from; null when it has none. The environment wins. */
  source: "environment" | "page" | null;
  /** Last four characters of its key; empty without a key or for a short key. */
  last_four: string;
  /** Whether a key for it is set. */
  has_key: boolean;
  /** The configured address; null for the provider's own. */
  base_url: string | null;
  /** The address that the environment sets; a key that is saved for another address is not used. */
  fixed_address: string | null;
  /** The provider's own address. */
  own_address: string;
  /** Other servers with its API, whose address can be set in place of its own; null: none that people use. */
  also_serves: string | null;
  /** Whether a setting is stored here although the environment overrides it, or nothing uses it. */
  is_kept: boolean;
  /** Whether it can have a key at all. */
  takes_key: boolean;
  /** Prefix of its keys; null when keys have no common prefix. */
  key_start: string | null;
  /** The model that tasks use with its key by default; null for the server's own default. */
  usual_model: string | null;
  /** Settings of the environment that override the page; the address's setting comes last. */
  settings: string[];
  /** Who changed its settings last here; null: nobody has. */
  updated_by: string | null;
  /** When its settings were changed last here; null: never. */
  updated_at: string | null;
}

/** Whether a provider answered with the key, and which models it offers. */
export interface ProviderTest {
  /** Whether the provider answered. */
  ok: boolean;
  /** What came of the test, in one sentence. */
  sentence: string;
  /** Names of the models that it offers. */
  models: string[];
}
