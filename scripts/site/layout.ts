import type { Page } from "./pages";

interface Parts {
  page: Page;
  html: string;
  menu: string;
  version: string;
  others: { name: string; href: string }[];
  /** The way to the folder of the version. */
  up: string;
}

/** A tree with its roots, as on the pages of Banyan. In the page itself, so a browser asks for no file. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%232353c7' stroke-width='1.5' stroke-linecap='round'%3E%3Crect x='1.5' y='2' width='13' height='6' rx='3'/%3E%3Cpath d='M5 8v6M8 8v6M11 8v6'/%3E%3C/svg%3E";

/** Returns a whole page. Without scripts everything works but the search, which then is not shown. */
export function layout({ page, html, menu, version, others, up }: Parts): string {
  const links = others.map(({ name, href }) => {
    const current = name === version ? ' aria-current="true"' : "";
    return `<li><a href="${href}"${current}>${name}</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(page.title)} · Banyan ${version}</title>
<link rel="stylesheet" href="${up}/site.css">
<link rel="icon" type="image/svg+xml" href="${ICON}">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<a class="name" href="${up}/index.html">Banyan</a>
<form id="search" role="search" hidden><input type="search" placeholder="Search" aria-label="Search the documents" autocomplete="off"><ul></ul></form>
<details class="versions"><summary>${version}</summary><ul>${links.join("")}</ul></details>
<a class="to-menu" href="#menu">Menu</a>
</header>
<div class="columns">
<main id="content">
${html}</main>
<nav id="menu" aria-label="Documents">
${marked(withoutAnchors(menu), page)}</nav>
</div>
<script src="${up}/search.js" data-up="${up}"></script>
</body>
</html>
`;
}

/** A link that is only a file's name leads to the page's own folder, so the page's own name is the page. */
function marked(menu: string, page: Page): string {
  const own = `href="${page.place.split("/").at(-1)}"`;
  return menu.replace(own, `${own} aria-current="page"`);
}

/** The headings of the menu are those of the index, whose anchors belong to its own page. */
function withoutAnchors(menu: string): string {
  return menu
    .replace(/ <a class="anchor".*?<\/a>/g, "")
    .replace(/<h1[\s\S]*?<\/h1>\s*(?:<p>[\s\S]*?<\/p>\s*)*/, "")
    .replace(/<h2 id="[^"]*">/g, "<h2>");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
