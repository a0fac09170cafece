/** Accessibility checks with axe, for WCAG 2.2 levels A and AA and axe's own best practices. */
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

const { source } = createRequire(import.meta.url)("axe-core") as { source: string };
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Rules that axe leaves out unless they are named: a control is called by the words that people see on it (WCAG 2.5.3). */
const EXPERIMENTAL = { "label-content-name-mismatch": { enabled: true } };

/**
 * Exempts tree rows from `label-content-name-mismatch`. A row is named by its task and state, but the rule expects all column
 * values in the name. Voice control works, because the visible title of the task is in the name.
 */
const NAMED_ROW = /^<[^>]*role="treeitem"/;

/** The rules that only a change of colour scheme can break. */
export const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** Returns the violations, each with its rule and elements. `rules` limits the check to these rules. */
export async function axeFaults(page: Page, rules?: string[]): Promise<string[]> {
  // Observers of sizes report with a frame, before which nobody has seen the page.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  const { violations } = await page.evaluate(
    (options: RunOptions) =>
      (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { runOnly: rules ?? TAGS, rules: EXPERIMENTAL, resultTypes: ["violations"] } satisfies RunOptions,
  );
  return violations.flatMap(({ id, nodes }) => {
    const wrong = nodes.filter((node) => !(id === "label-content-name-mismatch" && NAMED_ROW.test(node.html)));
    return wrong.length === 0 ? [] : [`${id}: ${wrong.map((node) => node.html.slice(0, 160)).join(" · ")}`];
  });
}
