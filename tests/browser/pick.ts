import type { Page } from "@playwright/test";

/** Chooses in a picker of the composer by typing. "" chooses the default. */
export async function pick(page: Page, label: string, text: string): Promise<void> {
  const field = page.locator("[cmdk-input]");
  await page.getByLabel(label, { exact: true }).click();
  await field.fill(text);
  // The mark shows that the list matches the typed text.
  const marked = page.locator("[cmdk-item][data-selected=true]");
  await marked.filter({ hasText: text || /fresh folder|, default/ }).waitFor();
  await field.press("Enter");
  await field.waitFor({ state: "detached" });
}
