/** Makes failing calls of the assertions that a file of tests uses: those of its runner, not the host's own. */

/** Arguments with which each assertion of `node:assert`, and of those that are like it, must fail. */
const FAILS: Record<string, (a: string, b: string) => string> = {
  ...Object.fromEntries(
    ["equal", "strictEqual", "deepEqual", "deepStrictEqual", "is", "same", "eql"].map((name) => [
      name,
      (a: string, b: string) => `"${a}", "${b}"`,
    ]),
  ),
  ...Object.fromEntries(
    ["notEqual", "notStrictEqual", "notDeepEqual", "notDeepStrictEqual"].map((name) => [
      name,
      (a: string) => `"${a}", "${a}"`,
    ]),
  ),
  ok: () => "0",
  true: () => "false",
  match: (a, b) => `"${a}", /${b}/`,
  throws: () => "() => {}",
  fail: (a) => `"${a}"`,
};

/** Failing calls of the matchers of `expect`. */
const MATCHERS: Record<string, (a: string, b: string) => string> = {
  ...Object.fromEntries(
    ["toBe", "toEqual", "toStrictEqual", "toContain", "toMatch", "toBeGreaterThan"].map((name) => [
      name,
      (a: string, b: string) => (name === "toBeGreaterThan" ? `(1).${name}(2)` : `("${a}").${name}("${b}")`),
    ]),
  ),
  toBeTruthy: () => "(0).toBeTruthy()",
  toBeFalsy: () => "(1).toBeFalsy()",
  toBeNull: (a) => `("${a}").toBeNull()`,
  toBeUndefined: (a) => `("${a}").toBeUndefined()`,
  toBeDefined: () => "(undefined).toBeDefined()",
  toHaveLength: () => "([]).toHaveLength(1)",
  toThrow: () => "(() => {}).toThrow()",
  toMatchObject: (a, b) => `({ a: "${a}" }).toMatchObject({ a: "${b}" })`,
};

/** A file may be any text: braces end at the next one, and names are no longer than anybody writes them. */
const ASSERT =
  /(?:import\s+(?:\*\s+as\s+)?(\w{1,100})(?:\s*,\s*\{[^{}]*\})?\s+from|(?:const|let|var)\s+(\w{1,100})\s*=\s*require\()\s*["'](?:node:)?(?:assert|power-assert|chai)(?:\/strict)?["']/;
const NAMED =
  /\b(?:import|const|let|var)\s*(?:\w+\s*,\s*)?\{([^{}]{0,2000})\}\s*(?:from|=\s*require\()\s*["'](?:node:)?assert(?:\/strict)?["']/;

/** Returns functions of JavaScript, as text, that each call an assertion of the file so that it must fail. `name`: random. */
export function failingAssertions(text: string, name: string): string[] {
  const [a, b] = [name, `${name}x`];
  const calls: string[] = [];
  const found = ASSERT.exec(text);
  const assert = found?.[1] ?? found?.[2];
  if (assert !== undefined) {
    if (new RegExp(`\\b${assert}\\(`).test(text)) calls.push(`${assert}(0)`);
    for (const [method, given] of Object.entries(FAILS))
      if (new RegExp(`\\b${assert}(\\.strict)?\\.${method}\\(`).test(text))
        calls.push(`${assert}.${method}(${given(a, b)})`);
  }
  for (const part of NAMED.exec(text)?.[1]?.split(",") ?? []) {
    const [method = "", local = method] = part.trim().split(/\s+as\s+|\s*:\s*/);
    const given = FAILS[method];
    if (given && local !== "") calls.push(`${local}(${given(a, b)})`);
  }
  for (const [matcher, given] of Object.entries(MATCHERS)) {
    if (!new RegExp(`\\.${matcher}\\(`).test(text) || !/\bexpect\(/.test(text)) continue;
    calls.push(`expect${given(a, b)}`);
  }
  if (/\.to\.(deep\.)?(equal|eql|be)\b/.test(text)) calls.push(`expect("${a}").to.equal("${b}")`);
  return calls.map((call) => `() => ${call}`);
}

/** Failing calls of the methods of unittest. */
const METHODS: Record<string, (a: string, b: string) => string> = {
  assertEqual: (a, b) => `"${a}", "${b}"`,
  assertNotEqual: (a) => `"${a}", "${a}"`,
  assertTrue: () => "False",
  assertFalse: () => "True",
  assertIs: (a) => `"${a}", None`,
  assertIsNone: (a) => `"${a}"`,
  assertIn: (a) => `"${a}", ""`,
  assertGreater: () => "1, 2",
  assertLess: () => "2, 1",
  assertListEqual: (a) => `["${a}"], []`,
  assertDictEqual: (a) => `{"${a}": 1}, {}`,
};

/** Returns a test of Python, as text, that fails by each assertion that the file uses. Without one that fails, it passes. */
export function pythonAssertions(text: string, name: string): string {
  const isClass = /\bunittest\b/.test(text);
  const used = Object.entries(METHODS).filter(([method]) => text.includes(`self.${method}(`));
  const calls = isClass
    ? (used.length > 0 ? used : Object.entries(METHODS).slice(0, 1)).map(
        ([method, given]) => `self.${method}(${given(name, `${name}x`)})`,
      )
    : [];
  const tries = calls.flatMap((call) => [
    "        try:",
    `            ${call}`,
    "        except AssertionError:",
    "            pass",
    "        else:",
    "            return",
  ]);
  if (isClass)
    return [
      "",
      "",
      `class ${name}(__import__("unittest").TestCase):`,
      `    def test_${name.toLowerCase()}(self):`,
      ...tries,
      `        ${calls.at(-1)}`,
      "",
      "",
      "",
    ].join("\n");
  return `\n\ndef test_${name.toLowerCase()}():\n    given = "${name}"\n    assert given == "${name}x"\n\n\n`;
}
