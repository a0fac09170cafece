/** Finds tests in the files that they test. */
const TESTS_INSIDE: readonly { files: RegExp; tests: RegExp }[] = [
  { files: /\.rs$/, tests: /#!?\[cfg\([^\]]*\btest\b|#\[([\w:]+::)?test\b|^\s*\/\/[/!]\s*```/m },
  { files: /\.pyi?$/, tests: /^\s*>>>\s/m },
  { files: /\.([cm]?[jt]sx?|vue|svelte)$/, tests: /\bimport\.meta\.vitest\b/ },
  { files: /\.exs?$/, tests: /^\s*iex(\(\d+\))?>/m },
  { files: /\.zig$/, tests: /^\s*test\s*("[^"]*"\s*)?\{/m },
  { files: /\.d$/, tests: /^\s*unittest\s*\{?/m },
];

/** Whether a file that is no test by its name has tests in its text, such as Rust's modules of tests. */
export function hasOwnTests(path: string, text: string): boolean {
  return TESTS_INSIDE.some(({ files, tests }) => files.test(path) && tests.test(text));
}
