/**
 * Puts a shell script into a form in which only words, quotes and operators are left: no comments, no line breaks, and
 * an escaped `$_` for each expansion. Pure. A parser of words takes all lines after the first comment for its text, and
 * what a shell runs within quotes for letters.
 */

interface ShellText {
  /** The script, then the scripts in its substitutions and here-documents. */
  scripts: string[];
  /** Whether a shell may read the script otherwise, so that nothing may be promised about what it does. */
  isDoubtful: boolean;
}

interface Reader {
  readonly script: string;
  readonly nested: number;
  at: number;
  readonly inner: string[];
  isDoubtful: boolean;
  /** Here-documents of this line, whose texts begin on the next one. */
  readonly heredocs: Heredoc[];
}

interface Heredoc {
  end: string;
  isIndented: boolean;
  /** Whether the shell expands nothing in its text. */
  isLiteral: boolean;
}

const SINGLE = /'[^']*'/y;
const ANSI = /\$'(?:\\[\s\S]|[^\\'])*'/y;
const BACKQUOTED = /`((?:\\[\s\S]|[^\\`])*)`/y;
const HEREDOC = /<<(-?)[ \t]*((?:\\.|'[^'\n]*'|"[^"\n]*"|[^\s;&|()<>'"\\])+)/y;
const EXPANSION = "\\$_";

/** How deep scripts within scripts are read, because each is read from its beginning. */
export const MOST_NESTED = 8;

export function shellTextOf(script: string, nested = MOST_NESTED): ShellText {
  if (nested === 0) return { scripts: [], isDoubtful: true };
  const reader = readerOf(script, nested);
  const text = commandText(reader, false);
  return { scripts: [text, ...reader.inner], isDoubtful: reader.isDoubtful };
}

function readerOf(script: string, nested: number): Reader {
  return { script, nested, at: 0, inner: [], isDoubtful: false, heredocs: [] };
}

/** Reads commands up to the end of the script or, in a substitution, up to the `)` that closes it. */
function commandText(reader: Reader, isSubstitution: boolean): string {
  const { script } = reader;
  let text = "";
  let depth = 0;
  /** The depth from which on parentheses hold arithmetic, which has no comments. */
  let arithmetic = Number.POSITIVE_INFINITY;
  let isWordStart = true;
  while (reader.at < script.length) {
    const character = script[reader.at] ?? "";
    if (isSubstitution && character === ")" && depth === 0) {
      reader.at += 1;
      return text;
    }
    if (character === "#" && isWordStart && depth < arithmetic) {
      const end = script.indexOf("\n", reader.at);
      reader.at = end < 0 ? script.length : end;
    } else if (character === "\n") {
      reader.at += 1;
      readHeredocs(reader);
      text += " ; ";
      isWordStart = true;
    } else if (/[<>]/.test(character)) {
      const redirection = redirectionText(reader);
      text += redirection;
      isWordStart = redirection !== EXPANSION;
    } else if (/[ \t;&|()]/.test(character)) {
      if (character === "(") {
        depth += 1;
        const isArithmetic = script[reader.at - 1] === "(";
        if (isArithmetic) arithmetic = Math.min(arithmetic, depth);
        // Behind a word it begins a function or a pattern.
        if (isArithmetic || !isWordStart) reader.isDoubtful = true;
      } else if (character === ")") {
        depth -= 1;
        if (depth < arithmetic) arithmetic = Number.POSITIVE_INFINITY;
      }
      reader.at += 1;
      text += character;
      isWordStart = true;
    } else {
      const part = partOfWord(reader);
      text += part;
      isWordStart &&= part === "";
    }
  }
  if (isSubstitution) reader.isDoubtful = true;
  return text;
}

function redirectionText(reader: Reader): string {
  const { script, at } = reader;
  if (script[at + 1] === "(") return substitution(reader);
  const isText = script.startsWith("<<<", at);
  const heredoc = isText ? null : matchAt(reader, HEREDOC);
  const operator = isText ? "<<<" : heredoc ? "<<" : (script[at] ?? "");
  if (heredoc) {
    const [, dash, word = ""] = heredoc;
    reader.heredocs.push({
      end: word.replace(/\\(.)|['"]/g, "$1"),
      isIndented: dash === "-",
      isLiteral: /['"\\]/.test(word),
    });
    reader.isDoubtful = true;
    reader.at += dash?.length ?? 0;
  }
  reader.at += operator.length;
  return operator;
}

/** Takes the text of a here-document for a script as well, because a shell may get it. */
function readHeredocs(reader: Reader): void {
  const { script, nested } = reader;
  for (const { end, isIndented, isLiteral } of reader.heredocs.splice(0)) {
    const lines: string[] = [];
    while (reader.at < script.length) {
      const lineEnd = script.indexOf("\n", reader.at);
      const line = script.slice(reader.at, lineEnd < 0 ? script.length : lineEnd);
      reader.at = lineEnd < 0 ? script.length : lineEnd + 1;
      if ((isIndented ? line.replace(/^\t+/, "") : line) === end) break;
      lines.push(line);
    }
    const text = lines.join("\n");
    reader.inner.push(...shellTextOf(text, nested - 1).scripts);
    if (isLiteral) continue;
    const expanded = readerOf(text, nested - 1);
    quotedText(expanded, null);
    reader.inner.push(...expanded.inner);
  }
}

/** Reads a quoted or an expanded part of a word, or one character. */
function partOfWord(reader: Reader): string {
  const { script, at } = reader;
  const character = script[at] ?? "";
  switch (character) {
    case "\\":
      return escaped(reader);
    case "'":
      return literal(reader, SINGLE);
    case '"':
      reader.at += 1;
      return `"${quotedText(reader, '"')}"`;
    case "$":
    case "`":
      return expansion(reader, false);
    default:
      reader.at += 1;
      return character === "#" ? "\\#" : character;
  }
}

function quotedText(reader: Reader, end: '"' | null): string {
  const { script } = reader;
  let text = "";
  while (reader.at < script.length) {
    const character = script[reader.at] ?? "";
    if (character === "\\") text += escaped(reader);
    else if (character === "$" || character === "`") text += expansion(reader, true);
    else {
      reader.at += 1;
      if (character === end) return text;
      text += character;
    }
  }
  if (end !== null) reader.isDoubtful = true;
  return text;
}

function escaped(reader: Reader): string {
  const pair = reader.script.slice(reader.at, reader.at + 2);
  reader.at += 2;
  return pair === "\\\n" ? "" : pair;
}

/** No shell runs what follows a quote that nothing closes. */
function literal(reader: Reader, pattern: RegExp): string {
  const text = matchAt(reader, pattern)?.[0];
  if (text === undefined) reader.isDoubtful = true;
  reader.at = text === undefined ? reader.script.length : reader.at + text.length;
  return text ?? "";
}

function expansion(reader: Reader, isQuoted: boolean): string {
  const { script, at } = reader;
  if (script[at] === "`") return backquoted(reader, isQuoted);
  switch (script[at + 1]) {
    case "(":
      return substitution(reader);
    case "{":
      return parameter(reader, isQuoted);
    case "'":
      if (!isQuoted) return literal(reader, ANSI);
      break;
    case "$":
      // The number of the process.
      reader.at += 2;
      return "\\$\\$";
    case "[":
      // Arithmetic in an old form, which may hold what looks like a comment.
      reader.isDoubtful = true;
  }
  reader.at += 1;
  return "\\$";
}

function substitution(reader: Reader): string {
  reader.at += 2;
  const text = commandText(reader, true);
  // The patterns of `case` end with a parenthesis that closes nothing.
  if (/\bcase\b/.test(text)) reader.isDoubtful = true;
  reader.inner.push(text);
  return EXPANSION;
}

function backquoted(reader: Reader, isQuoted: boolean): string {
  const found = matchAt(reader, BACKQUOTED);
  reader.at += found?.[0].length ?? 1;
  const script = (found?.[1] ?? "").replace(isQuoted ? /\\([\\`$"])/g : /\\([\\`$])/g, "$1");
  const { scripts, isDoubtful } = shellTextOf(script, reader.nested - 1);
  reader.inner.push(...scripts);
  reader.isDoubtful ||= isDoubtful || found === null;
  return EXPANSION;
}

function parameter(reader: Reader, isQuoted: boolean): string {
  reader.at += 2;
  while (reader.at < reader.script.length) {
    const character = reader.script[reader.at];
    if (character === "}") {
      reader.at += 1;
      return EXPANSION;
    }
    if (character === "'" && isQuoted) reader.at += 1;
    else partOfWord(reader);
  }
  reader.isDoubtful = true;
  return EXPANSION;
}

function matchAt({ script, at }: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(script);
}
