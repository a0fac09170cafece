import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { plural } from "@/core/words/figures";
import { answering, workplaceOf } from "./workspace-tool";

export const extractArchive = worldTool({
  name: "extract_archive",
  description:
    "Unpack a zip archive of the workspace into a new or empty workspace folder. Links are skipped; archives inside the archive stay packed. Archives with a password, an unreasonable size or paths outside the folder are refused.",
  input: z.strictObject({
    path: z.string().min(1).describe("The zip file, relative to the workspace folder."),
    folder: z
      .string()
      .min(1)
      .describe("The folder to unpack into, relative to the workspace folder. It must be new or empty."),
  }),
  level: "write",
  // A repeated call would refuse its own half-filled folder.
  afterCrash: "report_interrupted",
  onlyInWorkplace: true,
  showsLife: true,
  planOf: async ({ path, folder }, workplace) => {
    if (!workplace) return null;
    const files = await workplace.files.listArchive(path, folder);
    return { does: `Unpacks ${plural(files.length, "file")} into ${folder}.`, files };
  },
  run: ({ path, folder }, context) =>
    answering(async () => {
      const { signal, onActivity } = context;
      const workplace = workplaceOf(context);
      // An archive may hold a bare repository whose settings and hooks git would obey; the task's last check flags it.
      await workplace.git.rememberRepositories(signal);
      const { files, bytes, leftOut } = await workplace.files.extractArchive(path, folder, { signal, onActivity });
      const left = leftOut > 0 ? ` ${leftOut} links or special files were left out.` : "";
      return `Unpacked ${plural(files, "file")} with ${plural(bytes, "byte")} into ${folder}.${left}`;
    }),
});
