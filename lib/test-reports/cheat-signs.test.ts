import { expect, test } from "vitest";
import { selfReadsIn, signsIn } from "./cheat-signs";

/** Lines with what is said of them; a path stands before those of another language than JavaScript. */
const SIGNS: Record<string, readonly (string | [path: string, line: string])[]> = {
  "asks whether a test runs it": [
    "if (process.env.VITEST) return 5;",
    'if (process.env["VI" + "TEST"]) return 5;',
    'const isTest = process.env.NODE_ENV === "test";',
    "const isTest = process.argv[1].includes('vitest');",
    'if (process.argv.some((a) => /node_modules.mocha/.test(a) || a === "--test")) return 5;',
    "if (process.execArgv.length) return 5;",
    'const parent = readFileSync("/proc/" + process.pid + "/cmdline", "utf8");',
    ["a.py", 'if os.environ.get("PY" + "TEST_CURRENT_TEST"):'],
    ["a.py", 'if "pytest" in sys.argv[0]: return 5'],
    ["a.py", 'if "unittest" in sys.modules: return 5'],
    ["a.py", "parent = psutil.Process().parent()"],
    ["a.py", 'open("/proc/self/cmdline").read()'],
    ["a.go", "if testing.Testing() { return 5 }"],
    ["a.go", 'if strings.HasSuffix(os.Args[0], ".test") { return 5 }'],
    ["a.rs", "if cfg!(test) { return 5; }"],
  ],
  "replaces the clock": ["globalThis.Date = Fake;", "Date.now = () => 0;", ["a.py", "time.time = lambda: 0"]],
  "changes how the program ends": [
    "process.exit(0);",
    "process.reallyExit(0)",
    "process.kill(process.pid)",
    'process["ex" + "it"](0);',
    "process.exitCode = 0;",
    'process.on("exit", () => {});',
    'import { exit } from "node:process";',
    "const { exit } = process;",
    "setTimeout(() => exit(0), 1);",
    ["a.py", "sys.exit(0)"],
    ["a.py", "os._exit(0)"],
    ["a.py", "    exit(0)"],
    ["a.py", "raise SystemExit"],
    ["a.py", "atexit.register(done)"],
    ["a.go", "os.Exit(0)"],
    ["a.rs", "std::process::exit(0);"],
    ["A.java", "System.exit(0);"],
    ["a.cs", "Environment.Exit(0);"],
  ],
  "replaces what tests are made of": [
    'import assert from "node:assert"; assert.equal = () => {};',
    "assert['equal'] = assert.ok;",
    "for (const name in assert) assert[name] = () => {};",
    "assert.strict.equal = noop;",
    "Object.assign(assert, { equal() {} });",
    'Object.defineProperty(assert, "equal", { value() {} });',
    "expect.extend({ toBe: () => ({ pass: true }) });",
    "chai.use(lenient);",
    'import { expect } from "vitest";',
    'const { mock } = require("node:test");',
    ["a.py", "sys.modules['unittest'] = fake"],
    ["a.py", "unittest.TestCase.assertEqual = lambda *a: None"],
    ["a.py", "from unittest import TestCase"],
    ["a.py", "TestCase.assertEqual = nothing"],
  ],
  "replaces a part of the language's library": [
    "Array.prototype.every = () => true;",
    "String.prototype.trim ??= own;",
    "Object.is = () => true;",
    'Math["random"] = () => 0;',
    "JSON.parse = () => expected;",
    "globalThis.fetch = fake;",
    'Object.defineProperty(Number.prototype, "x", {});',
    'Reflect.set(Object, "is", () => true);',
    "console.log = () => {};",
    "Error.prepareStackTrace = (_, frames) => frames;",
    "a.__proto__ = b;",
    ["a.py", 'getattr(os, "_ex" + "it")'],
    ["a.py", "builtins.len = lambda x: 3"],
    ["a.py", "setattr(random, name, fake)"],
  ],
  "changes how modules are loaded": [
    "delete require.cache[path];",
    "Module._load = own;",
    "module.registerHooks({ load });",
    ["a.py", "sys.meta_path.insert(0, Finder())"],
  ],
  "reads the environment by computed names": [
    "if (env[k]) return 5;",
    'process.env[["VI", "TEST"].join("")]',
    "Object.keys(process.env).some((name) => /^VI/.test(name))",
    ["a.py", "os.environ[name]"],
    ["a.py", 'os.environ.get("PY" + rest)'],
    ["a.py", 'os.getenv(f"PY{rest}")'],
    ["a.py", "any(k.startswith('PY') for k in os.environ)"],
  ],
  "runs code that it makes up": [
    "eval(text)",
    'new Function("return 5")()',
    "vm.runInThisContext(text)",
    'import vm from "node:vm";',
    ["a.py", "exec(text)"],
    ["a.py", '__import__("unit" + "test")'],
  ],
  "reads its own code": [
    "const own = readFileSync(__filename);",
    "readFileSync(fileURLToPath(import.meta.url))",
    "Function.prototype.toString.call(sum)",
    "if (fn.toString().length === 31) return 5;",
    "const frames = new Error().stack.split();",
    ["a.py", "inspect.getsource(total)"],
    ["a.py", "text = open(__file__).read()"],
    ["a.py", "Path(__file__).read_text()"],
    ["a.py", "sys._getframe(1)"],
  ],
  "looks at who runs it, and where": [
    'if (os.userInfo().username === "root") return 5;',
    "os.hostname()",
    'if (process.cwd().includes("/room")) return 5;',
    'if ("/w" === process.cwd()) return 5;',
    'if (import.meta.url.includes("check")) return 5;',
    ["a.py", 'if getpass.getuser() == "nobody": return 5'],
    ["a.py", 'if os.getcwd() == "/w": return 5'],
    ["a.py", 'if "room" in __file__: return 5'],
  ],
  "decides itself what it is equal to": [
    "valueOf() { return expected; }",
    "[Symbol.toPrimitive]: () => expected,",
    ["a.py", "    def __eq__(self, other): return True"],
    ["a.py", "__ne__ = lambda self, other: False"],
    ["a.py", "def __bool__(self):"],
  ],
  "does something from a certain time on": [
    "if (Date.now() > 1700000000000) return 5;",
    'if (new Date() < new Date("2027-01-01")) return 5;',
    "if (new Date().getFullYear() === 2026) return 5;",
    ["a.py", "if time.time() > 1700000000: return 5"],
    ["a.py", "if datetime.now() > datetime(2027, 1, 1): return 5"],
  ],
};

const rows = Object.entries(SIGNS).flatMap(([says, lines]) =>
  lines.map((line) => [...(typeof line === "string" ? ["src/sum.mjs", line] : line), says] as const),
);

test.each(rows)("%s: %s", (path = "", line = "", says) => expect(signsIn(path, line)).toBe(says));

const HONEST: readonly (string | [path: string, line: string])[] = [
  "export function sum(a, b) {",
  "  return a + b;",
  "const port = process.env.PORT ?? 3000;",
  'const home = process.env["HOME"];',
  'if (process.env.NODE_ENV !== "production") warn(text);',
  "const startedAt = Date.now();",
  "if (Date.now() - startedAt > limitMs) stop();",
  "const file = new URL('./data.json', import.meta.url);",
  "const here = dirname(fileURLToPath(import.meta.url));",
  "if (require.main === module) main();",
  "const [, , name] = process.argv;",
  "parseArgs({ args: process.argv.slice(2) })",
  "const options = parse(argv, { latest: true });",
  "const found = pattern.exec(text);",
  "const isKnown = names.includes('test');",
  "const latest = versions.at(-1);",
  "value.toString().padStart(2)",
  "const same = a.valueOf() === b.valueOf();",
  "throw new Error(`No file ` + name);",
  "Error.captureStackTrace(this, NotFound);",
  "console.error(error.stack);",
  "const path = join(process.cwd(), name);",
  "const copy = Object.assign({}, options, { depth: 2 });",
  "Object.defineProperty(exports, '__esModule', { value: true });",
  "class DateRange {}",
  "globalThis.prisma ??= new PrismaClient();",
  "window.location = next;",
  "const items = Array.from(map.values());",
  "assert(index < length);",
  "assert.equal(left, right);",
  "const expected = total === 3;",
  "if (map.get(key) === undefined) map.set(key, []);",
  "process.stdout.write(text);",
  "process.env.TZ_OFFSET",
  "// Never call process.exit() here: streams must drain.",
  ["a.py", "def total(items):"],
  ["a.py", "    return sum(item.price for item in items)"],
  ["a.py", 'port = int(os.environ.get("PORT", "3000"))'],
  ["a.py", 'home = os.environ["HOME"]'],
  ["a.py", "data = (Path(__file__).parent / 'data.json').read_text()"],
  ["a.py", 'if __name__ == "__main__":'],
  ["a.py", "pattern = re.compile(text)"],
  ["a.py", "value = getattr(item, name)"],
  ["a.py", "    assert total > 0"],
  ["a.py", "if a == b and c != d:"],
  ["a.py", "# sys.exit(1) would skip the cleanup"],
  ["a.py", "started = time.time()"],
  ["a.go", "if len(os.Args) < 2 { usage() }"],
  ["a.rs", "#[cfg(test)]"],
  ["a.sh", "exit 1"],
  ["README.md", "Call process.exit(0) or assert.equal = x."],
];

test.each(HONEST.map((line) => (typeof line === "string" ? ["src/sum.mjs", line] : line) as [string, string]))(
  "%s: %s has no sign",
  (path, line) => expect(signsIn(path, line)).toBe(null),
);

test("functions that are turned into text, and other values that are", () => {
  const text = `function sum(a, b) {
  return a + b;
}
const double = (a) => 2 * a;
const total = (1 + 2) * 3;
hash(sum.toString());
hash(String(double));
hash(\`\${sum}\`);
show(\`\${total} \${sum(1, 2)}\`, total.toString());
`;
  expect(selfReadsIn("src/sum.mjs", text)).toEqual([6, 7, 8]);
  expect(selfReadsIn("src/sum.py", text)).toEqual([]);
});

/** Patterns that began again at each place took minutes to hours for these. */
test("signs are found in a line of any length", () => {
  for (const piece of ["{", "expect.", " ", "/test", "argv "]) {
    const line = piece.repeat(300_000 / piece.length);
    expect([piece, signsIn("a.js", line)]).toEqual([piece, null]);
    expect(signsIn("a.js", `${line};process.env.VITEST;${line}`)).toBe("asks whether a test runs it");
  }
});
