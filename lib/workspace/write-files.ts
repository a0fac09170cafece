import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { giveToTools } from "@/lib/process/tools-identity";

/** Writes files, by the paths that `readFolder` gave, into a folder of the server. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  giveToTools(folder);
  for (const [name, content] of Object.entries(files)) {
    const target = path.join(folder, name);
    if (!target.startsWith(`${folder}${path.sep}`))
      throw new Error(`The file ${JSON.stringify(name)} is outside its folder.`);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
    await writeFile(target, content, { mode: 0o644 });
  }
}
