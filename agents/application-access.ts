/** The part of the interface for users, tokens, secrets and provider keys, and for what a task can be given: models, folders. */
import type { Actor, ApiToken } from "@/core/rules/roles";
import type { FoundFolder, FoundFolders } from "@/core/shapes/folders";
import type { ListedUser, ShownSetting } from "@/core/shapes/installation/people";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import type { CheckedModel, Models } from "@/core/shapes/models";
import type { ListedSecret } from "@/core/shapes/security";
import type { SpendCaps } from "@/core/shapes/status";
import type { Mail, Webhook } from "@/core/shapes/webhooks";

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
  /** Returns the facts about one folder, uncommitted changes included; `problem` says why it cannot be used. */
  getFolder(path: string, actor: Actor): Promise<FoundFolder>;
}
