/**
 * Patterns of common keys, for secrets that are not known. Each pattern begins with text that is rare in ordinary
 * texts, and doubtful matches are left alone, because people work on these texts.
 */
import { createScanner, unitsOf } from "./scan";

/** A match: the identifying text begins at `from`; `start` to `end` is redacted. */
export interface Found {
  from: number;
  start: number;
  end: number;
  name: string;
}

interface Pattern {
  name: string;
  /** Every match contains one of these texts, `behind` characters after its beginning. */
  hints: readonly string[];
  behind: 0 | 1;
  /** Its group `value`, if present, is the part to redact. */
  regex: RegExp;
  isSecret?(value: string): boolean;
}

/** The longest private key, counted from its first line. */
const MOST_PEM = 16_000;

/** Placeholders for passwords in examples. */
const PLACEHOLDER = /^(?:your|my|some|the)?[-_]?(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key)$|^[x*.]+$/i;
const KEYWORDS = "(?:passwo?r?d|secret|token|api[_-]?key|access[_-]?key)";

const PATTERNS: readonly Pattern[] = [
  { name: "Anthropic key", hints: ["sk-ant-"], behind: 0, regex: /(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{20,}/y },
  {
    name: "API key",
    hints: ["sk-", "sk_live_", "rk_live_"],
    behind: 0,
    regex: /(?<![A-Za-z0-9_-])(?:sk-(?!ant-)|[sr]k_live_)[A-Za-z0-9_-]{20,}/y,
    isSecret: isMixed,
  },
  {
    name: "GitHub token",
    hints: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    behind: 0,
    regex: /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})/y,
  },
  { name: "GitLab token", hints: ["glpat-"], behind: 0, regex: /(?<![A-Za-z0-9_])glpat-[A-Za-z0-9_-]{20,}/y },
  {
    name: "AWS key id",
    hints: ["AKIA", "ASIA"],
    behind: 0,
    regex: /(?<![A-Za-z0-9/+_])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9/+_])/y,
  },
  { name: "Slack token", hints: ["xox"], behind: 0, regex: /(?<![A-Za-z0-9_])xox[abeoprs]-[A-Za-z0-9-]{10,}/y },
  {
    name: "Google key",
    hints: ["AIza"],
    behind: 0,
    regex: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/y,
  },
  { name: "Banyan token", hints: ["byn_"], behind: 0, regex: /(?<![A-Za-z0-9_])byn_[A-Za-z0-9_-]{20,}/y },
  {
    name: "signed token",
    hints: ["eyJ"],
    behind: 0,
    regex: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/y,
  },
  {
    name: "private key",
    hints: ["-----BEGIN "],
    behind: 0,
    // Without its last line, the base64 lines and the headers of the encryption after it are redacted.
    regex: new RegExp(
      "-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----" +
        `(?:(?:(?!-----)[\\s\\S]){1,${MOST_PEM}}-----END [A-Z0-9 ]{0,90}-----|` +
        "(?:(?:\\s|\\\\+[nrt]){1,20}(?:[A-Za-z0-9+/=]{16,}|[A-Z][A-Za-z]{2,9}-[A-Z][a-z]{2,9}: [A-Za-z0-9,-]{1,80})){1,500})",
      "y",
    ),
  },
  {
    name: "authorization",
    hints: ["earer ", "EARER ", "asic "],
    behind: 1,
    regex: /(?<![A-Za-z0-9])(?:[Bb]earer|BEARER|[Bb]asic) {1,4}(?<value>[A-Za-z0-9_.~+/-]{16,}={0,2})/y,
    isSecret: isMixed,
  },
  {
    name: "password",
    hints: ["://"],
    behind: 0,
    regex: /:\/\/[A-Za-z0-9._~%-]{0,64}:(?<value>[^\s/:@"'<>{}$\\]{8,128})@/y,
    isSecret: (value) => !PLACEHOLDER.test(value),
  },
  {
    name: "password",
    hints: [
      "assw",
      "ASSW",
      "ecret",
      "ECRET",
      "oken",
      "OKEN",
      "pikey",
      "pi_key",
      "piKey",
      "PI_KEY",
      "PIKEY",
      "pi-key",
      "ccess_key",
      "ccesskey",
      "ccessKey",
      "CCESS_KEY",
      "CCESSKEY",
      "ccess-key",
    ],
    behind: 1,
    regex: new RegExp(
      `${KEYWORDS}["'\\\\]{0,3} {0,4}[:=] {0,4}["'\\\\]{0,3}(?<value>[A-Za-z0-9+/_.~!@#%^*-]{16,200}={0,2})(?![A-Za-z0-9+/_.~!@#%^*([-])`,
      "iy",
    ),
    isSecret: isRandom,
  },
];

const HINTS = PATTERNS.flatMap((pattern) => pattern.hints.map((hint) => ({ hint, pattern })));
const scanner = createScanner(HINTS.map(({ hint }) => unitsOf(hint)));

/** `units` are the code units of the text. */
export function findPatterns(text: string, units: Uint16Array): Found[] {
  const found: Found[] = [];
  /** Where the last match of each pattern ended, so that its inside is not searched again. */
  const done = new Map<Pattern, number>();
  for (const { start: hinted, needle } of scanner.scan(units, units.length)) {
    const { pattern } = HINTS[needle] as (typeof HINTS)[number];
    const from = hinted - pattern.behind;
    if (from < (done.get(pattern) ?? 0)) continue;
    pattern.regex.lastIndex = from;
    const match = pattern.regex.exec(text);
    if (!match) continue;
    const value = match.groups?.value ?? match[0];
    if (pattern.isSecret && !pattern.isSecret(value)) continue;
    done.set(pattern, from + match[0].length);
    const start = from + match[0].lastIndexOf(value);
    found.push({ from, start, end: start + value.length, name: pattern.name });
  }
  return found;
}

/** The end of a text that may continue as a match over spaces: a word that announces a key. */
const OPEN_KEYWORD = new RegExp(`(?:bearer|basic|${KEYWORDS})["'\\\\]{0,3} {0,4}[:=]? {0,4}["'\\\\]{0,3}\\S*$`, "i");
const KEYWORD_REACH = 300;

/**
 * Returns where an unfinished match of several words may begin at the end of the text; the text's length when there is
 * none.
 */
export function openPatternAt(text: string): number {
  const near = Math.max(0, text.length - KEYWORD_REACH);
  const keyword = text.slice(near).search(OPEN_KEYWORD);
  const pem = openPemAt(text);
  return Math.min(keyword < 0 ? text.length : near + keyword, pem);
}

/** Finds an unfinished first line, or a private key without its last line. */
function openPemAt(text: string): number {
  const at = text.lastIndexOf("-----BEGIN ");
  if (at < 0 || text.length - at > MOST_PEM + 200) return text.length;
  const line = text.slice(at, at + 200);
  const isPrivate = /^-----BEGIN [A-Z0-9 ]{0,90}PRIVATE KEY(?: BLOCK)?-----/.test(line);
  if (!isPrivate) return /^-----BEGIN [A-Z0-9 ]{0,90}-{0,5}$/.test(line) ? at : text.length;
  const end = text.indexOf("-----END ", at);
  return end >= 0 && text.indexOf("-----", end + 9) >= 0 ? text.length : at;
}

/** Digits and letters mixed as in no word or name, so it is a generated key. */
function isMixed(value: string): boolean {
  return /[0-9]/.test(value) && /[A-Za-z]/.test(value) && !/^[a-z]+(?:[-_][a-z0-9]+)*$/.test(value);
}

/**
 * Looks random: hexadecimal of at least 128 bits, or three digits, letters of both cases and few repeated characters.
 */
function isRandom(value: string): boolean {
  if (/^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{32,}$/i.test(value)) return true;
  const digits = value.match(/[0-9]/g)?.length ?? 0;
  return digits >= 3 && /[a-z]/.test(value) && /[A-Z]/.test(value) && entropyOf(value) >= 3.5;
}

/** Returns the entropy in bits per character. */
function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => {
    const part = count / value.length;
    return bits - part * Math.log2(part);
  }, 0);
}
