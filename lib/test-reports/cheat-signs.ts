/** Signs that code behaves differently when it is tested, or makes a check pass without doing its work. */

const CODE = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|sh|vue|svelte)$/;
const SCRIPT = /\.([cm]?[jt]sx?|vue|svelte)$/;
const PYTHON = /\.py$/;

interface Sign {
  /** Files of other languages have no such sign; without it, all have. */
  files?: RegExp;
  signs: readonly RegExp[];
  says: string;
}

const ASKS = "asks whether a test runs it";
const CLOCK = "replaces the clock";
const ENDS = "changes how the program ends";
const MADE_OF = "replaces what tests are made of";
const LIBRARY = "replaces a part of the language's library";
const LOADS = "changes how modules are loaded";
const COMPUTED = "reads the environment by computed names";
const MAKES_CODE = "runs code that it makes up";
const READS_SELF = "reads its own code";
const READS_RUNNER = "looks at who runs it, and where";
const ALWAYS_EQUAL = "decides itself what it is equal to";
const ENVIRONMENT = "changes the environment";
const ESCAPES = "writes letters as escapes";
const ALIAS = "gives a part of the language another name";
const TIME = "does something from a certain time on";

/** Names of assertions and runners in JavaScript. */
const TESTERS = "assert|expect|chai|sinon|vi|jest";
const BUILT_INS = [
  "Array|String|Object|Number|Function|Promise|Map|Set|WeakMap|Date|RegExp|Error|Boolean|Symbol|Math|JSON|Reflect",
  "Buffer|BigInt|console|performance|process|crypto|EventEmitter",
].join("|");
/** Where code lies, or is run. */
const PLACE = String.raw`\b(process\.cwd\(\)|os\.getcwd\(\)|Path\.cwd\(\)|__dirname|__filename|__file__|import\.meta\.(url|dirname|filename))`;
const NOW = String.raw`\b(Date\.now\(\)|time\.time\(\)|new Date\(\)(\.get\w+\(\))?|(datetime|date)\.(now|today|utcnow)\(\)(\.\w+)?)`;
const CLOCKS = "Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask";
/** Sets: `=`, `||=`, `+=`; and neither compares nor is an arrow. */
const SETS = String.raw`\s*(\?\?|\|\||&&|[-+])?=(?![=>])`;
/** A property, by its name or computed. */
const PART = String.raw`\s*(\.\s*\w+|\[[^\]]{1,80}\])`;
const RUNNER = "vitest|jest|mocha|pytest|unittest|nose|tap|ava|playwright|node:test|tests?";

/** The first that fits counts. */
const SIGNS: readonly Sign[] = [
  {
    signs: [
      /\b(VITEST(_[A-Z_]+)?|JEST_WORKER_ID|NODE_TEST_CONTEXT|PLAYWRIGHT_[A-Z_]+|PYTEST_[A-Z_]+|GITHUB_ACTIONS)\b/,
      /\bimport\.meta\.vitest\b/,
      /__vitest_/,
      /\benv\.CI\b/,
      /NODE_ENV["'\])]*\s*[!=]==?\s*["']test["']/,
      /["']test["']\s*[!=]==?\s*[\w.]*NODE_ENV/,
    ],
    says: ASKS,
  },
  {
    signs: [/\bcfg!\(test\)/, /\bcfg\(not\(test\)\)/, /\btesting\.Testing\(\)/, /\bflag\.Lookup\(["']test\./],
    says: ASKS,
  },
  {
    signs: [
      new RegExp(String.raw`\b(argv0?|os\.Args|ARGV)\b.{0,80}(?<![a-z])(${RUNNER})(?![a-z])`, "i"),
      new RegExp(String.raw`["'](${RUNNER})["']\s+(not\s+)?in\s+sys\.argv`, "i"),
    ],
    says: ASKS,
  },
  {
    signs: [
      /\bprocess\.(execArgv|ppid|title)\b/,
      /\bmodule\.parent\b/,
      /\bpsutil\b/,
      /["'`]\/proc(\/|["'`])/,
      /\bos\.getppid\(/,
    ],
    says: ASKS,
  },
  { signs: [new RegExp(String.raw`["'](${RUNNER})["']\s+(not\s+)?in\s+sys\.modules`)], says: ASKS },
  {
    signs: [
      new RegExp(String.raw`\b(globalThis|global|window|self)\s*(\.\s*|\[\s*["'\x60])(${CLOCKS})\b["'\x60\]]*${SETS}`),
      new RegExp(
        String.raw`\b(Date\.now|performance\.now|process\.hrtime|Date\.prototype\.\w+|time\.(time|monotonic|sleep))${SETS}`,
      ),
      /\bclass\s+Date\b/,
      /useFakeTimers/,
      /\b(sinon|mockdate|timekeeper|freezegun|freeze_time|libfaketime)\b/,
    ],
    says: CLOCK,
  },
  {
    signs: [
      /\bprocess\.(exit|reallyExit|abort|exitCode|stdout\.write|stderr\.write|emit)\s*=(?!=)/,
      /\bprocess\.(on|once|addListener|prependListener)\(\s*["'`](exit|beforeExit)/,
      /\batexit\.register\b/,
      /\bsys\.(excepthook|unraisablehook|settrace|setprofile)\b/,
      /\bset_hook\(/,
      /\bcatch_unwind\(/,
    ],
    says: ENDS,
  },
  {
    signs: [
      // A status that is written and is not 0 cannot make a check pass.
      /\b(process\.(exit|reallyExit|abort|kill)|sys\.exit|os\.(_exit|abort|kill))\s*\((?!\s*[1-9]\d*\s*\))/,
      /\b(System\.exit|Runtime\.halt|os\.Exit|process::(exit|abort)|Environment\.Exit)\s*\(/,
      /\bprocess\s*\[/,
      /\braise\s+SystemExit\b/,
      /(?<![\w.$]|function |def |func |fn )(exit|quit)\(/,
      /\{[^{}]{0,80}\b(exit|reallyExit|kill|abort)\b[^{}]{0,80}\}\s*(=\s*process\b|from\s*["'](node:)?process["'])/,
    ],
    says: ENDS,
  },
  {
    files: SCRIPT,
    signs: [
      new RegExp(String.raw`\b(${TESTERS})(${PART})+${SETS}`),
      new RegExp(String.raw`\bObject\.(assign|definePropert(y|ies)|setPrototypeOf)\(\s*(${TESTERS})\b`),
      /\bexpect\.(extend|addEqualityTesters|addSnapshotSerializer)\(/,
      /\bchai\.(use|util)\b/,
      /\bAssertionError\.prototype\b/,
    ],
    says: MADE_OF,
  },
  {
    files: SCRIPT,
    signs: [
      /\b(from|import|require\()\s*["'](node:test|vitest|@jest\/globals|jest|chai|mocha|ava|tap|sinon)(\/[\w/-]+)?["']/,
    ],
    says: MADE_OF,
  },
  {
    files: PYTHON,
    signs: [
      /\bsys\.modules\b/,
      /\b(assert|unittest|pytest)(\.\w+)+\s*=(?!=)/,
      /^\s*(import|from)\s+(unittest|pytest|_pytest|nose)\b/,
      /\bTestCase\.\w+\s*=(?!=)/,
      /\bmonkeypatch\b/,
    ],
    says: MADE_OF,
  },
  { signs: [/\bsys\.modules\[/, /\bassert\.\w+\s*=(?!=)/], says: MADE_OF },
  {
    files: SCRIPT,
    signs: [
      /\brequire\.(cache|extensions)\b/,
      /\b[mM]odule\.(_load|_resolveFilename|_extensions|_compile|prototype|register|registerHooks)\b/,
      /\bregisterHooks\(/,
      /\{[^}]*\bregister(Hooks)?\b[^}]*\}\s*(from\s*["'](node:)?module["']|=\s*require\(["'](node:)?module)/,
    ],
    says: LOADS,
  },
  { files: PYTHON, signs: [/\bsys\.(meta_path|path_hooks)\b/], says: LOADS },
  {
    files: SCRIPT,
    signs: [
      new RegExp(String.raw`\b(${BUILT_INS})(\.prototype)?${PART}${SETS}`),
      new RegExp(
        String.raw`\b(globalThis|global|window|self)\s*\.\s*(${BUILT_INS}|${TESTERS}|fetch|test|it|describe)${SETS}`,
      ),
      new RegExp(String.raw`\bObject\.(assign|setPrototypeOf)\(\s*(${BUILT_INS})\b`),
      /\bObject\.definePropert(y|ies)\(\s*(?!this\b|exports\b|module\.exports\b)/,
      /\bReflect\.(set|defineProperty|setPrototypeOf)\(/,
      new RegExp(String.raw`\b__(proto__${SETS}|define(Getter|Setter)__)`),
    ],
    says: LIBRARY,
  },
  {
    files: PYTHON,
    signs: [
      /\bimport\s+builtins\b/,
      /\bbuiltins\.\w+/,
      /\b__builtins__\b/,
      /\b(getattr|setattr|delattr)\(\s*(os|sys|builtins|unittest|pytest|time|datetime|random|signal|math|json)\b/,
    ],
    says: LIBRARY,
  },
  {
    files: SCRIPT,
    signs: [/\bprocess\.env(\.\w+|\[[^\]]+\])\s*(\?\?|\|\|)?=(?![=>])/, /\bObject\.assign\(\s*process\.env\b/],
    says: ENVIRONMENT,
  },
  { files: PYTHON, signs: [/\bos\.environ\[[^\]]+\]\s*=(?!=)/, /\bos\.(putenv|unsetenv)\(/], says: ENVIRONMENT },
  { signs: [/\\u\{?00[46-7][0-9a-fA-F]/, /\\x[46-7][0-9a-fA-F]/], says: ESCAPES },
  {
    files: SCRIPT,
    signs: [/\b(const|let|var)\s+\w+\s*=\s*(Date|performance|Math|process|assert|globalThis)\s*;/],
    says: ALIAS,
  },
  {
    signs: [/\bprocess\.uptime\(\)\s*[<>]/, /\b[cm]time(Ms)?\s*[<>]/, /\bbirthtime(Ms)?\s*[<>]/],
    says: READS_RUNNER,
  },
  { files: SCRIPT, signs: [/\/[^/\n]*\btest[^/\n]*\/[a-z]*\.test\([^)]*\bargv\b/], says: ASKS },
  {
    files: SCRIPT,
    signs: [
      /\benv\s*\[(?!\s*["'`][\w$]+["'`]\s*\])/,
      /\b(keys|entries|values|stringify)\(\s*process\.env\b/,
      /\b(in|of)\s+process\.env\b/,
    ],
    says: COMPUTED,
  },
  {
    files: PYTHON,
    signs: [
      /\benviron\s*\[(?!\s*["']\w+["']\s*\])/,
      /\b(environ\.get|getenv)\(\s*(?!["']\w+["']\s*[,)])/,
      /\b(in|dict\(|str\()\s*os\.environ\b/,
    ],
    says: COMPUTED,
  },
  {
    files: SCRIPT,
    signs: [
      /(?<![\w.$])eval\(/,
      /\bnew\s+Function\(/,
      /\bvm\.(run|Script|createContext|compileFunction|SourceTextModule)/,
      /["'](node:)?vm["']/,
      /\bimport\(\s*["'`]data:/,
    ],
    says: MAKES_CODE,
  },
  { files: PYTHON, signs: [/(?<![\w.]|def )(eval|exec)\(/, /\b__import__\(/], says: MAKES_CODE },
  {
    signs: [
      /\bopen\(\s*__file__/,
      /\b__file__\s*\)\.read_(text|bytes)/,
      /\breadFile(Sync)?\(\s*(__filename|fileURLToPath\(\s*import\.meta\.url|new URL\(\s*import\.meta\.url|import\.meta\.(filename|url))/,
      /\binspect\.(getsource\w*|stack|currentframe)\b/,
      /\bsys\._getframe\b/,
      /\b__code__\b/,
      /\btraceback\.(extract|format)_stack\b/,
    ],
    says: READS_SELF,
  },
  {
    files: SCRIPT,
    signs: [
      /\bFunction\.prototype\.toString\b/,
      /\b(callee|constructor|\w*([fF]n|[fF]unc(tion)?|[cC]allback))\.toString\(\)/,
      /\bnew\s+Error\([^()]{0,80}\)\.stack\b/,
      /\bError\(\)\.stack\b/,
      /\bprepareStackTrace\b/,
    ],
    says: READS_SELF,
  },
  {
    signs: [
      /\b(os\.(userInfo|hostname|getlogin|getuid|geteuid|uname)|process\.(getuid|geteuid)|getpass\.getuser|pwd\.getpw\w+|socket\.gethostname|platform\.node)\b/,
      /\benv\.(USER|LOGNAME|HOSTNAME|TZ|PWD)\b/,
      /\benviron(\.get\(|\[)\s*["'](USER|LOGNAME|HOSTNAME|TZ|PWD|CI)["']/,
    ],
    says: READS_RUNNER,
  },
  {
    signs: [
      new RegExp(
        String.raw`${PLACE}\s*(\.(includes|starts[wW]ith|ends[wW]ith|match|indexOf|find|search)\b|[!=]==?|in\b)`,
      ),
      /([!=]==?|\bin)\s*(process\.cwd|os\.getcwd|Path\.cwd)\(\)/,
      /\bin\s+__file__/,
    ],
    says: READS_RUNNER,
  },
  {
    files: SCRIPT,
    signs: [/(?<![\w.$])valueOf\s*(\(\)\s*\{|[:=])/, /\bSymbol\.(toPrimitive|hasInstance|toStringTag)\b/],
    says: ALWAYS_EQUAL,
  },
  {
    files: PYTHON,
    signs: [
      /\bdef\s+__(eq|ne|bool|instancecheck|subclasscheck)__\b/,
      /\b__(eq|ne|bool|instancecheck|subclasscheck)__\s*=(?!=)/,
    ],
    says: ALWAYS_EQUAL,
  },
  {
    signs: [
      new RegExp(
        String.raw`${NOW}\s*([<>]=?|[!=]==?)\s*(\d|new Date\(\s*[\d"']|Date\.(UTC|parse)\(|(datetime|date)\()`,
      ),
    ],
    says: TIME,
  },
];

/** Texts that are put together from pieces: `"VI" + "TEST"`. */
const JOINED = /(["'`])\s*\+\s*["'`]/g;
const COMMENT = { slashes: /^\s*\/\//, hash: /^\s*#/ };
const HASH_COMMENTS = /\.(py|rb|sh)$/;

/** Returns, as the end of a sentence, how a line of code helps only against tests; null for most lines. */
export function signsIn(path: string, line: string): string | null {
  if (!CODE.test(path)) return null;
  if ((HASH_COMMENTS.test(path) ? COMMENT.hash : COMMENT.slashes).test(line)) return null;
  const pieces = [...piecesOf(line), ...piecesOf(line.replace(JOINED, ""))];
  return (
    SIGNS.find(
      ({ files, signs }) =>
        (files?.test(path) ?? true) && signs.some((sign) => pieces.some((piece) => sign.test(piece))),
    )?.says ?? null
  );
}

const PIECE_CHARS = 1_000;
/** No sign is longer in code that people write. */
const SIGN_CHARS = 250;

/** Returns a line in pieces that overlap: signs take quadratic time in a piece, and a line may be a megabyte. */
function piecesOf(line: string): string[] {
  const pieces = [line.slice(0, PIECE_CHARS)];
  const step = PIECE_CHARS - SIGN_CHARS;
  for (let at = step; at + SIGN_CHARS < line.length; at += step) pieces.push(line.slice(at, at + PIECE_CHARS));
  return pieces;
}

const FUNCTION =
  /\bfunction\s*\*?\s*([\w$]+)|\b(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:function\b|(?:\([^()]{0,200}\)|[\w$]+)\s*(?::[^=]{1,80})?=>)/g;

/** Returns the lines, counted from 1, on which JavaScript turns a function of its own into text. */
export function selfReadsIn(path: string, text: string): number[] {
  if (!SCRIPT.test(path)) return [];
  const names = new Set([...text.matchAll(FUNCTION)].map(([, declared, assigned]) => declared ?? assigned ?? ""));
  return text.split("\n").flatMap((line, at) => {
    const turned = [...line.matchAll(/([\w$]+)\.toString\(|\bString\(\s*([\w$]+)\s*\)|\$\{\s*([\w$]+)\s*\}/g)];
    return turned.some(([, called, given, placed]) => names.has(called ?? given ?? placed ?? "")) ? [at + 1] : [];
  });
}
