/** Providers of models as programs and pages see them. */
export interface ListedProvider {
  name: string;
  label: string;
  /** Whether tasks can use it as it is set up; null reason: yes. */
  available: boolean;
  reason: string | null;
  /** Where what it uses was set; null: nowhere. What stands in the environment wins. */
  source: "environment" | "page" | null;
  /** How the key ends that it uses; empty: there is none, or a short one. */
  last_four: string;
  has_key: boolean;
  /** null: the provider's own. */
  base_url: string | null;
  /** Where it is without one. */
  own_address: string;
  /** Kept here although the environment wins, or without use. */
  is_kept: boolean;
  takes_key: boolean;
  /** How its keys begin; null: no one way. */
  key_start: string | null;
  /** What tasks use with its key when nobody chose a model; null: whatever its server has. */
  usual_model: string | null;
  /** Settings of the environment that would win. */
  settings: string[];
  updated_by: string | null;
  updated_at: string | null;
}

export interface ProviderTest {
  ok: boolean;
  sentence: string;
  models: string[];
}

/** `model`: what tasks use when nobody names one. */
export interface ProviderKey {
  provider: string;
  key?: string;
  base_url?: string;
  model?: string;
}
