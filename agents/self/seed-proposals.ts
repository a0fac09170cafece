/** Puts the seeds that agents changed in a release before a person, as proposals of configuration. */
import type { ToolBody } from "@/core/rules/configuration";
import type { AgentsRelease } from "@/core/shapes/improving/self";
import type { ConfigKind } from "@/db/configuration/configuration";
import type { SeedProposal } from "@/db/reviews/seed-proposals";
import type { Store } from "@/db/store";
import { canonicalJson } from "@/lib/mcp/config/schema";

/** A seed as agents changed it. */
export interface ChangedSeed {
  /** Such as `seeds/agents/coder.md`. */
  file: string;
  kind: ConfigKind;
  name: string;
  /** null: its file is gone. */
  body: unknown;
}

interface RunningRelease {
  n: number;
  /** What the launcher tells of releases by agents. */
  releases: readonly AgentsRelease[];
}

type Sources = Pick<Store, "configuration" | "seedProposals" | "queries">;

/**
 * Opens an item for each seed that differs from what is installed, and withdraws those whose seeds the release has no
 * more. A change that a person rejected is not proposed again. Resolves with the files for which no item can be opened,
 * because the tree in which their code was approved is deleted.
 */
export async function proposeSeeds(
  store: Sources,
  changed: readonly ChangedSeed[],
  release: RunningRelease,
): Promise<string[]> {
  const wanted: SeedProposal[] = [];
  const left: string[] = [];
  for (const seed of changed.map((seed) => withPersonsPolicy(store, seed))) {
    if (isInstalled(store, seed)) continue;
    if (store.configuration.refusedBefore(seed.kind, seed.name, seed.body) !== null) continue;
    const proposal = proposalOf(store, seed, release);
    if (proposal) wanted.push(proposal);
    else left.push(seed.file);
  }
  await store.seedProposals.proposeSeeds(wanted);
  return left;
}

function liveEntry({ configuration }: Sources, { kind, name }: ChangedSeed) {
  return configuration.live().find((entry) => entry.kind === kind && entry.name === name) ?? null;
}

/** A person's policy of a built-in tool stays, whatever the seed says, so that no approval loosens it unseen. */
function withPersonsPolicy(store: Sources, seed: ChangedSeed): ChangedSeed {
  const live = liveEntry(store, seed);
  if (seed.kind !== "tool" || seed.body === null || !live?.edited) return seed;
  return { ...seed, body: { ...(seed.body as ToolBody), policy: (live.body as ToolBody).policy } };
}

function isInstalled(store: Sources, seed: ChangedSeed): boolean {
  const live = liveEntry(store, seed);
  if (live === null || seed.body === null) return live === null && seed.body === null;
  return canonicalJson(live.body) === canonicalJson(seed.body);
}

function proposalOf(store: Sources, seed: ChangedSeed, { n, releases }: RunningRelease): SeedProposal | null {
  const { file, kind, name, body } = seed;
  // A change that is not released yet, or was not released, is not part of this release.
  const others = releases.filter((release) => release.n !== n && !["permanent", "retired"].includes(release.state));
  const change = store.seedProposals.seedChange(
    file,
    others.map(({ item }) => item),
  );
  if (!change) return null;
  const { item, why, tainted } = change;
  const title = change.title.replace(/\s+/g, " ");
  const number = releases.findLast((release) => release.item === item)?.n ?? n;
  return {
    kind,
    name,
    body,
    tainted,
    title: `${verbOf(store, seed)} the ${kind} ${name}: seed of release ${number}`,
    why: [
      `Release ${number}, “${title}”, ${body === null ? "removes" : "changes"} ${file}. Approving its code did not approve this file, so what is installed is still in use.`,
      ...editedWords(store, seed),
      // In a quotation, so that nothing in it can pass for the words above.
      `Why the code was changed, in the words of its agent:\n\n${why.trim().replace(/^/gm, "> ")}`,
    ].join("\n\n"),
    seed: { file, release: number, item, title },
  };
}

function verbOf(store: Sources, seed: ChangedSeed): string {
  if (seed.body === null) return "Remove";
  return liveEntry(store, seed) ? "Change" : "Add";
}

function editedWords(store: Sources, seed: ChangedSeed): string[] {
  const live = liveEntry(store, seed);
  if (!live?.edited) return [];
  const { kind, name, version } = live;
  const by =
    store.queries.entries.versions(kind, name).find((versionRow) => versionRow.version === version)?.by ?? "somebody";
  const policy = kind === "tool" && seed.body !== null ? ` Its policy stays: ${(live.body as ToolBody).policy}.` : "";
  return [
    `Version ${version}, which is installed, is an edit by ${by}. This proposal was made from the file of the release, not from that version: approving it replaces the edit.${policy}`,
  ];
}
