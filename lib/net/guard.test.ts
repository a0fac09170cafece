import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { type HostAddress, pinnedLookup } from "./check";
import { AddressError, checkTarget, parseTarget } from "./guard";

const PUBLIC = { address: "93.184.215.14", family: 4 };

async function refusal(url: string, privateHosts: string[] = [], answers: readonly HostAddress[] = [PUBLIC]) {
  const checked = checkTarget(url, { privateHosts, lookUp: () => Promise.resolve(answers) });
  return checked.then(
    ({ url: found }) => `let through: ${found.href}`,
    (error: unknown) => (error instanceof AddressError ? error.message : Promise.reject(error)),
  );
}

describe("S1: a URL that leads to a private network", () => {
  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://127.0.0.1./",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://%31%32%37.1/",
    "http://[2002:7f00:1::]/",
    "https://10.0.0.1:8443/",
    "http://①②⑦.0.0.1/",
  ])("%s is refused", async (url) => expect(await refusal(url)).toContain("private address"));

  test.each([
    ["ftp://example.org/", /only https: and http:/],
    ["file:///etc/passwd", /only https: and http:/],
    ["gopher://example.org:70/_x", /only https: and http:/],
    ["javascript:alert(1)", /only https: and http:/],
    ["https://user@example.org/", /user name or password/],
    ["https://a:b@example.org/", /user name or password/],
    ["https://example.org@127.0.0.1/", /user name or password/],
    ["http://example.org:22/", /has port 22/],
    ["http://example.org:6379/", /has port 6379/],
    ["http://a..b/", /has no valid host|not a URL/],
    ["http://example.org../", /has no valid host|not a URL/],
    ["nonsense", /is not a URL/],
    ["http://[fe80::1%25eth0]/", /is not a URL/],
  ])("%s is refused: %s", async (url, sentence) => expect(await refusal(url)).toMatch(sentence));

  test("one private address among public ones is enough, whichever comes first", async () => {
    const inside = { address: "10.0.0.7", family: 4 };
    expect(await refusal("https://mixed.example/", [], [PUBLIC, inside])).toContain("private address");
    expect(await refusal("https://mixed.example/", [], [inside, PUBLIC])).toContain("private address");
    const mapped = { address: "::ffff:10.0.0.7", family: 6 };
    expect(await refusal("https://mapped.example/", [], [PUBLIC, mapped])).toContain("private address");
  });

  test("a host without addresses, or with a failing lookup, is unknown", async () => {
    expect(await refusal("https://nowhere.example/", [], [])).toContain("is unknown");
    const failing = checkTarget("https://broken.example/", {
      privateHosts: [],
      lookUp: () => Promise.reject(new Error("SERVFAIL")),
    });
    await expect(failing).rejects.toThrow("is unknown");
  });
});

describe("allowed targets", () => {
  test("the target has no trailing dot, is in punycode, and has no fragment", async () => {
    const options = { privateHosts: [], lookUp: () => Promise.resolve([PUBLIC]) };
    expect((await checkTarget("HTTPS://Example.ORG.:443/a#b", options)).url.href).toBe("https://example.org/a");
    const lookalike = await checkTarget("https://pаypal.com/", options);
    expect(lookalike.url.href).toMatch(/^https:\/\/xn--/);
  });

  test("a listed host may be private, at the listed port only, but never link-local", async () => {
    const listed = ["wiki.internal:3000", "127.0.0.1:8080", "[::1]:8080", "169.254.1.1:80"];
    const own = [{ address: "10.0.0.7", family: 4 }];
    expect(await refusal("http://wiki.internal:3000/", listed, own)).toMatch(/^let through/);
    expect(await refusal("http://wiki.internal.:3000/", listed, own)).toMatch(/^let through/);
    expect(await refusal("http://wiki.internal/", listed, own)).toContain("private address");
    expect(await refusal("http://127.0.0.1:8080/", listed)).toMatch(/^let through/);
    expect(await refusal("http://2130706433:8080/", listed)).toMatch(/^let through/);
    expect(await refusal("http://[::1]:8080/", listed)).toMatch(/^let through/);
    expect(await refusal("http://127.0.0.1/", listed)).toContain("private address");
    const anyName = ["*.internal"];
    expect(await refusal("http://wiki.internal/", anyName, own)).toMatch(/^let through/);
    expect(await refusal("http://wiki.internal:22/", anyName, own)).toContain("has port 22");
    const metadata = [{ address: "169.254.169.254", family: 4 }];
    expect(await refusal("http://wiki.internal:3000/", listed, metadata)).toContain("private address");
    expect(await refusal("http://169.254.1.1/", listed)).toMatch(/^let through/);
  });

  test("parsing alone makes no lookup", () => {
    expect(parseTarget("https://nowhere.invalid/", { privateHosts: [] })).toMatchObject({
      host: "nowhere.invalid",
      port: 443,
    });
  });
});

describe("pinning", () => {
  test("a connection goes to the checked address, even if the name has changed", async () => {
    const server = http.createServer((request, response) => response.end(`for ${request.headers.host}`));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const answers = [[{ address: "127.0.0.1", family: 4 }], [{ address: "127.0.0.66", family: 4 }]];
    let asked = 0;
    const host = `rebinding.example:${port}`;
    const target = await checkTarget(`http://${host}/`, {
      privateHosts: [host],
      lookUp: () => Promise.resolve(answers[asked++] ?? []),
    });
    const text = await new Promise<string>((resolve, reject) => {
      const lookup = pinnedLookup(target.addresses);
      http
        .get(target.url, { agent: false, lookup }, (response) => {
          response.setEncoding("utf8").once("data", resolve);
        })
        .once("error", reject);
    });
    expect(text).toBe(`for ${host}`);
    expect(asked).toBe(1);
    await new Promise((resolve) => server.close(resolve));
  });

  test("a family without a checked address has no address", () => {
    const lookup = pinnedLookup([PUBLIC]);
    let found: unknown;
    lookup("x", { family: 6 }, (error) => {
      found = error;
    });
    expect(found).toBeInstanceOf(Error);
    lookup("x", { all: true }, (_error, addresses) => {
      found = addresses;
    });
    expect(found).toEqual([PUBLIC]);
  });
});
