/** Archives of trees: writing one, and reading the trees of one. */
import { z } from "zod";
import { type OpenedTreeArchive, UserError } from "@/agents/application";
import { archiveFileAt } from "@/agents/archives/names";
import { type ReadingSources, readArchive } from "@/agents/archives/read-archive";
import { openTreeArchive } from "@/agents/archives/write";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import type { ReadArchive } from "@/core/shapes/archives";

export const archiveOperations = {
  archiveTrees: operation({
    right: "run",
    summary: "Opens an archive of ended trees, with everything that is kept of them.",
    input: z.strictObject({ trees: z.array(text) }),
    reach: ({ trees }) => ({ works: trees, withArchived: true }),
    audit: ["trees"],
    names: ({ trees: [a = "", b] }) => (b === undefined ? { unit: a } : ""),
    result: z.custom<OpenedTreeArchive>(),
    run: async ({ trees }, _actor, world) =>
      openTreeArchive(
        sourcesOf(world),
        trees.map((id) => world.ids.tree(id)),
      ),
  }),
  readArchive: operation({
    right: "administer",
    summary: "Adds the trees of an archive as ended trees that can only be looked at.",
    on: "name",
    http: "POST archives/:id/read",
    audit: [],
    result: shape<ReadArchive>("ReadArchive"),
    run: async ({ id }, actor, world) =>
      readArchive(sourcesOf(world), archiveFileAt(world.dataDir, { name: id }), actor.name),
  }),
  readArchiveFile: operation({
    right: "administer",
    summary: "Adds the trees of an archive anywhere on this machine.",
    input: z.strictObject({ file: text }),
    audit: ["file"],
    result: shape<ReadArchive>("ReadArchive"),
    run: async ({ file }, actor, world) =>
      readArchive(sourcesOf(world), archiveFileAt(world.dataDir, { file }), actor.name),
  }),
};

function sourcesOf(world: CommandWorld): ReadingSources {
  return { ...world, redactor: world.security.redactor };
}

/** Throws UserError when the tree was read from an archive, which nothing may act on. */
export function refuseArchived({ store }: Pick<ReadingSources, "store">, treeUid: string): void {
  if (store.archivedTrees.hashOf(treeUid) === null) return;
  throw new UserError(
    "conflict",
    "This tree was read from an archive, so it can only be looked at, archived and deleted: submit its task as a new tree.",
  );
}
