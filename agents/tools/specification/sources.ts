/** What the tools of specifications need of the rest of the host. */
import type { ServiceWish } from "@/core/log/goal";
import type { WorkspaceView } from "@/lib/workspace/path";

/** A service as its blueprint makes it. */
export interface Composed {
  files: ReadonlyMap<string, string>;
  setup: string;
  check: string;
  operations: number;
  to_write: string[];
}

export interface SpecificationSources {
  /** Resolves with the service of an OpenAPI document. Throws UserError with one sentence. */
  compose(wish: ServiceWish, openapi: string): Promise<Composed>;
  /** Puts files into a folder as a repository with one commit. Called again after a crash, it does the same. */
  fill(view: WorkspaceView, files: ReadonlyMap<string, string>, about: { message: string; key: string }): Promise<void>;
}
