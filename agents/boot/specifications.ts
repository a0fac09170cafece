/** How trees make services of specifications, and make them again. */
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { serviceFiles } from "@/agents/services/make";
import { fillRepository } from "@/agents/services/place";
import { madeAgain, wasMade } from "@/agents/services/upgrade";
import { textsAt } from "@/agents/specification/files";
import type { Composed, SpecificationSources } from "@/agents/tools/specification/sources";
import type { ServiceModel } from "@/core/services/model/model";
import { withFolder } from "@/lib/insights/source";

/** `program`: the folder of the release. */
export function specificationsOf(program: string, dataDir: string): SpecificationSources {
  return {
    async compose(wish, openapi) {
      const { files, model, blueprint } = await serviceFiles(program, wish, { openapi });
      const { setup, check } = blueprint;
      return { files, setup, check, ...operationsOf(model) };
    },
    fill: fillRepository,
    before: ({ root }, signal) =>
      withFolder(root, { branch: null, dir: join(dataDir, "cache"), signal }, (source) => textsAt(source, signal)),
    async composeAgain(folder, { name, blueprint_folder }) {
      if (!wasMade(folder)) return null;
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
