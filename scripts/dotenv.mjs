import { readFileSync } from "node:fs";

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
/** @type {Record<string, string>} */
const ESCAPES = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$" };

/**
 * Reads `KEY=VALUE` lines: comments, `export `, single quotes (literal) and double quotes (with \n, \t, \", \\).
 * An unquoted value ends at ` #`. Other lines are ignored; the last of equal keys counts.
 * It does not use `parseEnv` of node:util, which cuts an unquoted value at any `#`, does not know escaped quotes, and
 * on Node 20 joins a line without `=` to the next line.
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function parseDotenv(text) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const match = LINE.exec(line);
    if (match) values[/** @type {string} */ (match[1])] = parseValue(/** @type {string} */ (match[2]).trim());
  }
  return values;
}

/** @param {string} raw */
function parseValue(raw) {
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/.exec(raw);
  if (quoted) return String(quoted[1]).replace(/\\(.)/g, (whole, char) => ESCAPES[char] ?? whole);
  const literal = /^'([^']*)'\s*(?:#.*)?$/.exec(raw);
  if (literal) return String(literal[1]);
  return raw.replace(/(^|\s)#.*$/, "").trim();
}

/**
 * Copies the settings of a `.env` file into the environment. Existing variables win. A missing file is ignored; an
 * unreadable file is an error.
 * @param {string} file
 * @param {Record<string, string | undefined>} env changed in place
 */
export function loadDotenv(file, env = process.env) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === "ENOENT" || code === "ENOTDIR") return;
    throw new Error(`Cannot read the settings file ${file} (${code}): make it a file that this user can read.`);
  }
  for (const [name, value] of Object.entries(parseDotenv(text))) if (env[name] === undefined) env[name] = value;
}
