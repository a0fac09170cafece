/** Queries for environments. */
import type { Queries } from "@/agents/application";
import { environmentCalled } from "@/agents/environments/find-environment";
import { foldersOf } from "@/agents/environments/sources";
import { projectCalled } from "@/agents/projects/find-project";
import type { Environment } from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";
import { readLogFile } from "@/lib/environments/log-file";
import { withoutSequences } from "@/lib/process/printed";

interface EnvironmentQuerySources {
  store: Pick<Store, "environments" | "projects">;
  dataDir: string;
}

export function createEnvironmentQueries({
  store: { environments, projects },
  dataDir,
}: EnvironmentQuerySources): Pick<Queries, "listEnvironments" | "getEnvironment" | "getEnvironmentLog"> {
  return {
    async listEnvironments(project) {
      if (project !== undefined) projectCalled(projects, project);
      const of = environments.all().filter((one) => project === undefined || one.project === project);
      return { items: of.map(environmentShape), next: null };
    },
    getEnvironment: async (id) => environmentShape(environmentCalled(environments, id)),
    async getEnvironmentLog(id, after = 0) {
      const { uid } = environmentCalled(environments, id);
      const { text, ...rest } = readLogFile(foldersOf(dataDir, uid).log, after);
      return { text: withoutSequences(text), ...rest };
    },
  };
}

function environmentShape(environment: StoredEnvironment): Environment {
  const { uid, variables, createdBy, createdAtMs, startedAtMs, usedAtMs, keepMs } = environment;
  const { project, name, state, why, branch, commit, pull, command, secrets, wantedChecks, checks } = environment;
  return {
    id: uid,
    project,
    name,
    state,
    why,
    branch,
    commit,
    pull,
    command,
    variables: Object.keys(variables),
    secrets,
    open: `/environments/${uid}/open`,
    created_by: createdBy,
    created_at: iso(createdAtMs),
    started_at: startedAtMs === null ? null : iso(startedAtMs),
    used_at: iso(usedAtMs),
    ends_at: iso(usedAtMs + keepMs),
    is_checking: wantedChecks !== null,
    checks,
  };
}
