import { all, holds, succeeded, unchanged } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const FILES = {
  "cart.mjs": `import { priceOf } from "./prices.mjs";
import { rateOf } from "./tax.mjs";

export function total(items, country) {
  const net = items.reduce((sum, { sku, count }) => sum + priceOf(sku) * count, 0);
  return Math.round(net * (1 + rateOf(country)));
}
`,
  "prices.mjs": `const PRICES = { pen: 120, book: 1500, lamp: 4200 };

export function priceOf(sku) {
  return PRICES[sku] ?? 0;
}
`,
  "tax.mjs": `const RATES = { de: 19, at: 20, ch: 8 };

export function rateOf(country) {
  const rate = RATES[country] ?? 0;
  return rate / 10;
}
`,
};

export const findBug: EvalTask = {
  name: "find-bug",
  about: "finds the line with the fault and repairs nothing",
  agent: "worker",
  instruction:
    "Customers in Germany pay 2.9 times the net price instead of 1.19 times. Find the faulty line. Write only FILE:LINE (for example cart.mjs:3) into bug.txt, and change no other file.",
  files: FILES,
  check: (ended) =>
    all(
      succeeded(ended),
      holds(ended, "bug.txt", "tax.mjs:5"),
      unchanged(ended, { files: FILES }, ...Object.keys(FILES)),
    ),
  scripts: { pass: writes({ "bug.txt": "tax.mjs:5\n" }), wrong: writes({ "bug.txt": "cart.mjs:6\n" }) },
};
