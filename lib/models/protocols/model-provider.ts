/** What is known of one provider of models. A new provider is one file like those beside this one, and a row in table.ts. */
import type { ModelPort } from "@/core/log/model";

/** How calls reach a provider: what a person, or the environment, gave for it. */
export interface ProviderAccess {
  key?: string;
  /** As the provider's setting takes it; absent: the provider's own address. */
  baseUrl?: string;
}

export interface ModelProvider {
  label: string;
  /** The environment variable of its key; null: it takes no key. */
  keySetting: string | null;
  urlSetting: string;
  /** What the setting of its address holds, for whoever set something else. */
  urlForm: string;
  /** Its address when nobody gave another. */
  address: string;
  /** How its keys begin, for whoever copied something else. */
  keyStart: string | null;
  /** The model that is used when nobody chose one; null: it depends on the server. */
  defaultModel: string | null;
  /** Its models run on somebody's own machine and cost nothing. */
  isFree: boolean;
  /** What is missing before a model can be asked, in one sentence; null: nothing. `isChosen`: the default model is one of its models. */
  missing(access: ProviderAccess, isChosen: boolean): string | null;
  /** Its default model is taken when nobody chose one. */
  offersDefault(access: ProviderAccess): boolean;
  /** What to do when nothing answers at its address, as the end of a sentence. */
  startHint: string | null;
  /** What to do when it does not know a model, in one sentence. */
  unknownModelHint(model: string, urlSetting: string): string;
  list: {
    /** Where it lists its models, below an address without slashes at its end. */
    address(base: string): string;
    headers(key: string): Record<string, string>;
    /** Whether a listed model holds conversations; asked only at the provider's own address. */
    isForTasks?(id: string): boolean;
    /** The end of a sentence that says there is no list at an address. */
    addressHint?: string;
  };
  /** Its package is loaded with the first call. */
  connect(access: ProviderAccess): Promise<ModelPort>;
}
