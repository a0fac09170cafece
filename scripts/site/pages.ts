import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** A Markdown file, and where it is in the site. Both paths have forward slashes and begin at their root. */
export interface Page {
  source: string;
  place: string;
  title: string;
  text: string;
}

const FOLDER = "docs";
const INDEX = "docs/README.md";
const PROJECT = "project";
/** Documents outside of the folder that belong to the site. */
const OTHERS = [
  "README.md",
  "ARCHITECTURE.md",
  "AGENTS.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "THIRD-PARTY.md",
  "seeds/README.md",
];

/** Returns the documents of a checkout as pages, and an index for each folder without one. */
export function readPages(root: string): Page[] {
  const written = [...markdownBelow(root, FOLDER), ...OTHERS.filter((file) => isFile(root, file))].map((source) =>
    page(source, readFileSync(path.join(root, source), "utf8")),
  );
  const folders = [...new Set(written.map(({ source }) => path.posix.dirname(source)))].filter(
    (folder) => folder === FOLDER || folder.startsWith(`${FOLDER}/`),
  );
  const missing = folders.filter((folder) => !written.some(({ source }) => source === `${folder}/README.md`));
  return [...written, ...missing.map((folder) => madeIndex(folder, written))];
}

/** Returns the page that lists all others. A release from before the list has a made one. */
export function indexOf(pages: readonly Page[]): Page {
  const found = pages.find(({ source }) => source === INDEX);
  if (!found) throw new Error(`No documents are in ${FOLDER}/.`);
  return found;
}

function madeIndex(folder: string, pages: readonly Page[]): Page {
  const inside = pages.filter(({ source }) => path.posix.dirname(source) === folder);
  const lines = inside.map(({ source, title }) => `- [${title}](${path.posix.basename(source)})`);
  const name = path.posix.basename(folder);
  return page(`${folder}/README.md`, `# ${name[0]?.toUpperCase()}${name.slice(1)}\n\n${lines.join("\n")}\n`);
}

function page(source: string, text: string): Page {
  const inside = source.startsWith(`${FOLDER}/`) ? source.slice(FOLDER.length + 1) : `${PROJECT}/${source}`;
  const place = inside.startsWith(`${PROJECT}/`) ? inside : inside.replace(/(^|\/)README\.md$/, "$1index.md");
  const title = /^# (.+)$/m.exec(text)?.[1]?.replaceAll("`", "") ?? source;
  return { source, place: place.replace(/\.md$/, ".html"), title, text };
}

function markdownBelow(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return markdownBelow(root, file);
      return entry.name.endsWith(".md") ? [file] : [];
    });
}

export function isFile(root: string, file: string): boolean {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile() ?? false;
}
