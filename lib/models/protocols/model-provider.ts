/** The facts about one provider of models. To add a provider, add a file in `providers/` and a row in its table.ts. */
import type { ModelPort } from "@/core/log/model";

/** How to reach a provider: the key and address that a person, or the environment, gave for it. */
export interface ProviderAccess {
  key?: string;
  /** In the form of the provider's setting; absent: the provider's own address. */
  baseUrl?: string;
  /** The provider's other settings, where the environment gives them. */
  settings?: Readonly<Record<string, string>>;
}

export interface ModelProvider {
  label: string;
  /** The environment variable of its key; null when it takes no key. */
  keySetting: string | null;
  /** Other names that people know the key's variable by; the first of all that is set counts. */
  keyAliases?: string[];
  /** Further variables of the environment that calls need, such as a region. */
  otherSettings?: string[];
  urlSetting: string;
  /** The form of its address, for a message about a wrong one. */
  urlForm: string;
  /** Its address when no other is set. */
  address: string;
  /** Other servers with its API, as people know them: their address and key go here. */
  alsoServes?: string;
  /** Its address when that depends on further settings, such as a region. */
  addressFor?(access: ProviderAccess): string;
  /** How its keys begin, for a message about a wrong key. */
  keyStart: string | null;
  /** The model that is used when none is chosen; null when it depends on the server. */
  defaultModel: string | null;
  /** Whether its models run on the user's own machine and cost nothing. */
  isFree: boolean;
  /**
   * Says in one sentence what is missing before a model can be called; null when nothing is. `isChosen`: the default
   * model is one of its models.
   */
  missing(access: ProviderAccess, isChosen: boolean): string | null;
  /** Whether its further settings are enough to call it, without a key or an address. */
  isGiven?(access: ProviderAccess): boolean;
  /** Whether its default model is used when no model is chosen. */
  offersDefault(access: ProviderAccess): boolean;
  /** What to do when nothing answers at its address, as the end of a sentence. */
  startHint: string | null;
  /** One sentence that says what to do when it does not know a model. */
  unknownModelHint(model: string, urlSetting: string): string;
  list: {
    /** The address of its list of models, for a base address without trailing slashes. */
    address(base: string): string;
    headers(key: string): Record<string, string>;
    /** The addresses of further lists that belong to it. */
    further?(base: string): string[];
    /** The headers of a request that is signed instead of carrying a key. Rejects with a sentence. */
    sign?(url: URL, access: ProviderAccess): Promise<Record<string, string>>;
    /** The rows of an answer in another form than `{ data: [{ id }] }`, with names that listed-model.ts reads. */
    entries?(body: unknown): Record<string, unknown>[] | undefined;
    /** Whether a model is of a kind that the list never holds, so that its absence says nothing. */
    isUnlisted?(id: string): boolean;
    /** Whether a listed model supports conversations; applied only at the provider's own address. */
    isForTasks?(id: string): boolean;
    /** The end of a sentence that says there is no list at an address. */
    addressHint?: string;
  };
  /** Its package is loaded with the first call. */
  connect(access: ProviderAccess): Promise<ModelPort>;
}
