/** Queries for the work that comes from forges. */
import { projectCalled } from "@/agents/projects/find-project";
import { ordered } from "@/agents/projects/repositories";
import type { ForgeOfProject, IssueOfForge, IssueOfTree, PartOfChange } from "@/core/shapes/forges";
import { forgeOfAddress, issueName } from "@/core/words/projects";
import { iso } from "@/db/file/iso";
import type { Measured, StoredIssue, StoredLink } from "@/db/forges/stored";
import type { Store } from "@/db/store";

interface ForgeSources {
  store: Pick<Store, "projects" | "forges" | "queries">;
  now(): number;
}

const MOST_SETTLED = 200;

/** Returns the link of a project with its forge, and its issues, the newest first; null without one. */
export function forgeOf(sources: ForgeSources, name: string): ForgeOfProject | null {
  const { projects, forges } = sources.store;
  projectCalled(projects, name);
  const link = forges.link(name);
  if (link === null) return null;
  const {
    kind,
    host,
    path,
    jira,
    label,
    rules,
    login,
    mostOpen,
    trouble,
    pausedAtMs,
    pausedBy,
    createdBy,
    createdAtMs,
  } = link;
  return {
    kind,
    host,
    path,
    url: pageOf(link),
    jira,
    label,
    rules,
    login,
    most_open: mostOpen,
    trouble,
    looked_at: iso(link.lookedAtMs),
    next_look_at: pausedAtMs === null ? iso(link.nextAtMs) : null,
    paused: pausedAtMs === null ? null : { by: pausedBy, at: iso(pausedAtMs) },
    linked_by: createdBy,
    linked_at: iso(createdAtMs),
    hook_path: `/hooks/forges/${name}`,
    issues: forges
      .issues(link.projectId, MOST_SETTLED)
      .map((issue) => issueShape(sources, { project: name, issue, link })),
    issues_total: forges.countIssues(link.projectId),
  };
}

/** Returns the issue that a tree resolves; absent for other trees. */
export function issueOfTree(sources: ForgeSources, tree: string): { issue?: IssueOfTree } {
  const found = sources.store.forges.ofTree(tree);
  if (found === null || found.issue.cycle !== null) return {};
  const link = sources.store.forges.link(found.project);
  const { host = null, kind = null, jira = null } = link ?? {};
  const { number, name, url, pull, parts, state } = issueShape(sources, { ...found, link });
  const issue_host = jira?.host ?? host;
  return { issue: { project: found.project, host, kind, issue_host, number, name, url, pull, parts, state } };
}

function pageOf({ cloneUrl }: StoredLink): string {
  return cloneUrl.replace(/\.git$/, "");
}

interface LinkedIssue {
  /** The name of its project. */
  project: string;
  issue: StoredIssue;
  /** Null: the project is no longer linked. */
  link: StoredLink | null;
}

function issueShape({ store, now }: ForgeSources, { project, issue, link }: LinkedIssue): IssueOfForge {
  const { number, title, url, author, askedBy, state, why, tree, branch, pull, pullUrl, measured, rounds } = issue;
  const isThere = store.queries.trees.treesLike(tree).includes(tree);
  const waits = state === "working" && isThere && store.queries.trees.getTree(tree, "none", now()).counts.you > 0;
  return {
    number,
    name: issueName(link?.jira ?? null, number),
    title,
    url,
    author,
    asked_by: askedBy,
    state: waits ? "waiting" : state,
    why,
    tree: isThere ? tree : null,
    branch,
    pull: pullShape({ pull, pullUrl }),
    parts: partsOf(store, { project, issue, link }),
    gates: measured === null ? null : gatesOf(measured),
    rounds,
    created_at: iso(issue.createdAtMs),
    changed_at: iso(issue.changedAtMs),
    taken_back_at: issue.takenBackAtMs === null ? null : iso(issue.takenBackAtMs),
  };
}

function partsOf(
  { projects, forges }: ForgeSources["store"],
  { project: name, issue, link }: LinkedIssue,
): PartOfChange[] {
  const pulls = forges.pulls(issue.id);
  if (pulls.length === 0) return [];
  const project = projects.get(name);
  const known = project === null ? [] : ordered(projects, project);
  const place = new Map(known.map(({ folder }, at) => [folder, at]));
  const parts = pulls.map(({ folder, state, why, measured, ...offered }) => ({
    folder,
    ...forgeOfKeys(known[place.get(folder) ?? known.length]?.keys ?? [], link),
    state,
    why,
    pull: pullShape(offered),
    gates: measured === null ? null : gatesOf(measured),
  }));
  return parts.sort((a, b) => (place.get(a.folder) ?? 0) - (place.get(b.folder) ?? 0));
}

function forgeOfKeys(keys: readonly string[], link: StoredLink | null): Pick<PartOfChange, "host" | "kind"> {
  const address = keys.find((key) => !key.startsWith("/"));
  if (address === undefined) return { host: null, kind: null };
  const host = address.slice(0, address.indexOf("/"));
  return { host, kind: host === link?.host ? link.kind : (forgeOfAddress(`https://${address}`)?.kind ?? null) };
}

function pullShape({ pull, pullUrl }: Pick<StoredIssue, "pull" | "pullUrl">): IssueOfForge["pull"] {
  return pull === null || pullUrl === null ? null : { number: pull, url: pullUrl };
}

function gatesOf({ head, trouble, gates }: Measured): IssueOfForge["gates"] {
  return { head, trouble, gates };
}
