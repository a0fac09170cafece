/** Parses JSON as editors write it: `//` and `/* … *\/` comments and trailing commas are allowed. Throws SyntaxError. */
export function parseJsonWithComments(text: string): unknown {
  // Strings are matched first, so that what looks like a comment in an address stays.
  const bare = text
    .replace(/^\uFEFF/, "")
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_match, string: string | undefined) => string ?? " ")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_match, string: string | undefined) => string ?? "");
  return JSON.parse(bare);
}
