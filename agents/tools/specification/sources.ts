/** What the tools of specifications need of the rest of the host. */
import type { SpecificationTexts } from "@/agents/specification/read";
import type { ServiceChange, ServiceWish } from "@/core/log/goal";
import type { SnapshotStore } from "@/lib/snapshots/port";
import type { WorkspaceView } from "@/lib/workspace/path";

/** A service as its blueprint makes it. */
export interface Composed {
  files: ReadonlyMap<string, string>;
  setup: string;
  check: string;
  operations: number;
  to_write: string[];
}

/** A service that is there, as its blueprint makes it of the document that it has now. */
interface ComposedAgain extends Composed {
  /** What is to be written; the last ones say that it was made so. */
  written: ReadonlyMap<string, string>;
  removed: string[];
  conflicts: string[];
}

export interface SpecificationSources {
  snapshots: Pick<SnapshotStore, "changes">;
  /** Resolves with the service of an OpenAPI document. Throws UserError with one sentence. */
  compose(wish: ServiceWish, openapi: string): Promise<Composed>;
  /** Puts files into a folder as a repository with one commit. Called again after a crash, it does the same. */
  fill(view: WorkspaceView, files: ReadonlyMap<string, string>, about: { message: string; key: string }): Promise<void>;
  /** Resolves with the specification as the folder's repository has it. Throws WorkspaceError. */
  before(view: WorkspaceView, signal: AbortSignal): Promise<SpecificationTexts>;
  /** Resolves with the service in a folder, made again by blueprints that are committed there, or not of the folder; null: Banyan did not make it. Throws UserError or WorkspaceError. */
  composeAgain(folder: string, change: ServiceChange, signal: AbortSignal): Promise<ComposedAgain | null>;
}
