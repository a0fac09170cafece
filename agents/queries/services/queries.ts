/** Queries for services: projects that Banyan made, or that have a specification. */
import { type Queries, UserError } from "@/agents/application";
import { folderIn } from "@/agents/insights/look";
import { projectCalled } from "@/agents/projects/find-project";
import { fetchedSource, isServiceAt } from "@/agents/projects/made-or-specified";
import { specificationOf } from "@/agents/specification/of-project";
import type { MadeFrom, ServiceRow, ServiceView } from "@/core/shapes/services/view";
import { type CommitFacts, evidenceOf } from "@/core/specification/evidence";
import type { SpecificationView } from "@/core/specification/view";
import { iso } from "@/db/file/iso";
import type { StoredProject } from "@/db/projects/projects";
import type { Store } from "@/db/store";
import { WorkspaceError } from "@/lib/workspace/path";
import { type AtTarget, contractAgainst } from "./against";
import { type BlueprintSources, blueprintIn, blueprintsOf } from "./blueprints";
import { type CheckedSources, checkedFiles } from "./checked";
import { type QuestionSources, questionsOf } from "./questions";
import { type CommitContents, readContents, recordAt, specificationAt, testsNaming } from "./read";
import { type OpenSource, type RepositorySources, readRepository, readSource } from "./repository";

interface ServiceSources extends RepositorySources, CheckedSources, BlueprintSources, QuestionSources {
  store: Pick<Store, "projects" | "environments" | "promotions" | "loader" | "queries">;
}

export function createServiceQueries(
  sources: ServiceSources,
): Pick<
  Queries,
  "listServices" | "getService" | "getSpecification" | "listServiceQuestions" | "listBlueprints" | "getBlueprint"
> {
  const { projects } = sources.store;
  return {
    async listServices() {
      const items: ServiceRow[] = [];
      // One after the other: each starts git.
      for (const project of projects.all())
        if (await isServiceAt(folderIn(sources.dataDir), project)) items.push(await listed(sources, project));
      return { items, next: null };
    },
    listBlueprints: async () => ({ items: blueprintsOf(sources.program), next: null }),
    getBlueprint: async (folder, actor) => blueprintIn(sources, folder.trim(), actor),
    async listServiceQuestions(name) {
      const project = projectCalled(projects, name);
      return { items: await questionsOf(sources, project.name), next: null };
    },
    getService: async (name) => serviceOf(sources, projectCalled(projects, name)),
    async getSpecification(name) {
      const project = projectCalled(projects, name);
      if (project.address.startsWith("/")) return specificationOf(sources.dataDir, project);
      return readRepository(sources, project, specificationAt).catch((error) => {
        throw error instanceof WorkspaceError ? new UserError("invalid", error.message) : error;
      });
    },
  };
}

async function listed(sources: ServiceSources, project: StoredProject): Promise<ServiceRow> {
  const { environments, promotions } = sources.store;
  const { name } = project;
  const read = await said(() => listedFiles(sources, project));
  const { made, view } = "sentence" in read ? { made: null, view: null } : read;
  const waiting = promotions.going().some((one) => one.project === name && one.state === "asked");
  return {
    project: name,
    blueprint: made?.blueprint ?? null,
    parts: made?.parts ?? [],
    requirements: view?.requirements.length ?? null,
    running: environments.all().filter((one) => one.project === name && one.state === "running").length,
    targets: promotions.targets(name).map(({ id, name: target }) => {
      const current = promotions.current(id);
      const at = { commit: current?.commit ?? null, perhaps: current?.perhaps ?? null };
      return { name: target, ...at, since: current && iso(current.atMs) };
    }),
    waits: waiting || openQuestions(view) > 0,
    not_read: "sentence" in read ? read.sentence : null,
  };
}

/** Fetches nothing, because lists are read often. */
async function listedFiles(
  sources: ServiceSources,
  project: StoredProject,
): Promise<{ made: MadeFrom | null; view: SpecificationView | null }> {
  const fetched = fetchedSource(folderIn(sources.dataDir), project);
  if (fetched !== null)
    return readSource({ dataDir: sources.dataDir, name: project.name }, fetched, async (source) => ({
      made: await recordAt(source),
      view: await specificationAt(source),
    }));
  const made = await readRepository(sources, project, recordAt);
  return { made, view: await specificationOf(sources.dataDir, project) };
}

function openQuestions(view: SpecificationView | null): number {
  return view?.ambiguities.filter(({ answer }) => answer === undefined).length ?? 0;
}

/** Resolves with a sentence where the files cannot be read. */
async function said<T extends object>(work: () => Promise<T>): Promise<T | { sentence: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError || error instanceof WorkspaceError) return { sentence: error.message };
    throw error;
  }
}

async function serviceOf(sources: ServiceSources, project: StoredProject): Promise<ServiceView> {
  const read = await said(async () => ({
    service: await readRepository(sources, project, (source) => serviceAt(sources, project, source)),
  }));
  if ("sentence" in read) return { ...unread(project.name), not_read: [read.sentence] };
  if (read.service !== null) return read.service;
  // Before its first commit, its specification is being written in the folder.
  const view = await said(async () => ({ view: await specificationOf(sources.dataDir, project) }));
  if ("sentence" in view) return { ...unread(project.name), not_read: [view.sentence] };
  return { ...unread(project.name), specification: view.view && countsOf(view.view) };
}

function unread(project: string): ServiceView {
  return {
    project,
    commit: null,
    not_read: [],
    made: null,
    specification: null,
    contract: null,
    check: null,
    evidence: [],
    against: null,
  };
}

async function serviceAt(sources: ServiceSources, project: StoredProject, source: OpenSource): Promise<ServiceView> {
  const read = await readContents(source);
  const target = targetOf(sources.store.promotions, project.name);
  const { commit, made, view, contract, files, notRead } = read;
  const check = project.check?.command ?? null;
  const checked = await checkedFiles(sources, { project: project.name, check, files });
  return {
    project: project.name,
    commit,
    not_read: notRead,
    made,
    specification: view && countsOf(view),
    contract,
    check: check === null ? null : { command: check, has_passed: checked.hasPassed },
    evidence:
      view === null
        ? []
        : evidenceOf(view, { ...(await factsOf(sources, project, { source, read, view })), ...checked }),
    against: target && contract ? await contractAgainst(source, target) : null,
  };
}

function countsOf(view: SpecificationView): NonNullable<ServiceView["specification"]> {
  return { requirements: view.requirements.length, open_questions: openQuestions(view), faults: view.faults.length };
}

const PRODUCTION = "production";

/** Returns what production has; without it, the target that got a commit last. */
function targetOf(promotions: Store["promotions"], project: string): AtTarget | null {
  const reached = promotions
    .targets(project)
    .flatMap(({ id, name }) => {
      const current = promotions.current(id);
      return current?.commit ? [{ target: name, commit: current.commit, atMs: current.atMs }] : [];
    })
    .toSorted((a, b) => b.atMs - a.atMs);
  const found = reached.find(({ target }) => target === PRODUCTION) ?? reached[0];
  return found ? { target: found.target, commit: found.commit } : null;
}

interface AtCommit {
  source: OpenSource;
  read: CommitContents;
  view: SpecificationView;
}

async function factsOf(
  sources: ServiceSources,
  project: StoredProject,
  { source, read, view }: AtCommit,
): Promise<Omit<CommitFacts, "hasPassed" | "verdicts">> {
  const { files, commit } = read;
  const tested = view.criteria.filter(({ check }) => check.kind === "test").map(({ id }) => id);
  const named = await said(async () => ({ ids: await testsNaming(source, files ?? new Map(), tested) }));
  return {
    named: "ids" in named ? named.ids : new Map(),
    notSearched: "ids" in named ? (files === null ? "Its files could not be listed." : null) : named.sentence,
    check: project.check?.command ?? null,
    checks: sources.store.environments.all().flatMap((one) => {
      const isOfCommit = one.project === project.name && one.commit === commit && one.checks?.commit === commit;
      return isOfCommit && one.checks ? [{ environment: one.name, checks: one.checks }] : [];
    }),
  };
}
