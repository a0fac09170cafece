/** How trees make services of specifications, and make them again. */
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { serviceFiles } from "@/agents/services/make";
import { fillRepository } from "@/agents/services/place";
import { madeAgain, OWN_BLUEPRINTS, wasMade } from "@/agents/services/upgrade";
import { textsAt } from "@/agents/specification/files";
import type { Composed, SpecificationSources } from "@/agents/tools/specification/sources";
import type { ServiceModel } from "@/core/services/model/model";
import { uncommittedIn } from "@/lib/git/uncommitted";
import { type Source, withFolder } from "@/lib/insights/source";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";

/** `program`: the folder of the release. */
export function specificationsOf(
  program: string,
  dataDir: string,
  snapshots: Pick<SnapshotStore, "changes">,
): SpecificationSources {
  const inCommit = <Result>(root: string, signal: AbortSignal, work: (source: Source) => Promise<Result>) =>
    withFolder(root, { branch: null, dir: join(dataDir, "cache"), signal }, work);
  return {
    snapshots,
    async compose(wish, openapi) {
      const { files, model, blueprint } = await serviceFiles(program, wish, { openapi });
      const { setup, check } = blueprint;
      return { files, setup, check, ...operationsOf(model) };
    },
    fill: fillRepository,
    before: ({ root }, signal) => inCommit(root, signal, (source) => textsAt(source, signal)),
    async composeAgain(folder, { name, blueprint_folder }, signal) {
      if (!wasMade(folder)) return null;
      // An agent that works in the folder could leave a blueprint there, whose check would then judge its work.
      const [other] = await inCommit(folder, signal, (source) => uncommittedIn(folder, source, OWN_BLUEPRINTS));
      if (other !== undefined)
        throw new WorkspaceError(
          `${JSON.stringify(other.slice(0, 200))} is not as ${name} has it committed: commit or remove it, then continue the tree.`,
        );
      const requireAllowed = (own: string) => {
        if (own !== blueprint_folder)
          throw new UserError("forbidden", `${name} says that another blueprint made it: ${own}.`);
      };
      const again = await madeAgain(folder, { blueprints: join(program, "blueprints"), requireAllowed });
      const { texts: written, made: files, removed, conflicts, setup, check, model } = again;
      return { files, written, removed, conflicts, setup, check, ...operationsOf(model) };
    },
  };
}

function operationsOf(model: ServiceModel | null): Pick<Composed, "operations" | "to_write"> {
  return {
    operations: model?.operations.length ?? 0,
    to_write: (model?.unwritten ?? []).map(({ key }) => key),
  };
}
