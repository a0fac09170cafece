/** The site of the documents, opened from the disk: its search, its links and its menu. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "@playwright/test";
import { buildSite } from "@/scripts/site/docs";
import { expect, test } from "./real-server";

const search = (page: Page) => page.getByRole("searchbox", { name: "Search the documents" });
const results = (page: Page) => page.getByRole("search").getByRole("listitem");

test("the search finds a section from any page, leads there, and says when there is none", async ({ page, folder }) => {
  const site = join(folder, "site");
  buildSite(process.cwd(), site);
  const open = (place: string) => page.goto(pathToFileURL(join(site, "latest", place)).href);

  await open("index.html");
  await search(page).fill("demo key");
  await expect(results(page).first()).toContainText("A demo without a key");
  await search(page).press("Enter");
  await expect(page).toHaveURL(/\/latest\/demo\.html#/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("A demo without a key");

  // A page in a folder has a longer way to the others.
  await open("decisions/092-package.html");
  await search(page).fill("installed package");
  const release = results(page).getByRole("link", { name: /› An installed package/ });
  await release.click();
  await expect(page).toHaveURL(/\/latest\/releases\.html#an-installed-package$/);

  await search(page).fill("zzyzx");
  await expect(page.getByRole("search")).toContainText("Nothing found.");
  await search(page).press("Escape");
  await expect(search(page)).toHaveValue("");
  await expect(page.getByRole("search")).not.toContainText("Nothing found.");
});
