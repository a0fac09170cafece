/** What axe finds against WCAG 2.2, levels A and AA, on a page as it stands. */
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

const { source } = createRequire(import.meta.url)("axe-core") as { source: string };
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * A row of a tree is named by its task and its state. The rule takes everything that its columns show for its label; they are
 * values, and whoever speaks the name of a task that they see finds it in the row's name.
 */
const NAMED_ROW = /^<[^>]*role="treeitem"/;

/** What another colour scheme alone can break. */
export const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** Each as its rule and the elements; [] when there is nothing to find fault with. `rules`: of them only these. */
export async function axeFaults(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  const { violations } = await page.evaluate(
    (options: RunOptions) =>
      (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { runOnly: rules ?? TAGS, resultTypes: ["violations"] } satisfies RunOptions,
  );
  return violations.flatMap(({ id, nodes }) => {
    const wrong = nodes.filter((node) => !(id === "label-content-name-mismatch" && NAMED_ROW.test(node.html)));
    return wrong.length === 0 ? [] : [`${id}: ${wrong.map((node) => node.html.slice(0, 160)).join(" · ")}`];
  });
}
