/** Versions of the configuration that a task or a tree keeps, whatever is live. */

/** A tool server in one version of its configuration, which includes the approved schemas. */
export interface ServerVersion {
  name: string;
  version: number;
}

/** An entry of the configuration in the version that a tree uses: it was on trial, or a person who forked named it. */
export interface PinnedVersion {
  kind: "agent" | "document" | "tool" | "runbook";
  name: string;
  version: number;
}
