import { getNodeValue, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

/** Parses JSON as editors write it, with `//` and `/* … *\/` comments and trailing commas. Throws SyntaxError. */
export function parseJsonWithComments(text: string): unknown {
  const bare = text.replace(/^\uFEFF/, "");
  const errors: ParseError[] = [];
  // Parsed through a tree, whose objects have no prototype, so that `__proto__` is an ordinary name.
  const tree = parseTree(bare, errors, { allowTrailingComma: true });
  if (errors[0]) throw new SyntaxError(problemOf(bare, errors[0]));
  return tree && getNodeValue(tree);
}

/** Returns a message such as `comma expected in line 3`. */
function problemOf(text: string, { error, offset }: ParseError): string {
  const code = printParseErrorCode(error).replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
  return `${code.trim()} in line ${text.slice(0, offset).split("\n").length}`;
}
