/** Reads a JUnit XML report. */
import path from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { SANDBOX_ROOT } from "@/lib/workspace/path";
import { caseOf, type TestCase } from "./cases";

/** An element: its attributes begin with "@". */
type Element = Record<string, unknown>;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: false,
  parseTagValue: false,
  alwaysCreateTextNode: true,
  isArray: (name) => ["testsuites", "testsuite", "testcase"].includes(name),
});

export function readJunit(text: string): TestCase[] {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(valid.err.msg);
  return suiteCases(parser.parse(text) as Element, null, []);
}

function suiteCases(element: Element, file: string | null, names: readonly string[]): TestCase[] {
  const cases = children(element, "testcase").map((child) => caseIn(child, file, names));
  const suites = [...children(element, "testsuites"), ...children(element, "testsuite")];
  return [...cases, ...suites.flatMap((suite) => suiteCases(suite, fileOf(suite) ?? file, [...names, nameOf(suite)]))];
}

function caseIn(element: Element, file: string | null, suites: readonly string[]): TestCase {
  const own = fileOf(element) ?? file;
  const className = attribute(element, "classname") ?? "";
  const names = suites.includes(className) || className === "test" ? suites : [...suites, className];
  return caseOf(own, [...names, nameOf(element)], statusOf(element));
}

function statusOf(element: Element): TestCase["status"] {
  if ("failure" in element || "error" in element) return "failed";
  return "skipped" in element ? "skipped" : "passed";
}

function children(element: Element, name: string): Element[] {
  const value = element[name];
  return (Array.isArray(value) ? value : []).filter(
    (element): element is Element => typeof element === "object" && element !== null,
  );
}

function nameOf(element: Element): string {
  return attribute(element, "name") ?? "";
}

function fileOf(element: Element): string | null {
  const file = attribute(element, "file");
  if (file === null) return null;
  return path.isAbsolute(file) ? path.relative(SANDBOX_ROOT, file) : file;
}

function attribute(element: Element, name: string): string | null {
  const value = element[`@${name}`];
  return typeof value === "string" ? value : null;
}
