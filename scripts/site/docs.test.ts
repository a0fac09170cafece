import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../places.mjs";
import { fixture } from "../testing/fixture";
import { buildSite } from "./docs";

const ASSETS = path.join(ROOT, "scripts/site");
const HOUSE = {
  "README.md": "# House\n\nSee [the doors](docs/doors.md#a-door).\n\n| kind | metres |\n| --- | --: |\n| barn | 4 |\n",
  LICENSE: "Free.\n",
  "docs/README.md": "# Documents\n\nAbout doors.\n\nIn two paragraphs.\n\n- [Doors](doors.md)\n",
  "docs/doors.md":
    "# Doors\n\n[Home](../README.md), [free](../LICENSE), [old](decisions/), [up](#a-door), [out](https://example.org/a#b)\n\n## A `door`\n\n## A door\n\nSee [the second](doors.md#a-door-1). ![Door](door.png)\n",
  "docs/door.png": "picture",
  "docs/decisions/001-walls.md": "# Walls\n\n<script>alert(1)</script>\n",
};

test("the index names every document, and every link of the site leads somewhere", () => {
  const out = path.join(fixture({}), "site");
  const { pages, versions } = buildSite(ROOT, out);
  const places = filesBelow(out);
  expect(places.filter((file) => /^latest\/.*\.html$/.test(file))).toHaveLength(pages);
  expect(deadLinks(out)).toEqual([]);
  expect(versions[0]).toBe("latest");
  const index = readFileSync(path.join(out, "latest/index.html"), "utf8");
  const named = (file: string) => index.includes(`href="${file}"`);
  const documents = places.flatMap((file) => /^latest\/((guides\/)?[\w-]+\.html)$/.exec(file)?.[1] ?? []);
  expect(documents.filter((file) => !/(^|\/)index\.html$/.test(file) && !named(file))).toEqual([]);
});

test("each release has a folder with its documents, and every page links to all of them", () => {
  const { root, git, out } = house();
  git("tag", "v0.1.0");
  writeFileSync(path.join(root, "docs/doors.md"), "# New doors\n\n## A door\n");
  git("commit", "--quiet", "-am", "New doors");
  git("tag", "v0.10.0");
  git("tag", "v0.9.0");
  git("tag", "vacation");
  expect(buildSite(root, out, ASSETS).versions).toEqual(["latest", "v0.10.0", "v0.9.0", "v0.1.0"]);
  const read = (place: string) => readFileSync(path.join(out, place), "utf8");
  expect(read("v0.1.0/doors.html")).toContain("<title>Doors · Banyan v0.1.0</title>");
  expect(read("v0.10.0/doors.html")).toContain("<title>New doors · Banyan v0.10.0</title>");
  expect(read("v0.1.0/decisions/index.html")).toContain('<a href="../../latest/index.html">latest</a>');
  expect(deadLinks(out)).toEqual([]);
});

test("links to documents, headings, folders and files work; a heading that repeats has an anchor of its own", () => {
  const { root, out } = house();
  buildSite(root, out, ASSETS);
  const page = readFileSync(path.join(out, "latest/doors.html"), "utf8");
  for (const href of [
    "project/README.html",
    "files/LICENSE",
    "decisions/index.html",
    "#a-door",
    "https://example.org/a#b",
  ])
    expect(page).toContain(`href="${href}"`);
  expect(page).toContain('<a href="doors.html" aria-current="page">Doors</a>');
  // The menu is the list of the index, without what introduces it.
  expect(page).not.toContain("About doors");
  expect(page).not.toContain("In two paragraphs");
  expect(page).toContain('id="a-door-1"');
  expect(page).toContain('src="files/docs/door.png"');
  expect(deadLinks(out)).toEqual([]);
});

test.each([
  ["a document that is not there", "[x](gone.md)", "docs/doors.md links to gone.md, which is no file"],
  [
    "a heading that is not there",
    "[x](README.md#gone)",
    "docs/doors.md links to README.md#gone, which is no heading there",
  ],
])("a link to %s stops the build, and the old site stays", (_, text, says) => {
  const { root, out } = house();
  buildSite(root, out, ASSETS);
  writeFileSync(path.join(root, "docs/doors.md"), `# Doors\n\n## A door\n\n${text}\n`);
  expect(() => buildSite(root, out, ASSETS)).toThrow(says);
  expect(readFileSync(path.join(out, "latest/doors.html"), "utf8")).toContain("the second");
});

test("the film is shown with the demo when it was made", () => {
  const { root, out } = house();
  writeFileSync(path.join(root, "docs/demo.md"), "# Demo\n\nSee.\n");
  const shown = () => readFileSync(path.join(out, "latest/demo.html"), "utf8");
  buildSite(root, out, ASSETS);
  expect(shown()).not.toContain("<video");
  mkdirSync(path.join(root, "dist/film"), { recursive: true });
  for (const file of ["banyan.webm", "banyan.vtt"]) writeFileSync(path.join(root, "dist/film", file), file);
  buildSite(root, out, ASSETS);
  expect(shown()).toContain('<video src="film/banyan.webm"');
  expect(readFileSync(path.join(out, "latest/film/banyan.webm"), "utf8")).toBe("banyan.webm");
  expect(deadLinks(out)).toEqual([]);
});

test("the search finds sections by their text", () => {
  const { root, out } = house();
  buildSite(root, out, ASSETS);
  const script = readFileSync(path.join(out, "latest/search-index.js"), "utf8");
  const index = JSON.parse(script.replace(/^window\.searchIndex = /, "").replace(/;\n$/, ""));
  expect(index).toContainEqual({
    title: "House",
    heading: "House",
    text: "See the doors. kind metres barn 4",
    url: "project/README.html#house",
  });
});

function house() {
  const root = fixture(HOUSE);
  const who = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
  const git = (...args: string[]) => execFileSync("git", [...who, ...args], { cwd: root });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "-m", "A house");
  return { root, git, out: path.join(fixture({}), "site") };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

/** Returns the links to places that the site does not have, and to anchors that their page does not have. */
function deadLinks(site: string): string[] {
  const pages = filesBelow(site).filter((file) => file.endsWith(".html"));
  const texts = new Map(pages.map((file) => [file, readFileSync(path.join(site, file), "utf8")]));
  expect(texts.size).toBeGreaterThan(2);
  return [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/ (?:href|src)="([^"]*)"/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !isThere(site, texts, file, target))
      .map((target) => `${file}: ${target}`),
  );
}

function isThere(site: string, texts: ReadonlyMap<string, string>, file: string, target: string): boolean {
  const [name = "", anchor] = target.split("#");
  const place = name ? path.posix.join(path.posix.dirname(file), name) : file;
  if (!existsSync(path.join(site, place))) return false;
  return anchor === undefined || (texts.get(place)?.includes(` id="${anchor}"`) ?? false);
}
