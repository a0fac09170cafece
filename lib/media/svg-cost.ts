/**
 * How much a browser draws for an SVG. Elements can be used again by others, in several steps: 1.6 KB draw a million
 * rectangles, and the tab that shows them no longer answers. Banyan shows an SVG of an agent as an image only if its
 * structure is plain enough to count.
 */

/** Elements drawn, each as often as it is used. */
const MOST_DRAWN = 50_000;
/** From an element to those inside it and those that it uses. */
const MOST_STEPS = 1_000;
/** A filter computes every pixel below it. */
const FILTER_STEP = 1_000;
/** Quotes may hold `>`. */
const TAG = /<(\/?)([A-Za-z_][\w:.-]*)(?=[\s/>])((?:"[^"]*"|'[^']*'|[^"'<>])*)>/y;
const TEXT = /[^<]*/y;
/** Comments, declarations and the document's type without an inner part, in which entities could be declared. */
const SKIPPED = /<!--(?:(?!--)[\s\S])*-->|<\?xml\s[^>?]*\?>|<!DOCTYPE[^[\]<>]*>/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** What may name another element, whatever the attribute. A colour names none. */
const REFERENCE = /#([^\s;,"')]*)/g;
const PLAIN = /^[\w.:-]*$/;
/** An image in the image. Only pictures of pixels: another SVG would have a structure of its own. */
const OTHER_DATA = /data:(?!image\/(png|jpe?g|gif|webp);base64,)/i;
/** In a style sheet, ways to name an element or to disguise its name. */
const NAMES_ELEMENTS = /url|[\\@]/i;

interface Element {
  name: string;
  children: Element[];
  /** Ids of the elements that are drawn here too. */
  uses: string[];
}

/** Returns whether a browser surely draws the SVG in bearable time; false for an SVG that cannot be read. Pure. */
export function isDrawnQuickly(svg: string): boolean {
  const read = elementsIn(svg);
  if (read === null) return false;
  const { root, byId } = read;
  const known = new Map<Element, number>();
  const open = new Set<Element>();

  /** Infinity for an element that uses itself, or others in a long chain. */
  function cost(element: Element): number {
    const before = known.get(element);
    if (before !== undefined) return before;
    if (open.has(element) || open.size > MOST_STEPS) return Number.POSITIVE_INFINITY;
    open.add(element);
    const parts = [...element.children, ...element.uses.flatMap((id) => byId.get(id) ?? [])];
    const own = /(^|:)fe[A-Z]/.test(element.name) ? FILTER_STEP : 1;
    const sum = parts.reduce((all, part) => all + cost(part), own);
    open.delete(element);
    known.set(element, sum);
    return sum;
  }
  return cost(root) <= MOST_DRAWN;
}

const MOST_DEPTH = 200;

interface Reading {
  svg: string;
  at: number;
  byId: Map<string, Element[]>;
  /** The root and the open elements in it. */
  path: [Element, ...Element[]];
}

/** Returns null for what this reader and a browser might read differently. */
function elementsIn(svg: string): { root: Element; byId: Map<string, Element[]> } | null {
  const root: Element = { name: "", children: [], uses: [] };
  const reading: Reading = { svg, at: svg.startsWith("\ufeff") ? 1 : 0, byId: new Map(), path: [root] };
  while (reading.at < svg.length) if (!readOn(reading)) return null;
  return reading.path.length === 1 ? { root, byId: reading.byId } : null;
}

/** Reads a text, a comment or a tag. Returns false for what cannot be read for certain. */
function readOn(reading: Reading): boolean {
  const { path, byId } = reading;
  const parent = path.at(-1);
  if (!parent) return false;
  const text = next(reading, TEXT)?.[0];
  if (text) return !(/(^|:)style$/i.test(parent.name) && NAMES_ELEMENTS.test(text));
  if (next(reading, SKIPPED)) return true;
  const [, closing, name = "", rest = ""] = next(reading, TAG) ?? [];
  if (closing === undefined || path.length > MOST_DEPTH) return false;
  if (closing !== "") return path.length > 1 && path.pop()?.name === name;
  const element = elementOf(name, rest, byId);
  if (element === null) return false;
  parent.children.push(element);
  if (!rest.endsWith("/")) path.push(element);
  return true;
}

function next(reading: Reading, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reading.at;
  const found = pattern.exec(reading.svg);
  if (found) reading.at += found[0].length;
  return found;
}

function elementOf(name: string, rest: string, byId: Map<string, Element[]>): Element | null {
  const element: Element = { name, children: [], uses: [] };
  for (const [, key = "", double, single] of rest.matchAll(ATTRIBUTE)) {
    const value = unescaped(double ?? single ?? "");
    if (key === "id" || key === "xml:id") byId.set(value, [...(byId.get(value) ?? []), element]);
    const names = [...value.matchAll(REFERENCE)].map(([, id = ""]) => id);
    // A browser leaves out white space within an address.
    if (value.includes("\\") || OTHER_DATA.test(value.replace(/\s/g, ""))) return null;
    if (!names.every((id) => PLAIN.test(id))) return null;
    element.uses.push(...names);
  }
  return element;
}

/** Characters by their number, as `&#35;` for `#`. */
function unescaped(value: string): string {
  return value
    .replace(/&#x([\da-f]{1,6});/gi, (_, code: string) => character(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,7});/g, (_, code: string) => character(Number(code)));
}

const character = (code: number) => (code <= 0x10ffff ? String.fromCodePoint(code) : "");
