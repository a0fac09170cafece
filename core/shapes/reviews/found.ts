/** What Banyan finds out elsewhere about an open call: at a remote, or in a registry of packages. */

/** What Banyan found out elsewhere about an open call. */
export interface FoundOut<Body> {
  /** What was found; null: nothing, as `problem` says. */
  found: Body | null;
  /** Why Banyan could not find it out, as a sentence; else null. */
  problem: string | null;
}

/** A commit, as its author wrote it. */
export interface ComparedCommit {
  /** Hash of the commit. */
  commit: string;
  /** First line of its message. */
  subject: string;
  /** Name of its author, as the commit says. */
  author: string;
  /** When it was written, as the commit says. */
  at: string;
}

/** Commits of one side of a force-push. */
export interface ComparedCommits {
  /** The newest. */
  commits: ComparedCommit[];
  /** The number of all. */
  total: number;
}

/** `GET /reviews/:id/push`: what a force-push would change on its remote, as Banyan has just read it. */
export interface PushComparison {
  /** Without a user or a password. */
  url: string;
  /** `host`, or `host:port`. */
  host: string;
  /** Name of the branch that would be pushed. */
  branch: string;
  /** The remote has no such branch yet. */
  is_new: boolean;
  /** Commits that only the remote's branch has. */
  loses: ComparedCommits;
  /** Commits that the branch gets. */
  gains: ComparedCommits;
  /** Whether the call may reach the remote at all. */
  reaches: boolean;
  /** When Banyan read the remote. */
  looked_at: string;
}

/** What the registry says of a version of a package. */
export interface FoundPackage {
  /** Name of the package. */
  name: string;
  /** The version that was found. */
  version: string;
  /** ISO; null, as below: the registry does not say it. */
  published_at: string | null;
  /** Name of the account that published it; null: the registry does not say it. */
  published_by: string | null;
  /** Who published the version before; null also for the first. */
  before_by: string | null;
  /** Number of its files; null: the registry does not say it. */
  files: number | null;
  /** Size of its files in bytes; null: the registry does not say it. */
  bytes: number | null;
  /** Its licence, as its authors name it; null: the registry does not say it. */
  license: string | null;
  /** It runs a script when it is installed. */
  has_install_script: boolean;
  /** The deprecation notice of its authors; null: none. */
  deprecated: string | null;
}

/** What is known of a package that a call would install. */
export interface PackageFacts {
  /** As the command names it. */
  spec: string;
  /** The version that it means now; null: the registry has none. */
  found: FoundPackage | null;
}

/** `GET /reviews/:id/packages`: what npm's registry says now of the packages that a call installs by name. */
export interface PackagesFacts {
  /** Of the registry. */
  host: string;
  /** The packages, in the order of the command. */
  packages: PackageFacts[];
  /** Number of further packages that were not asked for. */
  left_out: number;
  /** When Banyan asked the registry. */
  looked_at: string;
}
