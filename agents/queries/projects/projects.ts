/** Queries for projects. */
import { type Queries, UserError } from "@/agents/application";
import { folderIn } from "@/agents/insights/look";
import { projectCalled } from "@/agents/projects/find-project";
import { foundNow } from "@/agents/projects/found-now";
import { isServiceAt } from "@/agents/projects/made-or-specified";
import { ordered } from "@/agents/projects/repositories";
import { missedBy } from "@/core/plans/estimates";
import { repositoryKey } from "@/core/projects/repository";
import { serviceWay } from "@/core/services/way";
import type { InsightLook, ProjectInsight } from "@/core/shapes/insights";
import type { OutsideContent, Project } from "@/core/shapes/projects";
import { iso } from "@/db/file/iso";
import type { StoredInsight, StoredLook } from "@/db/projects/insights";
import type { StoredProject } from "@/db/projects/projects";
import type { FolderTaint } from "@/db/queries/folders";
import type { Store } from "@/db/store";
import { evolutionOf } from "./evolution";
import { forgeOf } from "./forges";

interface ProjectSources {
  store: Pick<Store, "projects" | "proposals" | "schedules" | "evolutions" | "forges" | "insights" | "queries">;
  /** Whether changes of Banyan by agents are switched off. */
  isSwitchedOff(): boolean;
  dataDir: string;
  now(): number;
}

/** Figures are of so many days. */
const FIGURE_DAYS = 30;
const DAY_MS = 86_400_000;

export function createProjectQueries(
  sources: ProjectSources,
): Pick<
  Queries,
  "listProjects" | "getProject" | "getForge" | "getEvolution" | "listInsights" | "listAllInsights" | "getServiceWay"
> {
  const { projects } = sources.store;
  return {
    async listProjects() {
      const scheduled = scheduledWork(sources);
      const items: Project[] = [];
      for (const project of projects.all()) items.push(await projectShape(sources, project, scheduled));
      return { items, next: null };
    },
    getForge: async (name) => forgeOf(sources, name),
    getEvolution: async (name) => evolutionOf(sources, name),
    async listInsights(name, filter = {}) {
      projectCalled(projects, name);
      return {
        items: insightsOf(sources, name, filter),
        next: null,
        look: lookShape(sources.store.insights.look(name)),
      };
    },
    async listAllInsights({ project, ...filter } = {}) {
      const found = project === undefined ? projects.all() : [projectCalled(projects, project)];
      const items = found.flatMap(({ name }) =>
        insightsOf(sources, name, filter).map((insight) => ({ project: name, ...insight })),
      );
      return { items: items.sort((a, b) => b.score - a.score), next: null };
    },
    async getServiceWay(name) {
      const { name: known } = projectCalled(projects, name);
      const facts = sources.store.queries.wayFacts(known);
      if (facts === null) throw new UserError("not_found", `There is no project ${name}.`);
      return serviceWay(facts, sources.now());
    },
    getProject: async (name) => projectShape(sources, projectCalled(projects, name), scheduledWork(sources)),
  };
}

function insightsOf(
  { store: { insights } }: ProjectSources,
  project: string,
  { state, kind }: NonNullable<Parameters<Queries["listInsights"]>[1]>,
): ProjectInsight[] {
  return insights
    .of(project)
    .filter((one) => (state === undefined || one.state === state) && (kind === undefined || one.kind === kind))
    .map(insightShape);
}

/** What a schedule names: a project, or a repository with this key. */
interface ScheduledWork {
  project: string | undefined;
  key: string | null;
}

function scheduledWork({ store: { schedules } }: ProjectSources): ScheduledWork[] {
  return schedules.all().map(({ submission: { project, workspace, repository } }) => ({
    project,
    key: repositoryKey(repository?.url ?? workspace ?? ""),
  }));
}

async function projectShape(
  { store: { projects, queries }, dataDir, now }: ProjectSources,
  project: StoredProject,
  scheduled: readonly ScheduledWork[],
): Promise<Project> {
  const { name, address, branch, check, setup, found, defaults, service, createdBy, createdAtMs, keys } = project;
  const missed = missedBy(queries.goals.finishedUnits({ project: name }));
  const { trees, running, failed, microUsd } = projects.figures(name, now() - FIGURE_DAYS * DAY_MS);
  return {
    name,
    address,
    branch,
    check: checkShape(check),
    setup,
    found: foundNow(address, found),
    repositories: ordered(projects, project).map(({ keys: _, isOwn, check, ...repository }) => ({
      ...repository,
      found: foundNow(repository.address, repository.found),
      is_own: isOwn,
      check: checkShape(check),
      outside: outsideShape(repository.address.startsWith("/") ? queries.folders.taintOf(repository.address) : null),
    })),
    defaults,
    service: { start: service.start ?? null, previews: service.previews === true },
    is_service: await isServiceAt(folderIn(dataDir), project),
    created_by: createdBy,
    created_at: iso(createdAtMs),
    figures: { days: FIGURE_DAYS, trees, running, failed, cost_usd: microUsd / 1_000_000 },
    estimates: missed && { share: missed.share, units: missed.count, in_range: missed.inRange },
    schedules: scheduled.filter((one) => one.project === name || (one.key !== null && keys.includes(one.key))).length,
  };
}

function outsideShape(taint: FolderTaint | null): OutsideContent | null {
  return taint && { at: iso(taint.atMs), tree: taint.tree };
}

function checkShape(check: StoredProject["check"]): Project["check"] {
  return check && { command: check.command, by: check.by, at: iso(check.atMs) };
}

export function insightShape({
  uid,
  stateBy,
  stateAtMs,
  firstSeenMs,
  lastSeenMs,
  ...insight
}: StoredInsight): ProjectInsight {
  return {
    id: uid,
    ...insight,
    by: stateBy,
    state_at: iso(stateAtMs),
    first_seen: iso(firstSeenMs),
    last_seen: iso(lastSeenMs),
  };
}

function lookShape(look: StoredLook | null): InsightLook | null {
  return look && { at: iso(look.atMs), by: look.by, ...look.figures };
}
