import { XMLParser, XMLValidator } from "fast-xml-parser";
import { type Coverage, countIn, Lines } from "./lines";

/** An element: its attributes begin with "@". */
type Element = Record<string, unknown>;

const LISTS = ["package", "class", "line", "group", "sourcefile", "counter"];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: false,
  parseTagValue: false,
  // Entities that a report defines itself could grow without end.
  processEntities: false,
  isArray: (name) => LISTS.includes(name),
});

/** Reads Cobertura's XML, which coverage.py, gcovr, PHPUnit and .NET write too. */
export function readCobertura(text: string): Coverage {
  const root = rootOf(text, "coverage");
  const lines = new Lines();
  for (const holder of children(child(root, "packages"), "package"))
    for (const part of children(child(holder, "classes"), "class")) {
      const file = attribute(part, "filename");
      lines.open(file);
      for (const line of children(child(part, "lines"), "line"))
        lines.add(file, countIn(attribute(line, "number")), countIn(attribute(line, "hits")) > 0);
    }
  const found = lines.coverage();
  if (found.total > 0) return found;
  const sum = (name: string) => countIn(attribute(root, name));
  return { total: sum("lines-valid"), covered: sum("lines-covered"), files: new Map() };
}

/** Reads JaCoCo's XML: `ci` of a line are the instructions that ran. */
export function readJacoco(text: string): Coverage {
  const lines = new Lines();
  const read = (element: Element) => {
    for (const group of children(element, "group")) read(group);
    for (const folder of children(element, "package"))
      for (const source of children(folder, "sourcefile")) {
        const file = [attribute(folder, "name"), attribute(source, "name")].filter(Boolean).join("/");
        lines.open(file);
        for (const line of children(source, "line"))
          lines.add(file, countIn(attribute(line, "nr")), countIn(attribute(line, "ci")) > 0);
      }
  };
  read(rootOf(text, "report"));
  return lines.coverage();
}

function rootOf(text: string, name: string): Element {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(valid.err.msg);
  const root = child(parser.parse(text) as Element, name);
  if (Object.keys(root).length === 0) throw new Error(`it has no ${name}`);
  return root;
}

function child(element: Element, name: string): Element {
  const value = element[name];
  return typeof value === "object" && value !== null ? (value as Element) : {};
}

function children(element: Element, name: string): Element[] {
  const value = element[name];
  return Array.isArray(value) ? value.filter((each): each is Element => typeof each === "object" && each !== null) : [];
}

function attribute(element: Element, name: string): string {
  const value = element[`@${name}`];
  return typeof value === "string" ? value : "";
}
