/** `seed`: imports agents, documents, tools and runbooks from seeds/, and keeps entries that were edited. */
import { join } from "node:path";
import { type Context, withActing } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";
import { seedInstallation } from "@/seeds/apply";

export async function seed(context: Context): Promise<number> {
  return withActing(
    context,
    async ({ store }) => {
      const report = await seedInstallation(store, join(context.program, "seeds"));
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
