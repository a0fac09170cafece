/** The two small repositories in which the demo's trees work. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const TEST_COMMAND = "node --test";

const PACKAGE = (name: string) => `{ "name": "${name}", "type": "module", "scripts": { "test": "${TEST_COMMAND}" } }\n`;
const TESTING = 'import assert from "node:assert";\nimport test from "node:test";\n';

const SHOP = {
  "package.json": PACKAGE("shop"),
  "README.md": "# Shop\n\nA cart that adds prices, in cents.\n",
  "CHANGELOG.md": "# Changes\n\n- Carts have totals.\n",
  "cart.js": `/** The price of a cart, in cents. */
export function total(items) {
  return items.reduce((sum, { cents, count }) => sum + cents * count, 0);
}
`,
  "cart.test.js": `${TESTING}import { total } from "./cart.js";

test("an empty cart costs nothing", () => assert.equal(total([]), 0));
test("prices are multiplied by counts", () => assert.equal(total([{ cents: 250, count: 3 }]), 750));
`,
};

const INVOICES = {
  "package.json": PACKAGE("invoices"),
  "invoice.js": "export const total = (prices) => prices.reduce((sum, price) => sum - price, 0);\n",
  "invoice.test.js": `${TESTING}import { total } from "./invoice.js";

test("no prices", () => assert.equal(total([]), 0));
test("one price", () => assert.equal(total([250]), 250));
test("a price and a refund", () => assert.equal(total([250, -50]), 200));
test("a refund alone", () => assert.equal(total([-50]), -50));
`,
};

export interface DemoRepositories {
  shop: string;
  invoices: string;
}

/** Makes both repositories below the folder, each with one commit. */
export function makeRepositories(folder: string): DemoRepositories {
  const make = (name: string, files: Record<string, string>) => {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
    const git = (...args: string[]) => execFileSync("git", ["-C", place, ...args], { stdio: "ignore" });
    git("init", "-q", "-b", "main");
    git("add", "-A");
    git("-c", "user.name=Demo", "-c", "user.email=demo@banyan.invalid", "commit", "-q", "-m", "First");
    return place;
  };
  return { shop: make("shop", SHOP), invoices: make("invoices", INVOICES) };
}
