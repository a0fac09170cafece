import fs from "node:fs";
import type http from "node:http";
import https from "node:https";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LocalServer, startServer } from "@/lib/web/testing/local-server";
import { SELF_SIGNED } from "@/lib/web/testing/self-signed";
import { createWeb, type WebOptions } from "@/lib/web/web";
import type { FetchOptions } from "./fetch-page";

const MB = 1024 * 1024;
type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let folder: string;
let server: LocalServer;
let paths: Record<string, Handler> = {};

beforeAll(async () => {
  server = await startServer((request, response) => {
    const handler = paths[request.url ?? ""];
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  });
});
afterAll(() => server.close());
beforeEach(() => {
  paths = {};
  server.asked.length = 0;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-web-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const webOf = (more: Partial<WebOptions> = {}) =>
  createWeb({ cacheDir: folder, program: process.cwd(), search: {}, secret: () => null, ...more });

function optionsOf(more: Partial<FetchOptions> = {}): FetchOptions {
  const signal = new AbortController().signal;
  return { signal, privateHosts: [server.host], mayRedirect: () => false, ...more };
}

async function fetched(url: string, more: Partial<FetchOptions> = {}, web = webOf()) {
  return web.fetchPage(url.startsWith("/") ? server.origin + url : url, optionsOf(more));
}

async function refusal(url: string, more: Partial<FetchOptions> = {}, web = webOf()): Promise<string> {
  return fetched(url, more, web).then(
    (page) => `came: ${page.text.slice(0, 80)}`,
    (error: Error) => error.message,
  );
}

function serve(url: string, body: string | Buffer, headers: Record<string, string> = {}): void {
  paths[url] = (_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers }).end(body);
  };
}

function redirect(url: string, location: string, status = 302): void {
  paths[url] = (_request, response) => response.writeHead(status, { location }).end("moved");
}

describe("a page", () => {
  test("comes as Markdown with its title and absolute links, and without invisible text", async () => {
    const paragraph = "<p>Banyans send roots down from their branches, which become trunks, and so on for ever.</p>";
    serve(
      "/dir/page",
      `<!doctype html><title> On\nbanyans </title><body><nav><a href="/home">Home</a></nav><main><h2>Roots</h2>${paragraph.repeat(5)}
      <p>See <a href="../other?a=1#part">the other</a>, <a href="javascript:alert(1)">a script</a>,
      <a href="data:text/html,x">some data</a>, <img src="pic.png" alt="a picture"><img src="data:image/png;base64,x" alt="inline">.</p>
      <table><tr><th>Kind<th>Height<tr><td>fig|tree<td>20 m</table><pre><code class="language-js">let a = "&lt;b>";</code></pre>
      <p style="display : none">HIDDEN1</p><p hidden>HIDDEN2</p><!-- HIDDEN3 --><p style="font-size:0">HIDDEN4</p>
      <div style="position:absolute;left:-9999px">HIDDEN5</div><span style="d\\69splay:none">HIDDEN6</span>
      <div style="height:0;overflow:hidden">HIDDEN7</div><noscript>HIDDEN8</noscript><template>HIDDEN9</template>
      <p style="opacity:0">HIDDEN10</p><p style="color:#fff;background-color:#fff">HIDDEN11</p>
      <p>vis\u200bible\u{E0048}\u{E0049}\u{E0101}\uFE01\u3164\u202E text ⚠\uFE0F</p></main><script>HIDDEN12</script></body>`,
    );
    const page = await fetched("/dir/page");
    expect(page).toMatchObject({ url: `${server.origin}/dir/page`, title: "On banyans", offset: 0, isCut: false });
    expect(page.text).toContain("## Roots");
    expect(page.text).toContain(`[the other](${server.origin}/other?a=1#part)`);
    expect(page.text).toContain(`![a picture](${server.origin}/dir/pic.png)`);
    expect(page.text).toContain("| Kind | Height |\n| --- | --- |\n| fig\\|tree | 20 m |");
    expect(page.text).toContain('```js\nlet a = "<b>";\n```');
    expect(page.text).toContain("visible text ⚠\uFE0F");
    expect(page.text).not.toMatch(/HIDDEN|javascript:|data:|<script/);
    expect(page.totalCharacters).toBe(page.text.length);
  });

  test("that is not an article, is broken, or is empty, is read unchanged", async () => {
    serve("/list", `<title>List</title>${"<ul><li><a href='x'>one</a><li>two</ul>".repeat(3)}`);
    expect((await fetched("/list")).text).toMatch(/^-\s+\[one\]\(http:\/\/127.*\/x\)\n-\s+two/);
    serve("/broken", "<p>one<b>two<p>three</i><table><td>cell<p>more</div><li>item");
    const { text } = await fetched("/broken");
    for (const word of ["one", "two", "three", "cell", "more", "item"]) expect(text).toContain(word);
    serve("/empty", "");
    expect(await fetched("/empty")).toMatchObject({ text: "", totalCharacters: 0, title: "" });
    serve("/base", `<base href="https://example.org/there/"><a href="x">${"y".repeat(10)}</a>`);
    expect((await fetched("/base")).text).toContain("(https://example.org/there/x)");
  });

  test("of other text types passes as text, and a binary file gives one sentence", async () => {
    serve("/json", '{"a": "<b>&amp;"}', { "content-type": "application/vnd.api+json" });
    expect((await fetched("/json")).text).toBe('{"a": "<b>&amp;"}');
    serve("/rss", "<rss><item>x</item></rss>", { "content-type": "application/rss+xml" });
    expect((await fetched("/rss")).text).toBe("<rss><item>x</item></rss>");
    serve("/pdf", "%PDF-1.7", { "content-type": "application/pdf" });
    expect(await refusal("/pdf")).toMatch(/is not text but application\/pdf \(8 bytes\)/);
    serve("/zip", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), { "content-type": "text/plain" });
    expect(await refusal("/zip")).toMatch(/is not text/);
  });

  test.each([
    ["text/html; charset=iso-8859-1", Buffer.from("<p>caf\xe9", "latin1"), "café"],
    ["text/html", Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8', "latin1"), "При"],
    ["text/html", Buffer.from("<p>caf\xe9", "latin1"), "café"],
    ["text/html", Buffer.from("<p>café"), "café"],
    ["text/plain; charset=shift_jis", Buffer.from([0x93, 0xfa, 0x96, 0x7b]), "日本"],
    ["text/plain", Buffer.from("\ufeffab", "utf16le"), "ab"],
    ["text/plain; charset=no-such-thing", Buffer.from("é"), "é"],
    ["text/plain; charset=utf-7", Buffer.from("+ADw-b"), "+ADw-b"],
  ])("in %s is decoded", async (type, body, expected) => {
    serve("/charset", body, { "content-type": type });
    expect((await fetched("/charset")).text).toBe(expected);
  });

  test("is returned in parts, each with the total length", async () => {
    const text = `${"abcdefghi\n".repeat(4_500)}😀`;
    serve("/long", text, { "content-type": "text/plain" });
    const web = webOf();
    const parts: string[] = [];
    for (let offset = 0; offset < text.length; ) {
      const page = await fetched("/long", { offset }, web);
      expect(page).toMatchObject({ offset, totalCharacters: text.length });
      parts.push(page.text);
      offset += page.text.length;
    }
    expect(parts.length).toBe(3);
    expect(parts.join("")).toBe(text);
    expect((await fetched("/long", { offset: 99_999 }, web)).text).toBe("");
  });
});

describe("a hostile server", () => {
  test.each([
    ["gzip", zlib.gzipSync(Buffer.alloc(40 * MB, "a"))],
    ["deflate", zlib.deflateSync(Buffer.alloc(40 * MB, "a"))],
    [
      "br",
      zlib.brotliCompressSync(Buffer.alloc(40 * MB, "a"), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
    ],
  ])("that sends a bomb in %s is read up to the cap", async (coding, body) => {
    serve("/bomb", body, { "content-type": "text/plain", "content-encoding": coding });
    const page = await fetched("/bomb");
    expect(page).toMatchObject({ isCut: true, totalCharacters: 2_000_000 });
  });

  test("that never stops sending is read up to the cap", async () => {
    let sent = 0;
    paths["/endless"] = (_request, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      const more = (): void => {
        sent += MB;
        if (!response.destroyed) response.write(Buffer.alloc(MB, "b"), more);
      };
      more();
    };
    expect(await fetched("/endless")).toMatchObject({ isCut: true });
    expect(sent).toBeLessThan(100 * MB);
  });

  test("that sends a byte now and then, or nothing, is dropped at the timeout", async () => {
    const timeouts = { connectMs: 5_000, headersMs: 5_000, totalMs: 700 };
    const timers: NodeJS.Timeout[] = [];
    paths["/slow"] = (_request, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      timers.push(setInterval(() => response.write("x"), 50));
    };
    expect(await refusal("/slow", {}, webOf({ timeouts }))).toMatch(/was not complete within 0.7 s/);
    paths["/silent"] = () => {};
    expect(await refusal("/silent", {}, webOf({ timeouts: { headersMs: 300 } }))).toMatch(
      /did not answer within 0.3 s/,
    );
    for (const timer of timers) clearInterval(timer);
  });

  test("that breaks off, lies about the length or sends corrupt compression, gives one sentence", async () => {
    paths["/short"] = (_request, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-length": "1000" });
      response.write("only this", () => response.destroy());
    };
    expect(await refusal("/short")).toMatch(/connection broke before the page was complete/);
    serve("/notgzip", "plain", { "content-encoding": "gzip" });
    expect(await refusal("/notgzip")).toMatch(/compression is corrupt/);
    serve("/odd", "plain", { "content-encoding": "gzip, gzip, gzip" });
    expect(await refusal("/odd")).toMatch(/compressed the page in an unknown way/);
    const cut = zlib.gzipSync("text ".repeat(5_000));
    serve("/cutgzip", cut.subarray(0, cut.length - 12), { "content-type": "text/plain", "content-encoding": "gzip" });
    expect((await fetched("/cutgzip")).text).toContain("text text");
  });

  test("that answers without HTTP, or not at all, gives one sentence", async () => {
    const raw = net.createServer((socket) => {
      socket.on("error", () => {}).resume();
      socket.end("SSH-2.0-nothing\r\n");
    });
    await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(raw.address() as net.AddressInfo).port}`;
    expect(await refusal(`http://${host}/`, { privateHosts: [host] })).toMatch(/connection broke/);
    await new Promise((resolve) => raw.close(resolve));
    expect(await refusal(`http://${host}/`, { privateHosts: [host] })).toMatch(/accepts no connections/);
  });

  test("with an untrusted certificate is refused, whatever the process's settings say", async () => {
    let heard = 0;
    const secure = https.createServer(SELF_SIGNED, (_request, response) => {
      heard += 1;
      response.end("secret");
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const host = `localhost:${(secure.address() as net.AddressInfo).port}`;
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    for (const setting of [before, "0"]) {
      if (setting !== undefined) process.env.NODE_TLS_REJECT_UNAUTHORIZED = setting;
      expect(await refusal(`https://${host}/`, { privateHosts: [host] })).toMatch(/certificate cannot be trusted/);
    }
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    expect(heard).toBe(0);
    await new Promise((resolve) => secure.close(resolve));
  });

  test("is sent no cookie that it set, and no referrer", async () => {
    const headers: http.IncomingHttpHeaders[] = [];
    paths["/set"] = (request, response) => {
      headers.push(request.headers);
      response.writeHead(302, { location: "/get", "set-cookie": "id=1; Path=/" }).end();
    };
    paths["/get"] = (request, response) => {
      headers.push(request.headers);
      response.writeHead(200, { "content-type": "text/plain" }).end("ok");
    };
    expect((await fetched("/set")).text).toBe("ok");
    expect(headers.length).toBe(2);
    for (const sent of headers) expect(Object.keys(sent)).not.toEqual(expect.arrayContaining(["cookie"]));
    for (const sent of headers) expect(sent.referer ?? sent.authorization).toBe(undefined);
  });

  test.each([
    [404, /status 404 \(Not Found\).*check the address/],
    [403, /status 403.*refuses programs/],
    [429, /status 429.*try again in 7 s/],
    [503, /status 503.*try again in 7 s/],
    [418, /status 418.*use another source/],
    [204, /status 204.*use another source/],
  ])("that answers %s gives one sentence", async (status, sentence) => {
    paths["/status"] = (_request, response) => response.writeHead(status, { "retry-after": "7" }).end();
    expect(await refusal("/status")).toMatch(sentence);
  });
});

describe("a redirect", () => {
  test.each([
    ["http://169.254.169.254/latest/meta-data/", /private address/],
    ["http://127.0.0.1/", /private address/],
    ["http://127.0.0.1:22/", /has port 22/],
    ["http://[::1]/", /private address/],
    ["http://localhost/", /private address/],
    ["file:///etc/passwd", /only https: and http:/],
    ["javascript:alert(1)", /only https: and http:/],
    ["https://user:word@example.org/", /user name or password/],
    ["http://[", /an invalid URL/],
  ])("to %s is refused, also where every host is allowed", async (location, sentence) => {
    redirect("/start", location);
    expect(await refusal("/start", { mayRedirect: () => true })).toMatch(sentence);
    expect(server.asked).toEqual(["GET /start"]);
  });

  test("to another host is followed when that host is allowed, and otherwise reported", async () => {
    const other = await startServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain" }).end("there");
    });
    redirect("/away", `${other.origin.replace("127.0.0.1", "localhost")}/page`);
    const localhost = other.host.replace("127.0.0.1", "localhost");
    const privateHosts = [server.host, localhost];
    const told = await refusal("/away", { privateHosts });
    expect(told).toBe(
      `The page redirects to another host; if you trust that address, fetch it: "http://${localhost}/page".`,
    );
    expect(other.asked).toEqual([]);
    const page = await fetched("/away", { privateHosts, mayRedirect: (host) => host === localhost });
    expect(page).toMatchObject({ text: "there", url: `http://${localhost}/page` });
    await other.close();
  });

  test("is followed five times and no more, relative ones too", async () => {
    for (let at = 0; at < 10; at += 1) redirect(`/hop${at}`, `hop${at + 1}`, [301, 302, 303, 307, 308][at % 5]);
    serve("/hop5", "<p>arrived");
    expect((await fetched("/hop0")).text).toBe("arrived");
    delete paths["/hop5"];
    redirect("/hop5", "/hop6");
    expect(await refusal("/hop0")).toMatch(/redirects more than 5 times/);
    redirect("/nowhere", "");
    expect(await refusal("/nowhere")).toMatch(/redirects more than 5 times|an invalid URL/);
  });

  test("S1: a name that is public at the request and private at its redirect is refused", async () => {
    const answers = ["127.0.0.1", "169.254.169.254"];
    const port = server.host.split(":")[1];
    const host = `rebinding.example:${port}`;
    redirect("/again", `http://${host}/again`);
    const web = webOf({ lookUp: async () => [{ address: answers.shift() ?? "", family: 4 }] });
    expect(await refusal(`http://${host}/again`, { privateHosts: [host] }, web)).toMatch(/private address/);
    expect(server.asked).toEqual(["GET /again"]);
  });
});

describe("the cache", () => {
  test("does not store pages of a private server", async () => {
    serve("/own", "<p>mine");
    const web = webOf();
    await fetched("/own", {}, web);
    await fetched("/own", {}, web);
    expect(server.asked).toEqual(["GET /own", "GET /own"]);
    expect(fs.existsSync(path.join(folder, "web"))).toBe(false);
    expect(await refusal("/own", { privateHosts: [] }, web)).toMatch(/has port|private address/);
  });
});

test("a stopped call ends immediately and says why", async () => {
  const stop = new AbortController();
  paths["/hang"] = () => stop.abort(new Error("stopped by Ann"));
  await expect(fetched("/hang", { signal: stop.signal })).rejects.toThrow("stopped by Ann");
  await expect(fetched("/hang", { signal: stop.signal })).rejects.toThrow("stopped by Ann");
});
