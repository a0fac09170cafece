/**
 * Runs in its own process, started by converter.ts, and turns a page into Markdown. The page is parsed by turndown's
 * own DOM; its scripts do not run and nothing is loaded.
 *
 * It reads { html, url } as JSON and writes { title, markdown }, or exits with a status other than 0.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Readability } from "@mozilla/readability";
import { gfm } from "@truto/turndown-plugin-gfm";
import Turndown from "turndown";

/** Deeper elements are moved out of their parents, because later steps recurse. */
const MAX_DEPTH = 200;
/** Readability visits every element several times; larger pages are lists and references, which it does not suit. */
const READABLE_ELEMENTS = 4000;
const MIN_ARTICLE_CHARACTERS = 200;
/** Much of a whole body is menus. A page's own main part is all content, so Readability may only tidy it. */
const MIN_SHARE_OF_BODY = 0.4;
const MIN_SHARE_OF_MAIN = 0.8;
const MOST_COLUMNS = 50;
const DROPPED = new Set([
  "SCRIPT",
  "STYLE",
  "NOSCRIPT",
  "TEMPLATE",
  "IFRAME",
  "FRAME",
  "FRAMESET",
  "OBJECT",
  "EMBED",
  "APPLET",
  "SVG",
  "MATH",
  "CANVAS",
  "AUDIO",
  "VIDEO",
  "BUTTON",
  "SELECT",
  "TEXTAREA",
  "LINK",
  "META",
  "DATALIST",
]);
const TABLE_PARTS = new Set(["TABLE", "THEAD", "TBODY", "TFOOT", "TR", "TD", "TH"]);
const LAYOUT = "data-banyan-layout";
/**
 * The DOM that turndown brings along, which is found beside it.
 * @type {{ createDocument(html: string, force: boolean): Document }}
 */
const domino = createRequire(createRequire(import.meta.url).resolve("turndown"))("@mixmark-io/domino");

/** @typedef {{ first: Node | null, columns: number }} TableShape its first row, and the columns of its widest */

/** @param {string} style @returns {Map<string, string>} */
function declarationsOf(style) {
  const plain = style
    .toLowerCase()
    .replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, "")
    .replace(/\\([0-9a-f]{1,6})\s?/g, (_, hex) => String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(hex, 16))));
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const part of plain.split(";")) {
    const at = part.indexOf(":");
    if (at > 0)
      found.set(
        part.slice(0, at).trim(),
        part
          .slice(at + 1)
          .replace("!important", "")
          .trim(),
      );
  }
  return found;
}

/** @param {string} size */
function isTiny(size) {
  const value = Number.parseFloat(size);
  if (Number.isNaN(value)) return false;
  if (/%$/.test(size)) return value <= 10;
  if (/(em|rem|vw|vh)$/.test(size)) return value <= 0.1;
  return value <= 2;
}

/** @param {Map<string, string>} style */
function isFarAway(style) {
  const moved = style.get("position") === "absolute" || style.get("position") === "fixed";
  /** @param {string} name */
  const far = (name) => Number.parseFloat(style.get(name) ?? "") <= -500;
  return far("text-indent") || (moved && ["left", "top", "right", "bottom", "margin-left", "margin-top"].some(far));
}

/**
 * Detects text that a person does not see, where orders to a model hide. Only the element's own attributes count.
 * @param {Element} element
 */
function isHidden(element) {
  if (element.hasAttribute("hidden")) return true;
  const given = element.getAttribute("style");
  return given ? isHiddenBy(declarationsOf(given)) : false;
}

/** @param {Map<string, string>} style */
function isHiddenBy(style) {
  /** @param {string} name @param {RegExp} pattern */
  const is = (name, pattern) => pattern.test(style.get(name) || "");
  /** @param {string} name */
  const isSmall = (name) => isTiny(style.get(name) ?? "");
  if (is("display", /^none/) || is("visibility", /^(hidden|collapse)/) || is("content-visibility", /^hidden/))
    return true;
  const opacity = style.get("opacity");
  if (opacity !== undefined && Number.parseFloat(opacity) <= (/%/.test(opacity) ? 5 : 0.05)) return true;
  if (isSmall("font-size")) return true;
  const cut = ["overflow", "overflow-x", "overflow-y"].some((name) => is(name, /^(hidden|clip)/));
  if (cut && ["width", "height", "max-width", "max-height"].some(isSmall)) return true;
  if (is("clip", /^rect\(\s*[01]/) || is("clip-path", /^(inset\(\s*(5\d|[6-9]\d|100)%|circle\(\s*0)/)) return true;
  if (is("transform", /scale[xy]?\(\s*0*\.?0*\s*[,)]/) || isFarAway(style)) return true;
  const color = style.get("color");
  if (color === undefined) return false;
  return color === "transparent" || color === style.get("background-color") || color === style.get("background");
}

/** @param {string} given @param {string} base @param {string[]} allowed @returns {string | null} */
function absolute(given, base, allowed) {
  try {
    const target = new URL(given, base);
    return allowed.includes(target.protocol) ? target.href : null;
  } catch {
    return null;
  }
}

/** @param {Element} element @param {string} name @param {string} base @param {string[]} allowed */
function setLink(element, name, base, allowed) {
  const given = element.getAttribute(name);
  if (given === null) return;
  const target = absolute(given, base, allowed);
  if (target === null) element.removeAttribute(name);
  else element.setAttribute(name, target);
}

/**
 * Marks a table that contains another table, because such a table only lays out the page.
 * @param {Element} table
 */
function markLayout(table) {
  const parent = /** @type {Element | null} */ (table.parentNode);
  const outer = parent?.closest?.("table");
  if (!outer || outer.hasAttribute(LAYOUT)) return;
  outer.setAttribute(LAYOUT, "");
}

/**
 * Removes what is not text for a reader, in one pass without recursion.
 * @param {Node} root @param {string} base
 * @returns {number} how many elements are left
 */
function clean(root, base) {
  let elements = 0;
  let depth = 1;
  /** @type {Node | null} */
  let node = root.firstChild;
  while (node) {
    /** @type {Node | null} */
    let next = null;
    let keep = true;
    if (isElement(node)) {
      if (DROPPED.has(node.nodeName.toUpperCase()) || isHidden(node)) keep = false;
      else if (depth > MAX_DEPTH) {
        next = node.firstChild;
        while (node.firstChild) node.parentNode?.insertBefore(node.firstChild, node);
        keep = false;
      } else {
        elements += 1;
        keep = tidied(node, base);
      }
    } else if (node.nodeType !== 3) keep = false;
    if (keep && node.firstChild) {
      depth += 1;
      node = node.firstChild;
      continue;
    }
    const done = node;
    while (!next && node && node !== root) {
      next = node.nextSibling;
      if (next) break;
      node = node.parentNode;
      depth -= 1;
    }
    if (!keep) done.parentNode?.removeChild(done);
    node = next;
  }
  return elements;
}

/** @param {Node} node @returns {node is Element} */
function isElement(node) {
  return node.nodeType === 1;
}

/**
 * Completes an element's addresses, and marks layout tables.
 * @param {Element} element @param {string} base
 * @returns {boolean} whether it stays; an image without a description is removed
 */
function tidied(element, base) {
  setLink(element, "href", base, ["http:", "https:", "mailto:"]);
  setLink(element, "src", base, ["http:", "https:"]);
  if (element.nodeName === "TABLE") markLayout(element);
  return element.nodeName !== "IMG" || (element.getAttribute("alt") || "").trim() !== "";
}

/**
 * Adds what Readability expects and this DOM lacks.
 * @param {Document} document @param {string} base
 */
function completeDom(document, base) {
  const iterate = {
    configurable: true,
    /** @this {ArrayLike<unknown>} */
    value: function* () {
      for (let at = 0; at < this.length; at += 1) yield this[at];
    },
  };
  for (const list of [document.getElementsByTagName("p"), document.body.attributes]) {
    const shape = Object.getPrototypeOf(list);
    if (!shape[Symbol.iterator]) Object.defineProperty(shape, Symbol.iterator, iterate);
  }
  for (const name of ["baseURI", "documentURI"]) Object.defineProperty(document, name, { value: base });
}

/**
 * Counts the rows and columns of each table once, because the DOM rebuilds its own list at each access, which is slow
 * for long tables.
 * @returns {(table: Element) => TableShape}
 */
function shapes() {
  /** @type {WeakMap<Element, TableShape>} */
  const known = new WeakMap();
  return (table) => {
    const shape = known.get(table) ?? shapeOf(table);
    known.set(table, shape);
    return shape;
  };
}

/** @param {Element} table @returns {TableShape} */
function shapeOf(table) {
  /** @type {TableShape} */
  const shape = { first: null, columns: 0 };
  for (let child = table.firstChild; child; child = child.nextSibling) {
    if (child.nodeName === "TR") countRow(shape, child);
    else for (let row = child.firstChild; row; row = row.nextSibling) if (row.nodeName === "TR") countRow(shape, row);
  }
  return shape;
}

/** @param {TableShape} shape @param {Node} row */
function countRow(shape, row) {
  let columns = 0;
  for (let cell = row.firstChild; cell; cell = cell.nextSibling) {
    if (isElement(cell) && (cell.nodeName === "TD" || cell.nodeName === "TH")) columns += columnsOf(cell);
  }
  shape.first = shape.first || row;
  shape.columns = Math.max(shape.columns, columns);
}

/** @param {Element} cell */
function columnsOf(cell) {
  const wanted = Number.parseInt(cell.getAttribute("colspan") || "1", 10) || 1;
  return Math.min(MOST_COLUMNS, Math.max(1, wanted));
}

/** @param {Document} document @returns {Element | null} */
function articleOf(document) {
  try {
    const serializer = (/** @type {Node} */ node) => /** @type {Element} */ (node);
    return new Readability(document, { keepClasses: true, serializer }).parse()?.content ?? null;
  } catch {
    return null;
  }
}

/** @param {Node} node */
function lengthOf(node) {
  return (node.textContent ?? "").replace(/\s+/g, " ").length;
}

/** @param {Document} document @returns {HTMLElement} */
function wholeOf(document) {
  const articles = document.getElementsByTagName("article");
  /** @type {HTMLElement | null} */
  const main = document.querySelector("main, [role=main]") || (articles.length === 1 ? (articles[0] ?? null) : null);
  return main && lengthOf(main) >= MIN_ARTICLE_CHARACTERS ? main : document.body;
}

/** @returns {Turndown} */
function markdownOf() {
  const turndown = new Turndown({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
    emDelimiter: "*",
  });
  turndown.use(gfm);
  const shapeIn = shapes();
  turndown.addRule("tableCell", {
    filter: ["td", "th"],
    replacement: (content, node) => {
      const first = !node.previousSibling ? "| " : " ";
      const text = content.trim().replace(/\s+/g, " ").replace(/\|/g, "\\|");
      return `${first}${text} |${"  |".repeat(columnsOf(node) - 1)}`;
    },
  });
  // Markdown tables need a heading, so the first row becomes the heading.
  turndown.addRule("tableRow", {
    filter: "tr",
    replacement: (content, node) => {
      const table = node.closest("table");
      const shape = table && shapeIn(table);
      return `\n${content}${shape && shape.first === node ? `\n|${" --- |".repeat(shape.columns)}` : ""}`;
    },
  });
  turndown.addRule("table", {
    filter: "table",
    replacement: (content) => `\n\n${content.replace(/\n+/g, "\n").trim()}\n\n`,
  });
  turndown.addRule("layout", {
    filter: (node) => {
      if (!TABLE_PARTS.has(node.nodeName)) return false;
      return node.closest("table")?.hasAttribute(LAYOUT) ?? false;
    },
    replacement: (content, node) => (/^T[DHR]$/.test(node.nodeName) ? `\n\n${content.trim()}\n\n` : content),
  });
  return turndown;
}

/** @param {string} html @param {string} url where it was found */
function parse(html, url) {
  const document = domino.createDocument(html, true);
  const given = document.querySelector("base[href]")?.getAttribute("href");
  const base = (given && absolute(given, url, ["http:", "https:"])) || url;
  const title = document.title;
  const elements = document.body ? clean(document.body, base) : 0;
  return { document, base, title, elements };
}

/** @param {{ html: string, url: string }} given @returns {{ title: string, markdown: string }} */
function convert({ html, url }) {
  const page = parse(html, url);
  const title = page.title.trim() || (page.document.querySelector("h1")?.textContent ?? "").trim();
  if (!page.document.body) return { title, markdown: "" };
  /** @type {Element} */
  let root = wholeOf(page.document);
  if (page.elements <= READABLE_ELEMENTS) {
    // Readability changes the document, so it gets a separate copy.
    const own = parse(html, url);
    completeDom(own.document, own.base);
    const article = articleOf(own.document);
    const share = root === page.document.body ? MIN_SHARE_OF_BODY : MIN_SHARE_OF_MAIN;
    const enough = Math.max(MIN_ARTICLE_CHARACTERS, share * lengthOf(root));
    if (article && lengthOf(article) >= enough) root = article;
  }
  return { title, markdown: markdownOf().turndown(/** @type {HTMLElement} */ (root)) };
}

process.stdout.write(JSON.stringify(convert(JSON.parse(readFileSync(0, "utf8")))));
