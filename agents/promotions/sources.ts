/** What promotions work with, and where their files are. */
import { join } from "node:path";
import type { EnvironmentSources } from "@/agents/environments/sources";
import type { Store } from "@/db/store";

export interface PromotionSources extends Omit<EnvironmentSources, "store"> {
  store: Pick<Store, "promotions" | "projects" | "halts" | "client">;
  /** The folder of the release. */
  program: string;
}

export function promotionsIn(dataDir: string): string {
  return join(dataDir, "promotions");
}

/** Returns where everything of a promotion is. `uid` was made by the server. */
export function foldersOf(dataDir: string, uid: string) {
  const whole = join(promotionsIn(dataDir), uid);
  return {
    whole,
    files: join(whole, "files"),
    former: join(whole, "former"),
    scratch: join(whole, "scratch"),
    log: join(whole, "log"),
  };
}
