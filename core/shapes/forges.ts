/** Shapes of the work that comes from a forge: issues that become trees, and their pull requests. */
import type { GateOutcome } from "./improving/gates";

export const FORGE_KINDS = ["github", "gitea", "gitlab"] as const;
/** Which API a forge has. */
export type ForgeKind = (typeof FORGE_KINDS)[number];

/** Where issues can be that are not at the forge of the code. */
export type TrackerKind = "jira";

/** A project of Jira, which has the issues of a repository. */
export interface JiraProject {
  /** Host of the site. */
  host: string;
  /** The address of the site. */
  url: string;
  /** With what the names of its issues begin, such as `ACME`. */
  key: string;
}

/** `GET /projects/:name/forge`: the repository of a project at its forge, and the issues that became work. */
export interface ForgeOfProject {
  kind: ForgeKind;
  /** Host of the forge. */
  host: string;
  /** The repository's path on its host, such as `owner/name`. */
  path: string;
  /** Its page. */
  url: string;
  /** Where the issues are; null: at the forge itself. */
  jira: JiraProject | null;
  /** Issues with this label become work. */
  label: string;
  /** The account of Banyan's token; null: not known yet. Issues that are assigned to it become work too. */
  login: string | null;
  /** Which pull requests get which labels and reviewers, and which Banyan merges: one rule a line. */
  rules: string;
  /** Issues that are in work at a time. */
  most_open: number;
  /** What went wrong at the last look, as a sentence. */
  trouble: string | null;
  /** When Banyan looked last; null: not yet. */
  looked_at: string | null;
  /** When Banyan looks next; null: it does not. */
  next_look_at: string | null;
  /** Set while nothing is taken and nothing is sent; `by` null: Banyan paused it. */
  paused: {
    /** Name of the person who paused it; null: Banyan did. */
    by: string | null;
    /** When it was paused. */
    at: string;
  } | null;
  /** Name of the person who linked it. */
  linked_by: string;
  /** When it was linked. */
  linked_at: string;
  /** Where the forge sends the deliveries of its webhook, on Banyan's address. */
  hook_path: string;
  /** The issues that became work, the newest first: all that are in work, and the newest 200 of those that are settled. */
  issues: IssueOfForge[];
  /** How many issues became work. */
  issues_total: number;
}

/** A link of a project with its forge that needs a person. */
export interface StuckForge {
  /** Name of the project. */
  project: string;
  /** Host of the forge. */
  host: string;
  /** When Banyan paused it, or when it looked last. */
  at: string;
  /** Why it is paused, or what went wrong at the last look. */
  sentence: string;
  /** Whether Banyan has paused it. Else the last looks failed, and Banyan goes on looking. */
  is_paused: boolean;
}

/** What the gates say of a pull request. */
export interface PullGates {
  /** The commit that they judged. */
  head: string;
  /** Why nothing was measured, as a sentence; null: it was. */
  trouble: string | null;
  /** Without those that are off. */
  gates: {
    /** Name of the gate. */
    gate: string;
    /** What came of the gate. */
    outcome: GateOutcome;
    /** What it found, in one sentence. */
    summary: string;
  }[];
}

/** An issue that became work. */
export interface IssueOfForge {
  /** Number of the issue at the forge or in Jira. */
  number: number;
  /** As people call it: `#12` at a forge, `ACME-12` in Jira. */
  name: string;
  /** Its title, a text from outside. */
  title: string;
  /** Its page. */
  url: string;
  /** The account that wrote it. */
  author: string;
  /** Who asked for the work, by label, assignment or comment. */
  asked_by: string;
  /** `waiting`: its tree waits for a person. `open`: its pull request is. */
  state: "claimed" | "working" | "waiting" | "open" | "merged" | "closed" | "failed";
  /** Why it stands so, as a sentence. */
  why: string | null;
  /** Its tree; null before it begins, and after it was deleted. */
  tree: string | null;
  /** Name of the branch for its change. */
  branch: string;
  /** Of the project's own repository. */
  pull: {
    /** Number of the pull request at the forge. */
    number: number;
    /** Page of the pull request. */
    url: string;
  } | null;
  /** What the gates say of its pull request; null: not measured, or the tree has several repositories. */
  gates: PullGates | null;
  /** Where the tree has several repositories: what it changed in each, in the order in which they are merged. */
  parts: PartOfChange[];
  /** How often reviews, red checks and conflicts have continued its tree. */
  rounds: number;
  created_at: string;
  /** When its state changed last. */
  changed_at: string;
  /** When somebody reverted what it merged; null: nobody did that is known. */
  taken_back_at: string | null;
}

/** What a tree of several repositories changed in one of them. */
export interface PartOfChange {
  /** The repository's folder in the tree. */
  folder: string;
  /** The host of its forge; null: the project no longer has the repository. */
  host: string | null;
  /** Which forge it is; null: not known. */
  kind: ForgeKind | null;
  /** `working`: not offered yet. */
  state: "working" | "open" | "merged" | "closed";
  /** Why it stands so, as a sentence; null: its state says it. */
  why: string | null;
  /** The pull request in this repository; null: not offered yet. */
  pull: {
    /** Number of the pull request at the forge. */
    number: number;
    /** Page of the pull request. */
    url: string;
  } | null;
  /** What the gates say of the pull request; null: not measured. */
  gates: PullGates | null;
}

/** `Tree.issue`: the issue that a tree resolves. */
export interface IssueOfTree {
  /** Name of the project. */
  project: string;
  /** The forge's host; null: the project is no longer linked. */
  host: string | null;
  /** Which forge it is; null: the project is no longer linked. */
  kind: ForgeKind | null;
  /** The host of the issue's page: the forge's, or Jira's. */
  issue_host: string | null;
  /** Number of the issue at the forge or in Jira. */
  number: number;
  /** As people call it: `#12` at a forge, `ACME-12` in Jira. */
  name: string;
  /** Page of the issue. */
  url: string;
  /** The pull request that resolves it; null: not offered yet. */
  pull: {
    /** Number of the pull request at the forge. */
    number: number;
    /** Page of the pull request. */
    url: string;
  } | null;
  /** As in `IssueOfForge`. */
  parts: PartOfChange[];
  state: IssueOfForge["state"];
}
