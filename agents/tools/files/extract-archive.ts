import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { extractZip } from "@/lib/archive/extract-zip";
import { answering, viewOf } from "./workspace-tool";

export const extractArchive = worldTool({
  name: "extract_archive",
  description:
    "Unpack a zip archive of the workspace into a new or empty folder of it. Links are left out; archives inside the archive stay packed. An archive with names that lead outside, with a password or of an unreasonable size is refused.",
  input: z.strictObject({
    path: z.string().min(1).describe("The zip file, relative to the workspace folder."),
    folder: z
      .string()
      .min(1)
      .describe("The folder to unpack into, relative to the workspace folder: missing or empty."),
  }),
  level: "write",
  // Repeated, it would find its own half-filled folder.
  afterCrash: "report_interrupted",
  showsLife: true,
  run: ({ path, folder }, context) =>
    answering(async () => {
      const { signal, onActivity } = context;
      const { files, bytes, leftOut } = await extractZip(viewOf(context), path, folder, { signal, onActivity });
      const left = leftOut > 0 ? ` ${leftOut} links or special files were left out.` : "";
      return `Unpacked ${files} files with ${bytes} bytes into ${folder}.${left}`;
    }),
});
