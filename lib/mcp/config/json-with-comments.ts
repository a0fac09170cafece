import { getNodeValue, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

/** Parses JSON as editors write it: `//` and `/* … *\/` comments and trailing commas are allowed. Throws SyntaxError. */
export function parseJsonWithComments(text: string): unknown {
  const bare = text.replace(/^\uFEFF/, "");
  const errors: ParseError[] = [];
  // By way of the tree, whose objects have no prototype: the name `__proto__` is a name like others.
  const tree = parseTree(bare, errors, { allowTrailingComma: true });
  if (errors[0]) throw new SyntaxError(problemOf(bare, errors[0]));
  return tree && getNodeValue(tree);
}

/** As `comma expected in line 3`. */
function problemOf(text: string, { error, offset }: ParseError): string {
  const code = printParseErrorCode(error).replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
  return `${code.trim()} in line ${text.slice(0, offset).split("\n").length}`;
}
