import type { ChosenFile } from "@/app/actions/entries";
import { ArchiveError, textsInZip } from "./unzip";

/** Less than what the server takes in one request. */
const MOST_CHARACTERS = 900_000;

export type Chosen = { ok: true; files: ChosenFile[] } | { ok: false; sentence: string };

/** The texts of files, and of the files in archives among them. */
export async function readChosen(list: readonly File[]): Promise<Chosen> {
  try {
    const files = (await Promise.all(list.map(textsIn))).flat();
    const sentence = tooMuchIn(files);
    return sentence ? { ok: false, sentence } : { ok: true, files };
  } catch (error) {
    if (error instanceof ArchiveError) return { ok: false, sentence: error.message };
    return { ok: false, sentence: "The browser could not read these files: choose them again." };
  }
}

/** One sentence, or null. */
export function tooMuchIn(files: readonly ChosenFile[]): string | null {
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  if (size <= MOST_CHARACTERS) return null;
  return `These are ${Math.ceil(size / 1_000).toLocaleString("en")} thousand characters, and at most 900 thousand are imported at once: take fewer files.`;
}

async function textsIn(file: File): Promise<ChosenFile[]> {
  const isArchive = /\.zip$/i.test(file.name) || file.type === "application/zip";
  return isArchive ? textsInZip(await file.arrayBuffer()) : [{ file: file.name, text: await file.text() }];
}
