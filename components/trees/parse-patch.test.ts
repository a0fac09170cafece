import { expect, test } from "vitest";
import { parsePatch } from "./parse-patch";

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
diff --git a/logo.png b/logo.png
new file mode 100644
index 0000000..3333333
Binary files /dev/null and b/logo.png differ
diff --git a/old.md b/old.md
deleted file mode 100644
--- a/old.md
+++ /dev/null
@@ -1,2 +0,0 @@
--- a list
-++ and more
`;

test("each line of a diff has its kind and its numbers in both versions", () => {
  const [tenant, logo, old] = parsePatch(PATCH);
  expect(tenant).toMatchObject({ path: "src/tenant.ts", added: 1, removed: 1, isBinary: false });
  expect(tenant?.lines).toEqual([
    { kind: "hunk", from: null, to: null, text: "line 29, export function tenant" },
    { kind: "same", from: 29, to: 29, text: "const tenant = host;" },
    { kind: "removed", from: 30, to: null, text: "Object.assign(query, { tenant });" },
    { kind: "added", from: null, to: 30, text: "extendQuery(req, { tenant });" },
    { kind: "same", from: 31, to: 31, text: "next();" },
    { kind: "note", from: null, to: null, text: "No newline at end of file" },
  ]);
  expect(logo).toMatchObject({ path: "logo.png", isBinary: true, lines: [] });
  // Lines that look like the head of a file are lines of the file.
  expect(old?.lines.slice(1).map((line) => line.text)).toEqual(["-- a list", "++ and more"]);
});

test("a diff that was cut in the middle of a line is read as far as it goes", () => {
  expect(parsePatch(PATCH.slice(0, PATCH.indexOf("extendQuery")))[0]?.added).toBe(1);
  expect(parsePatch("")).toEqual([]);
});
