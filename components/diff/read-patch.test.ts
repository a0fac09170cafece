import { expect, test } from "vitest";
import { withoutDisguise } from "@/core/words/visible";
import { firstLines, hunkText, lineCount, readPatch } from "./read-patch";
import { textPatch } from "./text-patch";

const PATCH = `diff --git a/src/tenant.ts b/src/tenant.ts
index 1111111..2222222 100644
--- a/src/tenant.ts
+++ b/src/tenant.ts
@@ -29,3 +29,3 @@ export function tenant
 const tenant = host;
-Object.assign(query, { tenant });
+extendQuery(req, { tenant });
 next();
\\ No newline at end of file
diff --git a/my logo.png b/my logo.png
new file mode 100644
index 0000000..3333333
Binary files /dev/null and b/my logo.png differ
diff --git a/old.md b/old.md
deleted file mode 100644
--- a/old.md
+++ /dev/null
@@ -1,2 +0,0 @@
--- a list
-++ and more
diff --git "a/a\\tb \\"c\\".md" "b/a\\tb \\"c\\".md"
new file mode 100644
--- /dev/null
+++ "b/a\\tb \\"c\\".md"
@@ -0,0 +1 @@
+Hello
`;

test("each file of a patch has its name, its change and its lines", () => {
  const [tenant, logo, old, odd] = readPatch(PATCH);
  expect(tenant).toMatchObject({ path: "src/tenant.ts", change: "modified", added: 1, removed: 1, isBinary: false });
  expect(tenant?.hunks.map(hunkText)).toEqual(["line 29, export function tenant"]);
  expect(tenant?.hunks[0]?.changes.map(({ type, content }) => `${type} ${content}`)).toEqual([
    "normal const tenant = host;",
    "delete Object.assign(query, { tenant });",
    "insert extendQuery(req, { tenant });",
    "normal next();",
  ]);
  expect(logo).toMatchObject({ path: "my logo.png", change: "added", isBinary: true, hunks: [] });
  // Lines that look like a file header are lines of the file.
  expect(old).toMatchObject({ path: "old.md", change: "deleted", removed: 2 });
  expect(old?.hunks[0]?.changes.map(({ content }) => content)).toEqual(["-- a list", "++ and more"]);
  expect(odd).toMatchObject({ path: 'a\tb "c".md', change: "added", added: 1 });
});

test("a sign that ends a line elsewhere, within a line, hides nothing of it", () => {
  const header = "diff --git a/notes.md b/notes.md\n--- a/notes.md\n+++ b/notes.md\n@@ -1 +1,3 @@";
  for (const sign of ["\r", "\u2028", "\u2029"]) {
    const code = withoutDisguise(sign);
    const patch = `${header}\n one\n+// adds${sign}diff --git a/new.md b/new.md\n+rm -rf ~${sign}@@ -1 +1 @@\n`;
    const files = readPatch(patch);
    expect(files.map(({ path, added }) => [path, added])).toEqual([["notes.md", 2]]);
    expect(files[0]?.hunks.flatMap(({ changes }) => changes.map(({ content }) => content))).toEqual([
      "one",
      `// adds${code}diff --git a/new.md b/new.md`,
      `rm -rf ~${code}@@ -1 +1 @@`,
    ]);
    const named = `a${sign}@@ -1 +1 @@${sign}new file mode 100644${sign}Binary files`;
    const [odd] = readPatch(patch.replaceAll("a/notes.md", `a/${named}`).replaceAll("b/notes.md", `b/${named}`));
    expect(odd).toMatchObject({ path: named, change: "modified", isBinary: false, added: 2 });
  }
});

test("a file keeps its name, and its lines show marks that turn the direction of text", () => {
  const [file] = readPatch(textPatch("pay\u202egpj.sh", "", "if (x) {\u202e } // \u200b\n"));
  expect(file?.path).toBe("pay\u202egpj.sh");
  expect(file?.hunks[0]?.changes[0]?.content).toBe("if (x) {\\u{202e} } // \\u{200b}");
  expect(readPatch('diff --git "a/a\\rb" "b/a\\rb"\n')[0]?.path).toBe("a\rb");
});

test("a patch that was cut anywhere is read up to the cut", () => {
  for (let at = 0; at <= PATCH.length; at++) expect(readPatch(PATCH.slice(0, at)).length).toBeLessThanOrEqual(4);
  expect(readPatch(PATCH.slice(0, PATCH.indexOf("extendQuery")))[0]?.added).toBe(1);
  expect(readPatch("")).toEqual([]);
  expect(readPatch("no patch at all")).toEqual([]);
});

test("`firstLines` returns as many lines as requested", () => {
  const [file] = readPatch(textPatch("a.md", "", Array.from({ length: 500 }, (_, at) => `line ${at}`).join("\n")));
  expect(lineCount(file?.hunks ?? [])).toBe(500);
  expect(lineCount(firstLines(file?.hunks ?? [], 160))).toBe(160);
});

test("file names outside ASCII are read correctly", () => {
  expect(readPatch(textPatch("version 1 → Änderung", "a", "b"))[0]?.path).toBe("version 1 → Änderung");
});

test("two different texts make a patch, identical texts make none", () => {
  expect(textPatch("a.md", "same\n", "same\n")).toBe("");
  const [file] = readPatch(textPatch("my\nnotes.md", "one\ntwo\n", "one\nthree\n"));
  expect(file).toMatchObject({ path: "my notes.md", added: 1, removed: 1, change: "modified" });
  const [ends] = readPatch(textPatch("a", "one", "one\n"));
  expect(ends).toMatchObject({ added: 1, removed: 1 });
  const [text, other] = ["a", "b"].map((mark) => Array.from({ length: 30_000 }, (_, at) => `${mark}${at}`).join("\n"));
  expect(readPatch(textPatch("long", text ?? "", other ?? ""))[0]).toMatchObject({ added: 30_000, removed: 30_000 });
});
