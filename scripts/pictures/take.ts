import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import type { Picture } from "./made";

export const FOLDER = "docs/pictures";

/** The size of a picture, unless it shows a phone. */
export const WIDE = { width: 1440, height: 900 };
/** Of a page that says little. */
export const LOW = { width: 1440, height: 620 };
export const PHONE = { width: 390, height: 844 };

/** Takes a picture of the page, or of a part of it. */
export async function take(page: Page, name: Picture, part: Page | Locator = page): Promise<void> {
  // Nothing is under the pointer, which would be highlighted.
  await page.mouse.move(0, 0);
  await part.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled", caret: "hide" });
}
