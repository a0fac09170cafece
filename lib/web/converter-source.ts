/**
 * The program of the process that turns a page into Markdown. Plain JavaScript as text: it runs the same from sources,
 * from a bundle and in tests. The page is parsed by turndown's own DOM; no script of it runs and nothing is loaded.
 *
 * It reads { paths, html, url } as JSON and writes { title, markdown }, or ends with an exit status that is not 0.
 */
export const CONVERTER_SOURCE = String.raw`
const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const { paths, html, url } = given;

/** Deeper elements are taken out of their parents: what follows recurses. */
const MAX_DEPTH = 200;
/** Readability looks at every element several times; larger pages are lists and references, which it does not suit. */
const READABLE_ELEMENTS = 4000;
const MIN_ARTICLE_CHARACTERS = 200;
/** Of a whole body much is menus. What a page itself calls its main part is all meant, and Readability may only tidy it. */
const MIN_SHARE_OF_BODY = 0.4;
const MIN_SHARE_OF_MAIN = 0.8;
const DROPPED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "IFRAME", "FRAME", "FRAMESET", "OBJECT", "EMBED", "APPLET",
  "SVG", "MATH", "CANVAS", "AUDIO", "VIDEO", "BUTTON", "SELECT", "TEXTAREA", "LINK", "META", "DATALIST"]);
const TABLE_PARTS = new Set(["TABLE", "THEAD", "TBODY", "TFOOT", "TR", "TD", "TH"]);
const LAYOUT = "data-banyan-layout";

function declarationsOf(style) {
  const plain = style.toLowerCase().replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, "")
    .replace(/\\([0-9a-f]{1,6})\s?/g, (_, hex) => String.fromCodePoint(Math.min(0x10ffff, parseInt(hex, 16))));
  const found = new Map();
  for (const part of plain.split(";")) {
    const at = part.indexOf(":");
    if (at > 0) found.set(part.slice(0, at).trim(), part.slice(at + 1).replace("!important", "").trim());
  }
  return found;
}

function isTiny(size) {
  const value = parseFloat(size);
  if (Number.isNaN(value)) return false;
  if (/%$/.test(size)) return value <= 10;
  if (/(em|rem|vw|vh)$/.test(size)) return value <= 0.1;
  return value <= 2;
}

function isFarAway(style) {
  const moved = style.get("position") === "absolute" || style.get("position") === "fixed";
  const far = (name) => parseFloat(style.get(name)) <= -500;
  return far("text-indent") || (moved && ["left", "top", "right", "bottom", "margin-left", "margin-top"].some(far));
}

/** Text that a person does not see is where orders to a model hide. Only what stands on the element itself is looked at. */
function isHidden(element) {
  if (element.hasAttribute("hidden")) return true;
  const given = element.getAttribute("style");
  if (!given) return false;
  const style = declarationsOf(given);
  const is = (name, pattern) => pattern.test(style.get(name) || "");
  if (is("display", /^none/) || is("visibility", /^(hidden|collapse)/) || is("content-visibility", /^hidden/)) return true;
  if (style.has("opacity") && parseFloat(style.get("opacity")) <= (/%/.test(style.get("opacity")) ? 5 : 0.05)) return true;
  if (style.has("font-size") && isTiny(style.get("font-size"))) return true;
  const cut = ["overflow", "overflow-x", "overflow-y"].some((name) => is(name, /^(hidden|clip)/));
  const small = ["width", "height", "max-width", "max-height"].some((name) => style.has(name) && isTiny(style.get(name)));
  if (cut && small) return true;
  if (is("clip", /^rect\(\s*[01]/) || is("clip-path", /^(inset\(\s*(5\d|[6-9]\d|100)%|circle\(\s*0)/)) return true;
  if (is("transform", /scale[xy]?\(\s*0*\.?0*\s*[,)]/) || isFarAway(style)) return true;
  const color = style.get("color");
  return color !== undefined && (color === "transparent" || color === style.get("background-color") || color === style.get("background"));
}

function absolute(given, base, allowed) {
  try {
    const target = new URL(given, base);
    return allowed.includes(target.protocol) ? target.href : null;
  } catch {
    return null;
  }
}

function setLink(element, name, base, allowed) {
  const given = element.getAttribute(name);
  if (given === null) return;
  const target = absolute(given, base, allowed);
  if (target === null) element.removeAttribute(name);
  else element.setAttribute(name, target);
}

/** A table that holds another one is there for the page's looks, as pages were once made. */
function markLayout(table) {
  const outer = table.parentNode && table.parentNode.closest && table.parentNode.closest("table");
  if (!outer || outer.hasAttribute(LAYOUT)) return;
  outer.setAttribute(LAYOUT, "");
}

/** Takes out what is not text for a reader, in one pass without recursion. Returns how many elements are left. */
function clean(root, base) {
  let elements = 0;
  let depth = 1;
  let node = root.firstChild;
  while (node) {
    let next = null;
    let keep = true;
    if (node.nodeType === 1) {
      if (DROPPED.has(node.nodeName.toUpperCase()) || isHidden(node)) keep = false;
      else if (depth > MAX_DEPTH) {
        next = node.firstChild;
        while (node.firstChild) node.parentNode.insertBefore(node.firstChild, node);
        keep = false;
      } else {
        elements += 1;
        setLink(node, "href", base, ["http:", "https:", "mailto:"]);
        setLink(node, "src", base, ["http:", "https:"]);
        if (node.nodeName === "TABLE") markLayout(node);
        if (node.nodeName === "IMG" && !(node.getAttribute("alt") || "").trim()) keep = false;
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
    if (!keep) done.parentNode.removeChild(done);
    node = next;
  }
  return elements;
}

/** What Readability takes for granted and this DOM leaves out. */
function completeDom(domino, document, base) {
  const iterate = { configurable: true, value: function* () { for (let at = 0; at < this.length; at += 1) yield this[at]; } };
  for (const list of [document.getElementsByTagName("p"), document.body.attributes]) {
    const shape = Object.getPrototypeOf(list);
    if (!shape[Symbol.iterator]) Object.defineProperty(shape, Symbol.iterator, iterate);
  }
  for (const name of ["baseURI", "documentURI"]) Object.defineProperty(document, name, { value: base });
}

/** Rows and columns of each table, counted once: the DOM's own list is made anew at each access, which a long table multiplies. */
function shapes() {
  const known = new WeakMap();
  const shapeOf = (table) => {
    const shape = { first: null, columns: 0 };
    const count = (row) => {
      let columns = 0;
      for (let cell = row.firstChild; cell; cell = cell.nextSibling) {
        if (cell.nodeName === "TD" || cell.nodeName === "TH") {
          columns += Math.min(50, Math.max(1, parseInt(cell.getAttribute("colspan") || "1", 10) || 1));
        }
      }
      shape.first = shape.first || row;
      shape.columns = Math.max(shape.columns, columns);
    };
    for (let child = table.firstChild; child; child = child.nextSibling) {
      if (child.nodeName === "TR") count(child);
      else for (let row = child.firstChild; row; row = row.nextSibling) if (row.nodeName === "TR") count(row);
    }
    return shape;
  };
  return (table) => {
    if (!known.has(table)) known.set(table, shapeOf(table));
    return known.get(table);
  };
}

function articleOf(Readability, document) {
  try {
    return new Readability(document, { keepClasses: true, serializer: (element) => element }).parse();
  } catch {
    return null;
  }
}

const lengthOf = (node) => node.textContent.replace(/\s+/g, " ").length;

function wholeOf(document) {
  const articles = document.getElementsByTagName("article");
  const main = document.querySelector("main, [role=main]") || (articles.length === 1 ? articles[0] : null);
  return main && lengthOf(main) >= MIN_ARTICLE_CHARACTERS ? main : document.body;
}

function converterOf(Turndown, plugin) {
  const turndown = new Turndown({ headingStyle: "atx", codeBlockStyle: "fenced", bulletListMarker: "-", emDelimiter: "*" });
  turndown.use(plugin.gfm);
  const shapeOf = shapes();
  turndown.addRule("tableCell", {
    filter: ["td", "th"],
    replacement: (content, node) => {
      const first = !node.previousSibling ? "| " : " ";
      const more = Math.min(50, parseInt(node.getAttribute("colspan") || "1", 10) || 1) - 1;
      return first + content.trim().replace(/\s+/g, " ").replace(/\|/g, "\\|") + " |" + "  |".repeat(Math.max(0, more));
    },
  });
  // Markdown knows no table without a heading, so the first row is one.
  turndown.addRule("tableRow", {
    filter: "tr",
    replacement: (content, node) => {
      const table = node.closest("table");
      const shape = table && shapeOf(table);
      return "\n" + content + (shape && shape.first === node ? "\n|" + " --- |".repeat(shape.columns) : "");
    },
  });
  turndown.addRule("table", {
    filter: "table",
    replacement: (content) => "\n\n" + content.replace(/\n+/g, "\n").trim() + "\n\n",
  });
  turndown.addRule("layout", {
    filter: (node) => {
      if (!TABLE_PARTS.has(node.nodeName)) return false;
      const table = node.closest("table");
      return table !== null && table.hasAttribute(LAYOUT);
    },
    replacement: (content, node) => (/^T[DHR]$/.test(node.nodeName) ? "\n\n" + content.trim() + "\n\n" : content),
  });
  return turndown;
}

async function convert() {
  const domino = require(paths.domino);
  const { Readability } = require(paths.readability);
  const Turndown = require(paths.turndown);
  const plugin = await import(paths.plugin);
  const parse = () => {
    const document = domino.createDocument(html, true);
    const given = document.querySelector("base[href]");
    const base = (given && absolute(given.getAttribute("href"), url, ["http:", "https:"])) || url;
    const title = document.title;
    const elements = document.body ? clean(document.body, base) : 0;
    return { document, base, title, elements };
  };
  const page = parse();
  const heading = page.document.querySelector("h1");
  const title = page.title.trim() || (heading ? heading.textContent.trim() : "");
  if (!page.document.body) return { title, markdown: "" };
  let root = wholeOf(page.document);
  if (page.elements <= READABLE_ELEMENTS) {
    // It changes what it reads, so it is given a page of its own.
    const own = parse();
    completeDom(domino, own.document, own.base);
    const article = articleOf(Readability, own.document);
    const share = root === page.document.body ? MIN_SHARE_OF_BODY : MIN_SHARE_OF_MAIN;
    const enough = Math.max(MIN_ARTICLE_CHARACTERS, share * lengthOf(root));
    if (article && article.content && lengthOf(article.content) >= enough) root = article.content;
  }
  return { title, markdown: converterOf(Turndown, plugin).turndown(root) };
}

convert().then((result) => process.stdout.write(JSON.stringify(result)));
`;
