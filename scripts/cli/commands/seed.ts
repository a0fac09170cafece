/** `seed`: imports agents, documents, tools and runbooks from seeds/, and keeps entries that were edited. */
import { join } from "node:path";
import { type Context, withActing } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";
import { seedInstallation } from "@/seeds/apply";
import { heldSeeds } from "@/seeds/held-seeds";

export async function seed(context: Context): Promise<number> {
  return withActing(
    context,
    async ({ store }) => {
      // The program of a release may hold seeds that agents changed; a checkout is a person's own.
      const status = context.program === context.checkout ? null : store.selfReleases.status();
      const report = await seedInstallation(store, join(context.program, "seeds"), heldSeeds(status, null));
      if (context.json) {
        printJson(report);
        return 0;
      }
      for (const label of report.created) print(`created  ${label}`);
      for (const label of report.updated) print(`updated  ${label}`);
      for (const label of report.kept) print(`kept     ${label}: it was edited and differs from its seed`);
      print(
        `${report.created.length} created, ${report.updated.length} updated, ${report.kept.length} kept as edited.`,
      );
      return 0;
    },
    { migrate: true },
  );
}
