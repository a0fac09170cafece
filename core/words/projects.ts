/** The words for projects. */
import { repositoryKey } from "@/core/projects/repository";
import type { ForgeKind, IssueOfForge, JiraProject, PartOfChange } from "@/core/shapes/forges";
import type { Project } from "@/core/shapes/projects";
import { plural } from "./figures";
import type { ShownStatus } from "./status";

/** Returns the state by which a project is marked: what needs a person, what runs, else what failed lately. */
export function statusOfProject(project: Pick<Project, "check" | "repositories" | "figures">): ShownStatus {
  const { running, failed } = project.figures;
  if (project.check === null || unconfirmed(project).length > 0) return "you";
  if (running > 0) return "running";
  return failed > 0 ? "failed" : "ready";
}

/** One sentence: what needs a person, what runs, what failed. */
export function projectSentence(project: Pick<Project, "check" | "found" | "repositories" | "figures">): string {
  const { check, found, figures } = project;
  const { running, failed, days } = figures;
  const states = [
    ...(running > 0 ? [running === 1 ? "1 tree runs" : `${plural(running, "tree")} run`] : []),
    ...(failed > 0 ? [`${failed} failed in ${days} days`] : []),
  ].join(", ");
  const works = states === "" ? "Nothing runs." : `${states}.`;
  const further = unconfirmed(project);
  if (check !== null && further.length === 0) return works;
  if (check !== null) return `The check of ${further.join(", ")} waits for your word. ${works}`;
  const ask = found.checks.length > 0 ? "Its check waits for your word." : "Say how it is shown to work.";
  return `${ask} ${works}`;
}

/** Returns the folders of further repositories whose files say a check that nobody has confirmed. */
function unconfirmed({ repositories }: Pick<Project, "repositories">): string[] {
  const waiting = repositories.filter(
    ({ is_own, check, found }) => !is_own && check === null && found.checks.length > 0,
  );
  return waiting.map(({ folder }) => folder);
}

/** How an issue of a forge stands. */
export const FORGE_STATES: Record<IssueOfForge["state"], string> = {
  claimed: "Begins",
  working: "In work",
  waiting: "Needs you",
  open: "In review",
  merged: "Merged",
  closed: "Closed",
  failed: "Failed",
};

/** By which status an issue is marked. */
export const FORGE_STATUSES: Record<IssueOfForge["state"], ShownStatus> = {
  claimed: "ready",
  working: "running",
  waiting: "you",
  open: "waiting",
  merged: "succeeded",
  closed: "stopped",
  failed: "failed",
};

/** How a change of one of several repositories stands. */
const PART_STATES: Record<PartOfChange["state"], string> = {
  working: "not offered yet",
  open: "in review",
  merged: "merged",
  closed: "closed",
};

/** Returns what a change of one of several repositories is called, such as `lib #5`, and how it stands. */
export function partWords({ folder, kind, pull, state }: PartOfChange): { name: string; state: string } {
  return {
    name: pull === null ? folder : `${folder} ${forgeWords(kind).sign}${pull.number}`,
    state: PART_STATES[state],
  };
}

/** What people read on a forge, and what Banyan needs there. */
interface ForgeWords {
  /** A change that waits to be merged. */
  pull: string;
  /** What is written before its number. */
  sign: string;
  /** What the webhook has to send. */
  hook: string;
  /** What the token has to be allowed. */
  token: string;
}

const PULL_REQUESTS = { pull: "pull request", sign: "#" };

const FORGE_WORDS: Record<ForgeKind, ForgeWords> = {
  github: {
    ...PULL_REQUESTS,
    hook: "issues, comments, reviews, checks and pull requests as JSON",
    token: "has to read and write contents, issues and pull requests",
  },
  gitea: {
    ...PULL_REQUESTS,
    hook: "issues, pull requests, their comments and reviews, and statuses as JSON",
    token:
      "needs the scopes write:repository, write:issue and read:user, and its account the rights of an administrator",
  },
  gitlab: {
    pull: "merge request",
    sign: "!",
    hook: "the events of issues, comments, merge requests and pipelines",
    token: "needs the scope api and the role Developer",
  },
};

/** As long as it is not known which forge it is. */
const ANY_FORGE: ForgeWords = {
  pull: "pull or merge request",
  sign: "",
  hook: "issues, comments, reviews, checks and pull or merge requests as JSON",
  token: "has to read and write the repository, its issues and its pull or merge requests",
};

export function forgeWords(kind: ForgeKind | null): ForgeWords {
  return kind === null ? ANY_FORGE : FORGE_WORDS[kind];
}

/** Returns the word for a change there as a line begins with it, such as `Merge request`. */
export function pullWord(kind: ForgeKind | null): string {
  const { pull } = forgeWords(kind);
  return `${pull.charAt(0).toUpperCase()}${pull.slice(1)}`;
}

/** Returns how people there name a change, such as `merge request !12`. */
export function pullNamed(kind: ForgeKind | null, number: number): string {
  const { pull, sign } = forgeWords(kind);
  return `${pull} ${sign}${number}`;
}

/** Forges that people know by a name. */
const KNOWN_FORGES: ReadonlyMap<string, { name: string; kind: ForgeKind }> = new Map([
  ["github.com", { name: "GitHub", kind: "github" }],
  ["gitlab.com", { name: "GitLab", kind: "gitlab" }],
  ["codeberg.org", { name: "Codeberg", kind: "gitea" }],
  ["gitea.com", { name: "Gitea", kind: "gitea" }],
]);

/** Returns how people call the forge of an address, and the secret with its token; null for a folder. */
export function forgeOfAddress(address: string): { name: string; kind: ForgeKind | null; secret: string } | null {
  const key = repositoryKey(address);
  const host = key?.slice(0, key.indexOf("/"));
  if (!key?.includes("/") || !host) return null;
  return { ...(KNOWN_FORGES.get(host) ?? { name: host, kind: null }), secret: tokenSecretOf(host) };
}

/** Returns the name of the secret with the token for a host. */
export function tokenSecretOf(host: string): string {
  return `git/${host.replace(":", "_")}`;
}

/** Returns what people call an issue. `jira`: the project of Jira that has it. */
export function issueName(jira: Pick<JiraProject, "key"> | null, number: number): string {
  return jira === null ? `#${number}` : `${jira.key}-${number}`;
}

/** Returns the name of the secret with the account and the token for a site of Jira. */
export function jiraSecretOf(host: string): string {
  return `jira/${host.replace(":", "_")}`;
}

/** Returns the project of Jira that an address names, such as `https://acme.atlassian.net/browse/ACME`; null: none. */
export function jiraProjectOf(address: string): JiraProject | null {
  if (!URL.canParse(address)) return null;
  const { protocol, host, origin, pathname, username, password } = new URL(address);
  const [, key] = /^\/(?:browse|(?:jira\/[a-z]+\/(?:c\/)?)?projects)\/([A-Z][A-Z0-9_]+)(?:[-/]|$)/.exec(pathname) ?? [];
  const isPage = (protocol === "https:" || protocol === "http:") && username === "" && password === "";
  return isPage && key !== undefined ? { host, url: origin, key } : null;
}

/** Returns an address that a forge gave, if it is a page of the linked host: nothing else becomes a link. */
export function pageOfForge(address: string, host: string | null): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, host: at, username, password, href } = new URL(address);
  const isPage = (protocol === "https:" || protocol === "http:") && username === "" && password === "";
  return isPage && at === host ? href : null;
}
