import path from "node:path";
import type { Fault } from "./fault";
import type { SourceFile } from "./sources";

export const FOLDER = "docs/pictures";
const LIST = "scripts/pictures/made.ts";
const IMAGE = /!\[[^\]]*\]\(([^)\s]+)[^)]*\)/g;

/**
 * Compares the pictures that documents show with those that `npm run pictures` makes, so that each can be made again.
 * @param made names without `.png` @param stored names of the files in `docs/pictures/`
 */
export function checkPictures(
  sources: readonly SourceFile[],
  made: readonly string[],
  stored: readonly string[],
): Fault[] {
  const files = new Set(made.map((name) => `${FOLDER}/${name}.png`));
  const shown = sources.filter(({ file }) => file.endsWith(".md")).flatMap(picturesOf);
  const isShown = new Set(shown.map(({ picture }) => picture));
  return [
    ...shown
      .filter(({ picture }) => !files.has(picture))
      .map(({ picture, ...place }) => ({
        ...place,
        message: `shows ${picture}, which \`npm run pictures\` does not make: add it to ${LIST}`,
      })),
    ...[...files]
      .filter((file) => !isShown.has(file))
      .map((file) => ({ file: LIST, message: `lists ${file}, which no document shows` })),
    ...[...files]
      .filter((file) => !stored.includes(path.posix.basename(file)))
      .map((file) => ({ file: LIST, message: `lists ${file}, which does not exist: run \`npm run pictures\`` })),
    ...stored
      .map((name) => `${FOLDER}/${name}`)
      .filter((file) => !files.has(file))
      .map((file) => ({ file, message: `is not made by \`npm run pictures\`: delete it, or add it to ${LIST}` })),
  ];
}

/** Returns the pictures of the project that a document shows. Addresses on other servers are not the project's. */
function picturesOf({ file, text }: SourceFile): { file: string; line: number; picture: string }[] {
  return text.split("\n").flatMap((line, at) =>
    [...line.matchAll(IMAGE)]
      .map((match) => match[1] ?? "")
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => ({ file, line: at + 1, picture: path.posix.join(path.posix.dirname(file), target) })),
  );
}
