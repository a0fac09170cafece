/** All pages are rendered, and their links lead somewhere. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { previewServer } from "../src/preview.ts";
import { renderSite } from "../src/site.ts";

function folderOf(t: TestContext, files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "site-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
  return folder;
}

test("links of this site lead somewhere, and each page has a title", () => {
  const { files, faults } = renderSite("content");
  assert.deepEqual(faults, []);
  for (const [file, content] of files)
    if (file.endsWith(".html")) assert.match(String(content), /<h1 id="[^"]+">/, file);
});

test("pages have addresses of their own, and headings have ids", (t) => {
  const { files, faults } = renderSite(
    folderOf(t, {
      "index.md": "# Start\n\n[More](more.md#a-b) ![](dot.svg) [out](https://example.org/)",
      "more.md": "# More <&\n\n## A b\n\n## A b\n\n[up](index.md) [here](#a-b-2)",
      "dot.svg": "<svg/>",
    }),
  );
  assert.deepEqual(faults, []);
  assert.deepEqual([...files.keys()], ["index.html", "more/index.html", "dot.svg"]);
  const [start, more] = ["index.html", "more/index.html"].map((file) => String(files.get(file)));
  assert.match(start ?? "", /href="\/more\/#a-b".*src="\/dot\.svg".*href="https:\/\/example\.org\/"/);
  assert.match(more ?? "", /<title>More &lt;&amp; · .*<\/title>/);
  assert.match(more ?? "", /<h2 id="a-b">.*\n<h2 id="a-b-2">/);
});

test("links that lead nowhere are named", (t) => {
  const { faults } = renderSite(folderOf(t, { "index.md": "# A\n\n[a](b.md) [b](#c) [d](../../etc/passwd)" }));
  assert.deepEqual(faults, [
    "index.md links to b.md, which is not there.",
    "index.md links to #c, but that page has no such heading.",
    "index.md links to ../../etc/passwd, which is not there.",
  ]);
});

test("the preview shows pages and nothing outside of the site", async (t) => {
  const server = previewServer(folderOf(t, { "index.md": "# A", "b.md": "# B" })).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const ask = (place: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${place}`);
  assert.match(await (await ask("/b/")).text(), /<h1 id="b">B<\/h1>/);
  assert.equal((await ask("/")).headers.get("content-type"), "text/html; charset=utf-8");
  for (const place of ["/c/", "/%2e%2e/package.json", "/%ff"]) assert.equal((await ask(place)).status, 404);
});
