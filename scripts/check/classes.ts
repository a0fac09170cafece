import { classTexts } from "./class-texts";
import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";
import { lineOf } from "./syntax";
import { styledClasses } from "./tailwind";

const TOKENS = "app/styles/tokens.css";

/** `group` and `peer` only mark elements for `group-…` and `peer-…`, so they have no style. */
const MARKS = /^(group|peer)(\/.+)?$/;

/** Finds classes without a style: typing errors, or classes whose style was deleted. */
export async function checkClasses(sources: SourceFile[]): Promise<Fault[]> {
  const pages = sources.filter(({ file }) => /^(app|components)\//.test(file) && isCode(file) && !isTest(file));
  const texts = classTexts(pages);
  const names = [...new Set(texts.flatMap((text) => text.names))];
  const styled = await styledClasses(sources, names);
  if (!styled) return [];
  return texts.flatMap(({ source, start, names: used }) =>
    used
      .filter((name) => !styled.has(name) && !MARKS.test(name))
      .map((name) => ({
        file: source.file,
        line: lineOf(source, start),
        message: `the class \`${name}\` has no style: neither Tailwind with ${TOKENS} nor a style sheet of the project defines it. Correct or delete it`,
      })),
  );
}
