import { expect, test } from "vitest";
import { createConverter } from "./converter";
import { WebError } from "./errors";

const convert = createConverter({ timeoutMs: 120_000, memoryMb: 512, atOnce: 2 }, process.cwd());
const { signal } = new AbortController();
const URL_OF_PAGE = "https://example.org/dir/page";

async function lengthOf(html: string): Promise<number> {
  return (await convert(html, URL_OF_PAGE, signal)).markdown.length;
}

test("an article is separated from the text around it", async () => {
  const text = "<p>Figs are pollinated by wasps, which live in them, and so it has been for eighty million years.</p>";
  const page = `<title>Figs</title><div class="sidebar"><a href="/a">menu entry</a></div><article><h1>Figs</h1>${text.repeat(12)}
    <ul><li><input type="checkbox" checked> done<li><del>old</del></ul></article><div class="footer comment">imprint</div>`;
  const { title, markdown } = await convert(page, URL_OF_PAGE, signal);
  expect(title).toBe("Figs");
  expect(markdown).toContain("pollinated by wasps");
  expect(markdown).toContain("~~old~~");
  expect(markdown).not.toMatch(/menu entry|imprint/);
});

test("no large part of a page's main element is lost", async () => {
  const sections = Array.from({ length: 12 }, (_, at) => {
    return `<details><summary><h3>Method ${at}</h3></summary><div class="meta"><code>fn f${at}()</code> <a href="#f">source</a></div></details>`;
  });
  const text = "<p>A view into an occupied entry, which is constructed from a method on the map, and holds a key.</p>";
  const { markdown } = await convert(
    `<nav>menu</nav><main>${text.repeat(6)}${sections.join("")}</main>`,
    URL_OF_PAGE,
    signal,
  );
  expect(markdown).toContain("A view into");
  for (let at = 0; at < 12; at += 1) expect(markdown).toContain(`fn f${at}()`);
  expect(markdown).not.toContain("menu");
});

test("tables that only lay out a page become text, and cells keep their columns", async () => {
  const inner =
    "<table><tr><th>a</th><th colspan=2>b</th></tr><tr>\n<td>1</td>\n<td>2</td><td>3<br>4</td></tr></table>";
  const { markdown } = await convert(`<table><tr><td>${inner}</td><td>side</td></tr></table>`, URL_OF_PAGE, signal);
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  expect(lines.length).toBe(3);
  expect(lines.map((line) => line.split("|").length)).toEqual([5, 5, 5]);
  expect(markdown).toMatch(/\n\nside$/);
});

test("large pages of every shape are converted whole", { timeout: 120_000 }, async () => {
  const row = (at: number) => `<tr><td>row ${at}</td><td>value ${at * 7}</td><td>some text here</td></tr>`;
  const table = `<table><thead><tr><th>a<th>b<th>c</thead>${Array.from({ length: 30_000 }, (_, at) => row(at)).join("")}</table>`;
  expect(table.length).toBeGreaterThan(2_000_000);
  const { markdown } = await convert(table, URL_OF_PAGE, signal);
  expect(markdown.split("\n").length).toBe(30_002);
  expect(markdown).toMatch(/\| row 29999 \| value 209993 \| some text here \|$/);
  expect(await lengthOf("<p>Hello, this and that</p>".repeat(50_000))).toBeGreaterThan(1_000_000);
  expect(await lengthOf("a".repeat(5_000_000))).toBe(5_000_000);
  expect(await lengthOf(`<p ${"a=b ".repeat(100_000)}>x`)).toBe(1);
});

test("deep nesting is flattened, or refused in one sentence, and does not crash the server", async () => {
  expect((await convert(`${"<div>".repeat(1_000)}deep text`, URL_OF_PAGE, signal)).markdown).toBe("deep text");
  expect((await convert(`${"<b><i>".repeat(400)}deep text`, URL_OF_PAGE, signal)).markdown).toContain("deep text");
  const hasty = createConverter({ timeoutMs: 3_000, memoryMb: 256, atOnce: 1 }, process.cwd());
  for (const html of ["<div>".repeat(100_000), "<ul><li>x".repeat(50_000), "<a><b>".repeat(50_000)]) {
    const outcome = await hasty(html, URL_OF_PAGE, signal).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(WebError);
    expect((outcome as WebError).message).toMatch(/too large or too deeply nested/);
  }
});

test("a page that needs too much memory ends only its own process", async () => {
  const small = createConverter({ timeoutMs: 30_000, memoryMb: 24, atOnce: 1 }, process.cwd());
  await expect(small("<p>x".repeat(400_000), URL_OF_PAGE, signal)).rejects.toThrow(/too large or too deeply nested/);
  expect((await small("<p>fine", URL_OF_PAGE, signal)).markdown).toBe("fine");
});

test("a stopped call ends its process, and waiting calls continue", async () => {
  const converter = createConverter({ timeoutMs: 120_000, memoryMb: 256, atOnce: 1 }, process.cwd());
  const stop = new AbortController();
  const endless = converter("<div>".repeat(100_000), URL_OF_PAGE, stop.signal);
  const next = converter("<p>next", URL_OF_PAGE, signal);
  stop.abort(new Error("stopped"));
  await expect(endless).rejects.toThrow("stopped");
  expect((await next).markdown).toBe("next");
});
