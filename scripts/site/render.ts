import path from "node:path";
import { Marked, type Token, type Tokens } from "marked";
import { isFile, type Page } from "./pages";

export interface Rendered {
  html: string;
  /** What the search finds: the text below each heading. */
  sections: { heading: string; anchor: string; text: string }[];
  anchors: Set<string>;
  /** Files of the checkout that the page shows or links to. */
  files: string[];
  /** Links to pages, checked when all pages are known. */
  links: { place: string; anchor: string; as: string }[];
  faults: string[];
}

/** Where files that are no pages stand in the site. */
const FILES = "files";

/** Turns a document into HTML. Links to documents become links to their pages, links to files copy the file. */
export function render(root: string, page: Page, pages: readonly Page[]): Rendered {
  const rendered: Rendered = { html: "", sections: [], anchors: new Set(), files: [], links: [], faults: [] };
  const target = (href: string) => linkTarget(root, page, pages, href, rendered);
  const anchorOf = new Map<Token, string>();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading(token: Tokens.Heading) {
        const inner = this.parser.parseInline(token.tokens);
        const anchor = anchorOf.get(token) ?? "";
        return `<h${token.depth} id="${anchor}">${inner} <a class="anchor" href="#${anchor}" aria-label="Link to this heading">#</a></h${token.depth}>\n`;
      },
      table(token: Tokens.Table) {
        const cells = (tag: string, row: Tokens.TableCell[]) =>
          row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join("");
        const rows = token.rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
        return `<div class="table" tabindex="0"><table><thead><tr>${cells("th", token.header)}</tr></thead><tbody>${rows}</tbody></table></div>\n`;
      },
    },
    walkTokens(token) {
      if (token.type === "link" || token.type === "image") token.href = target(token.href);
    },
  });
  const tokens = marked.lexer(page.text);
  for (const token of tokens) {
    if (token.type === "heading") {
      const anchor = freeAnchor(token.text, rendered.anchors);
      anchorOf.set(token, anchor);
      rendered.sections.push({ heading: plain(token.text), anchor, text: "" });
    } else if (token.type !== "space") {
      const section = rendered.sections.at(-1);
      if (section) section.text += `${plain(token.type === "table" ? withoutRule(token.raw) : token.raw)} `;
    }
  }
  marked.walkTokens(tokens, (token) => void marked.defaults.walkTokens?.(token));
  rendered.html = marked.parser(tokens);
  return rendered;
}

/** Returns a table without the line below its header, which nobody looks for or reads in a search. */
function withoutRule(table: string): string {
  return table.replace(/^[ |:-]*-[ |:-]*\n?/m, "");
}

function linkTarget(root: string, page: Page, pages: readonly Page[], href: string, rendered: Rendered): string {
  if (/^[a-z]+:/.test(href)) return href;
  const [name = "", anchor = ""] = href.split("#");
  const source = name ? path.posix.join(path.posix.dirname(page.source), name).replace(/\/$/, "") : page.source;
  const found = pages.find((other) => other.source === source || other.source === `${source}/README.md`);
  if (found) {
    rendered.links.push({ place: found.place, anchor, as: href });
    const way = found === page && anchor ? "" : between(page.place, found.place);
    return anchor ? `${way}#${anchor}` : way;
  }
  if (isFile(root, source)) {
    rendered.files.push(source);
    return between(page.place, `${FILES}/${source}`);
  }
  rendered.faults.push(`${page.source} links to ${href}, which is no file`);
  return href;
}

/** The way from one place of the site to another. */
export function between(from: string, to: string): string {
  return path.posix.relative(path.posix.dirname(from), to);
}

/** Anchors as GitHub makes them, so links work at both places. */
function freeAnchor(heading: string, taken: Set<string>): string {
  const base = plain(heading)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .replaceAll(" ", "-");
  let anchor = base;
  for (let count = 1; taken.has(anchor); count += 1) anchor = `${base}-${count}`;
  taken.add(anchor);
  return anchor;
}

function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*|]|<!--.*?-->/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
