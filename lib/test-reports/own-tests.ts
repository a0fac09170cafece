/** Finds tests in the files that they test. A file may be any text, so each pattern looks at most so far from where it begins. */
const TESTS_INSIDE: readonly { files: RegExp; tests: RegExp }[] = [
  { files: /\.rs$/, tests: /#!?\[cfg\([^\]]{0,200}\btest\b|#\[([\w:]+::)?test\b|^[ \t]*\/\/[/!][ \t]*```/m },
  { files: /\.pyi?$/, tests: /^[ \t]*>>>\s/m },
  { files: /\.([cm]?[jt]sx?|vue|svelte)$/, tests: /\bimport\.meta\.vitest\b/ },
  { files: /\.exs?$/, tests: /^[ \t]*iex(\(\d+\))?>/m },
  { files: /\.zig$/, tests: /^[ \t]*test\s*("[^"]*"\s*)?\{/m },
  { files: /\.d$/, tests: /^[ \t]*unittest\b/m },
];

/** Whether a file that is no test by its name has tests in its text, such as Rust's modules of tests. */
export function hasOwnTests(path: string, text: string): boolean {
  return TESTS_INSIDE.some(({ files, tests }) => files.test(path) && tests.test(text));
}
