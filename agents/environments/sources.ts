/** What the watch of environments works with, and where their files are. */
import { join } from "node:path";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import type { OpenRepository } from "@/agents/insights/look";
import type { Store } from "@/db/store";
import type { SandboxPort } from "@/lib/sandbox/port";

export interface EnvironmentSources {
  store: Pick<Store, "environments" | "projects" | "forges" | "halts" | "client">;
  security: { redactor: Security["redactor"]; vault: Pick<Security["vault"], "get"> };
  configuration: Pick<Configuration, "policy">;
  openRepository: OpenRepository;
  sandbox: SandboxPort;
  dataDir: string;
  /** Hosts with private addresses that commands may reach. */
  privateHosts: readonly string[];
  now(): number;
}

interface EnvironmentFolders {
  whole: string;
  /** The files of its commit, with its packages. */
  files: string;
  /** What the commit says its service has to do, where no command of it reaches. */
  documents: string;
  /** What it keeps. */
  data: string;
  log: string;
  /** The home of its setup command, and what git writes first. */
  scratch: string;
}

export function environmentsIn(dataDir: string): string {
  return join(dataDir, "environments");
}

/** Returns where everything of an environment is. `uid` was made by the server. */
export function foldersOf(dataDir: string, uid: string): EnvironmentFolders {
  const whole = join(environmentsIn(dataDir), uid);
  return {
    whole,
    files: join(whole, "files"),
    documents: join(whole, "documents"),
    data: join(whole, "data"),
    log: join(whole, "log"),
    scratch: join(whole, "scratch"),
  };
}
