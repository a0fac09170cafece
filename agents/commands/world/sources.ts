/** What commands and operations work with. */
import type { Queries } from "@/agents/application";
import type { BucketSources } from "@/agents/backups/bucket-copy";
import type { CloneWorkspace } from "@/agents/commands/workspace/clone-workspace";
import type { Configuration, RunbookFinder } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import type { ForgeAccessPort } from "@/agents/forges/access";
import type { LookSources } from "@/agents/improvement/look";
import type { OpenRepository } from "@/agents/insights/look";
import type { Providers } from "@/agents/providers/providers";
import type { SelfChanges } from "@/agents/self/changes";
import type { SelfSwitch } from "@/agents/self/switch";
import type { Servers } from "@/agents/servers/servers";
import type { WebhookSources } from "@/agents/webhooks/webhooks";
import type { LiveBackups } from "@/db/file/live-backup";
import type { Store } from "@/db/store";
import type { BackupSettings } from "@/lib/env/backups";
import type { DailyCaps } from "@/lib/env/daily-caps";
import type { RetentionSettings } from "@/lib/env/retention";
import type { RunnerSettings } from "@/lib/env/runners";
import type { KnownModels } from "@/lib/models/known-models";
import type { SnapshotStore } from "@/lib/snapshots/port";

export interface CommandSources {
  store: Store;
  security: Security;
  webhooks: WebhookSources;
  configuration: Configuration;
  findRunbook: RunbookFinder;
  queries: Pick<Queries, "getTree" | "getGoal" | "getProof" | "previewServers">;
  dataDir: string;
  /** Folder of the running system's own files. */
  checkout: string;
  providers: Providers;
  priceOf(model: string): number | null;
  models: Pick<KnownModels, "confirm" | "isNamed" | "replacementOf" | "own" | "refresh">;
  now(): number;
  snapshots: SnapshotStore;
  /** Folders below which people without the admin role may choose a workspace. */
  workspaceRoots: readonly string[];
  cloneWorkspace: CloneWorkspace;
  forges: ForgeAccessPort;
  openRepository: OpenRepository;
  /** Folder of the release. */
  program: string;
  self: { changes: SelfChanges; power: SelfSwitch };
  looks: LookSources;
  /** Ended trees that a new version replays at most before its trial; 0: none. */
  trialReplays: number;
  /** A larger folder is not copied. */
  maxWorkspaceBytes: number;
  /** Started on first use. */
  servers(): Promise<Servers>;
  /** Key files: a folder that contains one cannot be a workspace. */
  keyPaths: readonly string[];
  /** Returns host paths in a folder that tools must not show and snapshots must not keep. */
  hiddenPathsOf(workspace: string): string[];
  maxDbBytes: number | null;
  /** Branches on which agents may commit; absent: the default ones. */
  gitBranches?: readonly string[] | undefined;
  /** Caps of a day that the settings give. */
  dailyCaps: DailyCaps;
  /** Absent in a process that is not a server. */
  shutDown?(by: string): void;
  /** Absent or null without a launcher, which starts the server again. */
  restart?: ((by: string, restMs: number) => void) | null;
  backups: LiveBackups;
  backupSettings: BackupSettings;
  /** Restores a decrypted backup into its folder and resolves with what it holds. */
  prove: BucketSources["prove"];
  retentionSettings: RetentionSettings;
  /** Whether there are runners, and the pool of trees that name none. */
  runners: RunnerSettings;
  /** The version of Banyan. */
  version: string;
}
