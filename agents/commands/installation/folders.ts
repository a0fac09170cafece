/** Folders of persons in which trees work. */
import { isAbsolute } from "node:path";
import { z } from "zod";
import { UserError, wrongField } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { refuseWorkedIn } from "@/agents/files/target";
import { said } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { personOf } from "@/core/rules/roles";
import { realPathOf } from "@/lib/workspace/path";

export const folderOperations = {
  cleanFolder: operation({
    right: "administer",
    summary:
      "Says that a folder of the server, and all inside it, is clean: content from outside that came there until now no longer marks tasks that begin there. Trees that have read it stay marked.",
    http: "POST folders/clean",
    input: z.strictObject({ folder: text.describe("The folder, by its whole path.") }),
    audit: ["folder"],
    result: said,
    async run({ folder: given }, actor, world) {
      if (!isAbsolute(given)) throw wrongField("folder", "Name the folder by its whole path, which begins with /.");
      const folder = realPathOf(given);
      if (folder === null) throw wrongField("folder", `There is no folder ${given} on the server.`);
      refuseForeignFolder(folder, world.workspaceRoots, actor);
      refuseWorkedIn(world, folder);
      if (!world.store.queries.folders.isTainted(folder))
        throw new UserError("conflict", `Banyan knows of no content from outside in ${folder}.`);
      await world.store.taintedFolders.clean(folder, personOf(actor.name));
      return { sentence: `${folder} counts as clean from now on. Trees that have read such content stay marked.` };
    },
  }),
};
