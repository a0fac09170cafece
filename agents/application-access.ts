/** The part of the interface for users, tokens, secrets and provider keys, and for what a task can be given: models, folders. */
import type { Actor, ApiToken, User } from "@/core/rules/roles";
import type { FoundFolder, FoundFolders } from "@/core/shapes/folders";
import type { CheckedModel, ModelSettings, Models } from "@/core/shapes/models";
import type { ListedUser, ShownSetting } from "@/core/shapes/people";
import type { ListedProvider, ProviderKey, ProviderTest } from "@/core/shapes/providers";
import type { ListedSecret } from "@/core/shapes/security";
import type { SpendCaps } from "@/core/shapes/shapes";
import type { Mail, MailChange, Webhook } from "@/core/shapes/webhooks";

export interface AccessQueries {
  /** Returns everybody who may sign in, by address. */
  listUsers(): Promise<ListedUser[]>;
  /** Returns the settings in effect on this server, by name. */
  listSettings(): Promise<ShownSetting[]>;
  /** Returns all tokens, newest first, including expired and revoked ones. */
  listTokens(): Promise<ApiToken[]>;
  /** The caps on money of the whole installation. */
  getSpendCaps(): Promise<SpendCaps>;
  listSecrets(): Promise<ListedSecret[]>;
  /** Returns all webhooks, each with its newest messages. */
  listWebhooks(): Promise<Webhook[]>;
  /** Returns how e-mail is sent, with its newest messages. */
  getMail(): Promise<Mail>;
  /** Returns all providers, whether they can be used or not. */
  listProviderKeys(): Promise<ListedProvider[]>;
  /** All models that are known by name, of one provider or of all; nothing is asked. */
  listModels(options?: { provider?: string }): Promise<Models>;
  /** Returns whether tasks may have the model. Asks its provider before it says no. */
  checkModel(name: string): Promise<CheckedModel>;
  /** Returns folders for a new tree: recent ones, and those that complete what was typed. */
  findFolders(typed: string, actor: Actor): Promise<FoundFolders>;
  /** Returns what is known of one folder, uncommitted changes included; why it cannot be used is in `problem`. */
  getFolder(path: string, actor: Actor): Promise<FoundFolder>;
}

export interface AccessCommands {
  /** Adds a user. Refused when the address is invalid or already a user's. */
  addUser(user: { email: string; name?: string; role: string }, actor: Actor): Promise<User>;
  /** `who`: an id or an address. Refused for the last admin. */
  setUserRole(who: string, role: string, actor: Actor): Promise<{ sentence: string }>;
  /** Removes a user and ends their sessions, sockets and tokens. */
  removeUser(who: string, actor: Actor): Promise<{ sentence: string }>;
  /**
   * Returns the token itself, only this once. `days` until it expires (90). `task`: it sees only that and its
   * subtasks.
   */
  createToken(
    wanted: { role: string; name?: string; days?: number; task?: string },
    actor: Actor,
  ): Promise<ApiToken & { token: string }>;
  revokeToken(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Returns the token of a link that signs in once, within 15 minutes, as the owner of the machine. */
  createSignInLink(actor: Actor): Promise<{ token: string }>;
  /** Creates a secret, or replaces its value. Names consist of `a-z0-9_/.-`. */
  setSecret(name: string, value: string, actor: Actor): Promise<{ sentence: string }>;
  /** Saves a key, an address, or both, used from the next call. The environment's settings take precedence. */
  setProviderKey(wanted: ProviderKey, actor: Actor): Promise<{ sentence: string }>;
  removeProviderKey(provider: string, actor: Actor): Promise<{ sentence: string }>;
  /** Asks for the list of models, with the given access or else with what calls use. Saves nothing. */
  testProvider(wanted: ProviderKey, actor: Actor): Promise<ProviderTest>;
  /** Replaces the limits and the price that hold for a model, in place of what its provider and the table say. */
  setModel(name: string, settings: ModelSettings, actor: Actor): Promise<{ sentence: string }>;
  removeModel(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Adds a webhook. Returns the secret that signs its messages, only this once. */
  addWebhook(
    webhook: { url: string; events: readonly string[] },
    actor: Actor,
  ): Promise<{ id: string; secret: string; sentence: string }>;
  /** Absent: as it is. The secret stays. */
  changeWebhook(
    id: string,
    change: { url?: string; events?: readonly string[] },
    actor: Actor,
  ): Promise<{ sentence: string }>;
  /** Replaces the secret. Returns the new one, only this once. */
  rotateWebhookSecret(id: string, actor: Actor): Promise<{ secret: string; sentence: string }>;
  removeWebhook(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Sends a test message now. Rejects with the receiver's answer when it does not take it. */
  testWebhook(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Sets how e-mail is sent, to whom, and about what. */
  setMail(change: MailChange, actor: Actor): Promise<{ sentence: string }>;
  removeMail(actor: Actor): Promise<{ sentence: string }>;
  /** Sends a test message now. Rejects with the server's answer when it does not take it. */
  testMail(actor: Actor): Promise<{ sentence: string }>;
  removeSecret(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Encrypts all secrets with a new key, and drops the old ones. */
  rotateSecrets(actor: Actor): Promise<{ sentence: string }>;
}
