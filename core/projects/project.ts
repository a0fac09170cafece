/** What a project is: a repository that Banyan looks after. */

/** How new work in a project begins, unless its submitter says otherwise. */
export interface ProjectDefaults {
  /** Agent of the root task; absent: Banyan chooses one. */
  agent?: string;
  /** Model of the root task, as `provider/model`; absent: the agent's own. */
  model?: string;
  /** Most US dollars of a tree; absent: the cap of the installation. */
  cost_usd?: number;
}

/** How the service that its repository holds runs in environments. */
export interface Serving {
  /** Starts it; absent: the script `preview` or `start` of package.json does. */
  start?: string;
  /** Each pull request of Banyan's gets an environment. */
  previews?: true;
}

/** Lower case, because it stands in addresses and commands. */
export const PROJECT_NAME = /^[a-z0-9][a-z0-9._-]{0,59}$/;

/** Returns a name for a repository that people call so, which no project of `taken` has. */
export function suggestedName(called: string, taken: ReadonlySet<string>): string {
  const plain = called
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|[-.]+$/g, "")
    .slice(0, 50);
  const name = plain === "" ? "project" : plain;
  for (let number = 1; ; number += 1) {
    const next = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(next)) return next;
  }
}
