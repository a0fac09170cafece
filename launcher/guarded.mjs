/** Files that decide what agents may do. Only a person at the machine lets a change of them through. */

/** As `guarded` in `.banyan/gates.yaml`, which the launcher cannot read: a test compares them. */
export const GUARDED = [
  "launcher/**",
  "gates/**",
  ".banyan/**",
  "scripts/check/**",
  "scripts/*.mjs",
  "lib/sandbox/**",
  "lib/secrets/**",
  "lib/auth/**",
  "lib/git/**",
  "lib/audit-anchor.ts",
  "core/goals/**",
  "core/programs/**",
  "core/rules/**",
  "agents/guard/**",
  "agents/self/**",
  "lib/test-reports/**",
  "drizzle/**",
];

const PATTERNS = GUARDED.map(
  (glob) =>
    new RegExp(
      `^${glob.replaceAll(".", "\\.").replaceAll("**", "\0").replaceAll("*", "[^/]*").replaceAll("\0", ".*")}$`,
    ),
);

/** @param {readonly string[]} files @returns {string[]} those that are guarded */
export function guardedFilesIn(files) {
  return files.filter((file) => PATTERNS.some((pattern) => pattern.test(file)));
}
