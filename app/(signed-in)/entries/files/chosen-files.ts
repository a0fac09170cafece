import type { ChosenFile } from "@/app/actions/entries";
import { ArchiveError } from "./archive-error";

/** Below the limit of the server for one request. */
const MAX_CHARACTERS = 900_000;

export type Chosen = { ok: true; files: ChosenFile[] } | { ok: false; sentence: string };

/** Returns the texts of the chosen files, including the files inside ZIP archives. */
export async function readChosen(list: readonly File[]): Promise<Chosen> {
  try {
    const files = (await Promise.all(list.map(textsIn))).flat();
    const sentence = tooMuchIn(files);
    return sentence ? { ok: false, sentence } : { ok: true, files };
  } catch (error) {
    if (error instanceof ArchiveError) return { ok: false, sentence: error.message };
    return { ok: false, sentence: "The browser could not read these files. Choose them again." };
  }
}

/** Returns the problem if the files are too large together; null otherwise. */
export function tooMuchIn(files: readonly ChosenFile[]): string | null {
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  if (size <= MAX_CHARACTERS) return null;
  return `These files have ${Math.ceil(size / 1_000).toLocaleString("en")}k characters. The limit is 900k at once; choose fewer files.`;
}

async function textsIn(file: File): Promise<ChosenFile[]> {
  const isArchive = /\.zip$/i.test(file.name) || file.type === "application/zip";
  if (!isArchive) return [{ file: file.name, text: await file.text() }];
  const { textsInZip } = await import("./unzip");
  return textsInZip(await file.arrayBuffer());
}
