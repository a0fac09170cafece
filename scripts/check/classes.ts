import { classTexts } from "./class-texts";
import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";
import { lineOf } from "./syntax";
import { styledClasses } from "./tailwind";

const TOKENS = "app/styles/tokens.css";

/** Marks for `group-…` and `peer-…` have no style themselves. */
const MARKS = /^(group|peer)(\/.+)?$/;

/** Every class of a page has a style: one that has none is a typing error, or a style that went away. */
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
        message: `the class \`${name}\` has no style: Tailwind makes none from it and ${TOKENS}, and no sheet of ours names it. Correct it, or delete it`,
      })),
  );
}
