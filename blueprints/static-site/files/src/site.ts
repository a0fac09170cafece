/** Renders all pages of a folder, and finds links that lead nowhere. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Markdown, readMarkdown } from "./markdown.ts";
import { page } from "./page.ts";

export interface Site {
  /** The contents of the files, by their paths, such as `about/index.html`. */
  files: Map<string, string | Buffer>;
  /** Sentences about links that lead nowhere. */
  faults: string[];
}

interface Source extends Markdown {
  /** In the folder, such as `about.md`. */
  file: string;
}

export function renderSite(folder: string): Site {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort();
  const sources = all.filter(isPage).map((file): Source => {
    const text = readFileSync(path.join(folder, file), "utf8");
    return { file, ...readMarkdown(text, (link) => hrefOf(file, link)) };
  });
  const links = sources.map(({ file, title }) => ({ title: title || file, href: addressOf(file) }));
  links.sort((a, b) => Number(b.href === "/") - Number(a.href === "/"));
  const files = new Map<string, string | Buffer>();
  for (const { file, title, html } of sources)
    files.set(`${addressOf(file)}index.html`.slice(1), page({ title: title || file, html, links }));
  for (const file of all.filter((one) => !isPage(one))) files.set(file, readFileSync(path.join(folder, file)));
  return { files, faults: faultsIn(sources, new Set(all)) };
}

const isPage = (file: string) => file.endsWith(".md");

/** Returns `/about/` for `about.md`, and `/` for `index.md`. */
function addressOf(file: string): string {
  return `/${file.replace(/\.md$/, "/").replace(/(^|\/)index\/$/, "$1")}`;
}

interface Target {
  file: string;
  /** The id of a heading; empty: the link leads to the whole page. */
  id: string;
}

/** Returns the file to which a link leads; null for one that leaves the site. */
function targetOf(from: string, link: string): Target | null {
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return null;
  const [place = "", id = ""] = link.split("#");
  const file = place === "" ? from : path.posix.join(place.startsWith("/") ? "" : path.posix.dirname(from), place);
  return { file: decodeURI(file.replace(/^\/+/, "")), id: decodeURIComponent(id) };
}

function hrefOf(from: string, link: string): string {
  const target = targetOf(from, link);
  if (target === null) return link;
  const id = target.id === "" ? "" : `#${encodeURIComponent(target.id)}`;
  return `${encodeURI(isPage(target.file) ? addressOf(target.file) : `/${target.file}`)}${id}`;
}

function faultsIn(sources: Source[], all: ReadonlySet<string>): string[] {
  const ids = new Map(sources.map((source) => [source.file, source.ids]));
  return sources.flatMap(({ file, links }) =>
    links.flatMap((link) => {
      const target = targetOf(file, link);
      if (target === null) return [];
      if (!all.has(target.file)) return [`${file} links to ${link}, which is not there.`];
      const isKnown = target.id === "" || ids.get(target.file)?.includes(target.id) === true;
      return isKnown ? [] : [`${file} links to ${link}, but that page has no such heading.`];
    }),
  );
}
