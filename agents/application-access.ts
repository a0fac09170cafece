/** The part of the application's port that says who comes in, and with what Banyan itself gets in elsewhere. */
import type { Actor, ApiToken, User } from "@/core/rules/roles";
import type { ListedUser, ShownSetting } from "@/core/shapes/people";
import type { ListedProvider, ProviderKey, ProviderTest } from "@/core/shapes/providers";
import type { ListedSecret } from "@/core/shapes/security";
import type { SpendCaps } from "@/core/shapes/shapes";

export interface AccessQueries {
  /** Everybody who may sign in, by address. */
  listUsers(): Promise<ListedUser[]>;
  /** What holds for this server, by name. */
  listSettings(): Promise<ShownSetting[]>;
  /** The newest first, those that are over too. */
  listTokens(): Promise<ApiToken[]>;
  /** The caps on money of the whole installation. */
  getSpendCaps(): Promise<SpendCaps>;
  listSecrets(): Promise<ListedSecret[]>;
  /** All that there are, whether they can be used or not. */
  listProviderKeys(): Promise<ListedProvider[]>;
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
  /** In dollars; null: no cap, absent: as it is. Tasks that the daily cap parked try again. */
  setSpendCaps(
    change: { day_usd?: number | null; tree_usd?: number | null },
    actor: Actor,
  ): Promise<{ sentence: string; caps: SpendCaps }>;
  removeSecret(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Encrypts all secrets with a new key, and drops the old ones. */
  rotateSecrets(actor: Actor): Promise<{ sentence: string }>;
}
