import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { compressFolder } from "./compress.mjs";
import { fixture } from "./testing/fixture";

test("compresses scripts and styles in all folders, and nothing else", async () => {
  const code = "export const answer = 42;\n".repeat(100);
  const root = fixture({ "chunks/a.js": code, "b.css": code, "font.woff2": code, "small.js": "1" });
  await compressFolder(root);
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.(br|gz)$/.test(name));
  expect(names.sort()).toEqual(["b.css.br", "b.css.gz", "chunks/a.js.br", "chunks/a.js.gz"]);
  expect(brotliDecompressSync(readFileSync(path.join(root, "chunks/a.js.br"))).toString()).toBe(code);
  expect(gunzipSync(readFileSync(path.join(root, "b.css.gz"))).toString()).toBe(code);
  expect(statSync(path.join(root, "chunks/a.js.br")).size).toBeLessThan(200);
});
