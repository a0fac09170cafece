/** The part of the application's port that says who comes in, and with what Banyan itself gets in elsewhere. */
import type { Actor, ApiToken, User } from "@/core/rules/roles";
import type { ModelSettings, Models } from "@/core/shapes/models";
import type { ListedUser, ShownSetting } from "@/core/shapes/people";
import type { ListedProvider, ProviderKey, ProviderTest } from "@/core/shapes/providers";
import type { ListedSecret } from "@/core/shapes/security";

export interface AccessQueries {
  /** Everybody who may sign in, by address. */
  listUsers(): Promise<ListedUser[]>;
  /** What holds for this server, by name. */
  listSettings(): Promise<ShownSetting[]>;
  /** The newest first, those that are over too. */
  listTokens(): Promise<ApiToken[]>;
  listSecrets(): Promise<ListedSecret[]>;
  /** All that there are, whether they can be used or not. */
  listProviderKeys(): Promise<ListedProvider[]>;
  /** All models that are known by name, of one provider or of all; nothing is asked. */
  listModels(options?: { provider?: string }): Promise<Models>;
}

export interface AccessCommands {
  /** Somebody who may sign in from now on. Refused when the address is none, or somebody's already. */
  addUser(user: { email: string; name?: string; role: string }, actor: Actor): Promise<User>;
  /** `who`: an id or an address. The last admin stays one. */
  setUserRole(who: string, role: string, actor: Actor): Promise<{ sentence: string }>;
  /** Their sessions, sockets and tokens end. */
  removeUser(who: string, actor: Actor): Promise<{ sentence: string }>;
  /** The only time that the token itself is told. `days` until it expires (90). `task`: it sees only that and what is below. */
  createToken(
    wanted: { role: string; name?: string; days?: number; task?: string },
    actor: Actor,
  ): Promise<ApiToken & { token: string }>;
  revokeToken(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Makes a secret, or replaces its value. Names are of `a-z0-9_/.-`. */
  setSecret(name: string, value: string, actor: Actor): Promise<{ sentence: string }>;
  /** A key, an address, or both, used from the next call on. What the environment says of a provider wins. */
  setProviderKey(wanted: ProviderKey, actor: Actor): Promise<{ sentence: string }>;
  removeProviderKey(provider: string, actor: Actor): Promise<{ sentence: string }>;
  /** Asks for the list of models, with what is given or else with what calls use; nothing is kept. */
  testProvider(wanted: ProviderKey, actor: Actor): Promise<ProviderTest>;
  /** Replaces the limits and the price that hold for a model, in place of what its provider and the table say. */
  setModel(name: string, settings: ModelSettings, actor: Actor): Promise<{ sentence: string }>;
  removeModel(name: string, actor: Actor): Promise<{ sentence: string }>;
  removeSecret(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Encrypts all secrets with a new key, and drops the old ones. */
  rotateSecrets(actor: Actor): Promise<{ sentence: string }>;
}
