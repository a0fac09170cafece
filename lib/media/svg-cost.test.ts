/** U3: an SVG of an agent that keeps the tab busy which shows it. */
import { expect, test } from "vitest";
import { isDrawnQuickly } from "./svg-cost";

const svg = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${content}</svg>`;
const levels = (use: (id: string) => string, last: string) =>
  `<defs><g id="a0"><rect width="1" height="1"/></g>${Array.from(
    { length: 6 },
    (_, at) => `<g id="a${at + 1}">${use(`a${at}`).repeat(10)}</g>`,
  ).join("")}</defs>${last}`;
const ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';

test.each([
  ["elements used again", levels((id) => `<use href="#${id}"/>`, '<use href="#a6"/>')],
  ["the same in the older way", levels((id) => `<use xlink:href='#${id}'/>`, '<use xlink:href="#a6"/>')],
  ["a reference in disguise", levels((id) => `<use href="&#35;${id}"/>`, '<use href="&#x23;a6"/>')],
  ["patterns in patterns", levels((id) => `<rect fill="url(#${id})"/>`, "<rect fill=\"url( '#a6' )\"/>")],
  ["masks in a style", levels((id) => `<rect style="mask: url(#${id})"/>`, '<rect style="mask:url(#a6)"/>')],
  ["an address of the file itself", levels((id) => `<use href="a.svg#${id}"/>`, '<use href="a.svg#a6"/>')],
  ["percent codes", levels((id) => `<use href="#%${id.charCodeAt(0).toString(16)}${id.slice(1)}"/>`, "<g/>")],
  ["codes of style sheets", levels((id) => `<rect mask="url(\\23 ${id})"/>`, "<g/>")],
  ["an SVG in the SVG", '<image href="dat&#10;a:image/svg+xml;base64,PHN2Zz4="/>'],
  ["an element that uses itself", '<g id="a"><use href="#a"/></g>'],
  [
    "a long chain of uses",
    `<g id="a0"/>${Array.from({ length: 7_000 }, (_, at) => `<g id="a${at + 1}"><use href="#a${at}"/></g>`).join("")}<use href="#a7000"/>`,
  ],
  ["many uses of many elements", `<g id="a">${"<rect/>".repeat(500)}</g>${'<use href="#a"/>'.repeat(500)}`],
  ["many filters", `<filter id="f">${"<feTurbulence/>".repeat(20)}</filter>${'<rect filter="url(#f)"/>'.repeat(20)}`],
  ["a style sheet", "<style>rect { fill: url(#a6) }</style><rect/>"],
  ["a comment that only looks like one", '<!-- a -- > <g id="a"> -->'],
  ["an end that is none", "<g></svg>"],
  ["deep nesting", `${"<g>".repeat(5_000)}${"</g>".repeat(5_000)}`],
])("U3: %s: shown as source", (_, content) => {
  expect(isDrawnQuickly(svg(content))).toBe(false);
});

test("U3: style sheets outside are not followed", () => {
  expect(isDrawnQuickly(`<?xml-stylesheet href="data:text/css,g{mask:url(%23a6)}"?>${svg("<g/>")}`)).toBe(false);
});

test("U3: entities are not read at all", () => {
  expect(isDrawnQuickly(`${ENTITIES}${svg("<text>&b;</text>")}`)).toBe(false);
});

test("U3: no text makes the check itself slow", () => {
  const long = 256_000;
  for (const [before, piece] of [
    ["<", "a"],
    ["<a ", " "],
    ["<a ", "'x' "],
    ['<a b="', "url( "],
    ["<a ", "b = "],
    ["", "<!--"],
    ["<!DOCTYPE", " "],
    ["<?xml", " "],
    ["", "<a>"],
  ] as const)
    expect(isDrawnQuickly(before + piece.repeat(long / piece.length))).toBe(false);
  expect(isDrawnQuickly(svg(`<a b="${"#a ".repeat(80_000)}"/>`))).toBe(true);
});

test("a drawing as programs write it is shown", () => {
  const chart = `<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<!-- Created with a plotting library -->
${svg(`<defs><path id="glyph-65" d="M 0 0 L 9 9"/><clipPath id="clip"><rect/></clipPath>
  <style type="text/css">*{stroke-linejoin: round; stroke: #00f}</style><linearGradient id="g1"><stop offset="0"/></linearGradient><linearGradient id="g2" xlink:href="#g1"/></defs>
  <g clip-path="url(#clip)" title='a > b'>${'<use xlink:href="#glyph-65" x="1"/>'.repeat(2_000)}</g><rect fill="url(#g2)"/>
  <image href="data:image/png;base64,iVBORw0KGgo="/>`)}
`;
  expect(isDrawnQuickly(chart)).toBe(true);
});
