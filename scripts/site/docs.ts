/**
 * `npm run docs`: makes a site of the documents in `dist/docs`. `latest` has those of the checkout; each tag `v1.2.3` has a
 * folder of its own. The pages are plain files: copy the folder to any web server, or open them from the disk.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import semver from "semver";
import { SetupError } from "../say.mjs";
import { layout } from "./layout";
import { indexOf, isFile, readPages } from "./pages";
import { between, render } from "./render";

const OUT = "dist/docs";
const LATEST = "latest";
/** What `npm run film` makes, and the document that shows it. */
const FILM = { folder: "dist/film", files: ["banyan.webm", "banyan.vtt"], source: "docs/demo.md" };
const ASSETS = ["site.css", "search.js"];

export function main(): number {
  try {
    const root = process.cwd();
    const { pages, versions } = buildSite(root, path.join(root, OUT));
    console.log(`${OUT}/${LATEST}/index.html: ${pages} pages; versions: ${versions.join(", ")}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    return 1;
  }
}

/** Makes the site of a checkout. The old site stays until the new one is whole. `assets` holds its style and its script. */
export function buildSite(root: string, out: string, assets = path.join(root, "scripts/site")) {
  const tags = releaseTags(root);
  const versions = [LATEST, ...tags];
  const next = `${out}.next`;
  rmSync(next, { recursive: true, force: true });
  const build = (folder: string, version: string) =>
    buildVersion({ root: folder, out: next, version, versions, assets });
  const pages = build(root, LATEST);
  for (const tag of tags) withTag(root, tag, (folder) => build(folder, tag));
  write(
    path.join(next, "index.html"),
    `<!doctype html><meta http-equiv="refresh" content="0;url=${LATEST}/index.html">\n`,
  );
  rmSync(out, { recursive: true, force: true });
  renameSync(next, out);
  return { pages, versions };
}

interface Build {
  root: string;
  out: string;
  version: string;
  versions: readonly string[];
  assets: string;
}

/**
 * Writes the site of one version, and returns the number of its pages.
 * @throws {SetupError} if a link of the checkout's documents leads nowhere. Documents of a release can no longer be changed.
 */
function buildVersion({ root, out: site, version, versions, assets }: Build): number {
  const out = path.join(site, version);
  const pages = readPages(root);
  const rendered = pages.map((page) => ({ page, made: render(root, page, pages) }));
  const anchors = new Map(rendered.map(({ page, made }) => [page.place, made.anchors]));
  const faults = rendered.flatMap(({ page, made }) => [
    ...made.faults,
    ...made.links
      .filter(({ place, anchor }) => anchor && !anchors.get(place)?.has(anchor))
      .map(({ as }) => `${page.source} links to ${as}, which is no heading there`),
  ]);
  if (version === LATEST && faults.length > 0) throw new SetupError(faults.join("\n"));
  const index = indexOf(pages);
  const hasFilm = version === LATEST && FILM.files.every((file) => isFile(root, path.posix.join(FILM.folder, file)));
  for (const { page, made } of rendered) {
    // The menu is the index, with links as they are from this page.
    const menu = render(root, { ...index, place: page.place }, pages).html;
    const others = versions.map((name) => ({ name, href: between(`${version}/${page.place}`, `${name}/index.html`) }));
    write(
      path.join(out, page.place),
      layout({
        page,
        html: hasFilm && page.source === FILM.source ? withFilm(made.html) : made.html,
        menu,
        version,
        others,
        up: between(page.place, ".") || ".",
      }),
    );
  }
  for (const file of new Set(rendered.flatMap(({ made }) => made.files)))
    copy(path.join(root, file), path.join(out, "files", file));
  if (hasFilm) for (const file of FILM.files) copy(path.join(root, FILM.folder, file), path.join(out, "film", file));
  for (const asset of ASSETS) copy(path.join(assets, asset), path.join(out, asset));
  const found = rendered.flatMap(({ page, made }) =>
    made.sections.map(({ heading, anchor, text }) => ({
      title: page.title,
      heading,
      text: text.trim(),
      url: `${page.place}#${anchor}`,
    })),
  );
  write(path.join(out, "search-index.js"), `window.searchIndex = ${JSON.stringify(found)};\n`);
  return pages.length;
}

/** Shows the film below the title. Its captions are part of the picture; the track is the same text for screen readers. */
function withFilm(html: string): string {
  const [video, track] = FILM.files;
  return html.replace(
    "</h1>\n",
    `</h1>\n<video src="film/${video}" controls preload="metadata"><track kind="descriptions" src="film/${track}" srclang="en" label="What is seen"></video>\n`,
  );
}

/** Returns the tags of releases, the newest first. */
function releaseTags(root: string): string[] {
  const tags = execFileSync("git", ["tag", "--list", "v*"], { cwd: root, encoding: "utf8" }).split("\n");
  return semver.rsort(tags.filter((tag) => semver.valid(tag)));
}

function withTag(root: string, tag: string, use: (folder: string) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-docs-"));
  try {
    const archive = path.join(folder, "files.tar");
    execFileSync("git", ["archive", "--format=tar", "-o", archive, tag], { cwd: root });
    execFileSync("tar", ["-xf", archive, "-C", folder]);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copy(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}
