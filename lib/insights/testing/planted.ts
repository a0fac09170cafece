/** A repository in six languages with 30 planted weaknesses, among code that is in order. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { InsightKind } from "@/core/shapes/insights";

export interface Planted {
  kind: InsightKind;
  path: string;
  /** Empty: the file or the repository as a whole. */
  symbol: string;
}

export interface Repository {
  folder: string;
  planted: readonly Planted[];
  git(...args: string[]): string;
  put(file: string, text: string): void;
  read(file: string): string;
  /** Commits everything, as if so many days ago. */
  commit(daysAgo: number): void;
  end(): void;
}

const DAY_MS = 86_400_000;

export function emptyRepository(): Repository {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-insights-test-")));
  const git = (args: string[], env: Record<string, string> = {}) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", ...args], {
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, ...env },
    }).trim();
  git(["init", "--quiet", "--initial-branch=main"]);
  return {
    folder,
    planted: PLANTED,
    git: (...args) => git(args),
    put(file, text) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    },
    read: (file) => fs.readFileSync(path.join(folder, file), "utf8"),
    commit(daysAgo) {
      const date = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
      git(["add", "--all"]);
      git(["commit", "--quiet", "-m", "A change"], { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
    },
    end: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** Makes the repository; its hot files change eight times. */
export function plantedRepository(): Repository {
  const repository = emptyRepository();
  for (const [file, text] of Object.entries(FILES)) repository.put(file, text);
  repository.commit(500);
  for (let day = 40; day > 32; day--) {
    for (const file of HOT) repository.put(file, repository.read(file).replace(/revision \d+/, `revision ${day}`));
    repository.commit(day);
  }
  return repository;
}

const HOT = ["src/orders/state.ts", "py/shop/stock.py"];

const plant = (kind: InsightKind, file: string, symbol = ""): Planted => ({ kind, path: file, symbol });

const JAVA = "java/src/main/java/shop";

const PLANTED: readonly Planted[] = [
  plant("complex", "src/pricing/discounts.ts", "applyDiscounts"),
  plant("complex", "src/legacy/route.js", "route"),
  plant("complex", "py/shop/orders.py", "settle"),
  plant("complex", "go/store/resolve.go", "Resolve"),
  plant("complex", "rust/src/plan.rs", "plan"),
  plant("complex", `${JAVA}/Basket.java`, "Basket.checkout"),
  plant("long", "src/report/monthly.ts", "monthly"),
  plant("long", "src/legacy/table.js", "table"),
  plant("long", "py/shop/report.py", "yearly"),
  plant("long", "go/store/summary.go", "Summary"),
  plant("long", "rust/src/digest.rs", "digest"),
  plant("long", `${JAVA}/Invoice.java`, "Invoice.lines"),
  plant("hotspot", "src/orders/state.ts", "nextState"),
  plant("hotspot", "py/shop/stock.py", "refill"),
  plant("untested", "src/payments/capture.ts"),
  plant("untested", "py/shop/refunds.py"),
  plant("untested", "go/mail/mail.go"),
  plant("untested", `${JAVA}/Courier.java`),
  plant("untested-functions", "src/orders/totals.ts", "grossTotal"),
  plant("untested-functions", "py/shop/prices.py", "rounded_price"),
  plant("undocumented", "src/orders/labels.ts", "labelOf"),
  plant("undocumented", "go/store/names.go", "NameOf"),
  plant("undocumented", `${JAVA}/Address.java`, "Address.formatted"),
  plant("untyped", "py/shop/taxes.py", "tax_of"),
  plant("untyped", "src/orders/parse.ts"),
  plant("duplicate", "src/routes/export.ts"),
  plant("duplicate", "py/shop/copy_a.py"),
  plant("unused-exports", "src/util/money.ts", "formerlyUsed"),
  plant("todo", "src/auth/session.ts"),
  plant("no-licence", ""),
];

interface Syntax {
  open(condition: string): string;
  otherwise: string;
  close: string;
  and: string;
  set(value: string): string;
  indent: string;
}

const braces = (open: (condition: string) => string, set: (value: string) => string): Syntax => ({
  open,
  otherwise: "} else {",
  close: "}",
  and: "&&",
  set,
  indent: "  ",
});
const SCRIPT = braces(
  (condition) => `if (${condition}) {`,
  (value) => `sum = sum + ${value};`,
);
const GO = braces(
  (condition) => `if ${condition} {`,
  (value) => `sum = sum + ${value}`,
);
const RUST = braces(
  (condition) => `if ${condition} {`,
  (value) => `sum = sum + ${value};`,
);
const PYTHON: Syntax = {
  open: (condition) => `if ${condition}:`,
  otherwise: "else:",
  close: "",
  and: "and",
  set: (value) => `sum = sum + ${value}`,
  indent: "    ",
};

/** Branches within branches: each round counts about seven. Names keep the rounds of different functions apart. */
function tangled(
  { open, otherwise, close, and, set, indent }: Syntax,
  name: string,
  rounds: number,
  depth = 1,
): string {
  const lines: string[] = [];
  const add = (level: number, text: string) => {
    if (text !== "") lines.push(indent.repeat(depth + level) + text);
  };
  for (let round = 0; round < rounds; round++) {
    const word = `${name}${round}`.length * 7 + round;
    add(0, open(`value > ${word} ${and} sum < ${word * 3}`));
    add(1, open(`sum > ${word + 1}`));
    add(2, set(`${word} * value`));
    add(1, otherwise);
    add(2, set(`value - ${word + round}`));
    add(1, close);
    add(0, close);
  }
  return lines.join("\n");
}

/** Many statements without a branch, each another one. */
function tedious({ set, indent }: Syntax, name: string, depth = 1): string {
  return Array.from(
    { length: 95 },
    (_, at) => indent.repeat(depth) + set(`${name.length * 100 + at * at} * value`),
  ).join("\n");
}

/** Code that stands in two places. */
const COPIED_SCRIPT = `  const rows: string[] = [];
  for (const entry of entries) {
    const cells = [entry.id, entry.customer, entry.created, entry.total.toFixed(2)];
    if (entry.isPaid) cells.push("paid", entry.paidAt);
    else cells.push("open", "");
    const escaped = cells.map((cell) => (cell.includes(",") ? JSON.stringify(cell) : cell));
    rows.push(escaped.join(","));
  }
  const header = ["id", "customer", "created", "total", "state", "paid at"].join(",");
  const footer = entries.length === 0 ? "nothing" : entries.length + " entries";
  rows.unshift(header);
  rows.push(footer);
  return rows.join("\\n");`;
const COPIED_PYTHON = `    found: list[str] = []
    for entry in entries:
        key = entry.strip().lower().replace(" ", "-")
        if not key or key.startswith("#"):
            continue
        if len(key) > 40:
            key = key[:37] + "..."
        if key not in found:
            found.append(key)
    found.sort(key=lambda one: (len(one), one))
    if len(found) > limit:
        found = found[:limit]
    return ", ".join(found) if found else "none"`;

const CLEAN_TS = ["carts", "coupons", "stores", "visits"];

const FILES: Record<string, string> = {
  "package.json": '{ "name": "shop", "private": true }\n',
  "README.md": "# Shop\n",
  "src/pricing/discounts.ts": `/** Price after all discounts. */
export function applyDiscounts(value: number): number {
  let sum = 0;
${tangled(SCRIPT, "discounts", 6)}
  return sum;
}
`,
  "src/legacy/route.js": `/** Finds the route. */
export function route(value) {
  let sum = 0;
${tangled(SCRIPT, "routes", 5)}
  return sum;
}
`,
  "py/shop/orders.py": `def settle(value: int) -> int:
    """Settles an order."""
    sum = 0
${tangled(PYTHON, "settle", 5)}
    return sum
`,
  "go/go.mod": "module example.org/shop\n",
  "go/store/resolve.go": `package store

// Resolve finds a place.
func Resolve(value int) int {
  sum := 0
${tangled(GO, "resolve", 5)}
  return sum
}
`,
  "rust/Cargo.toml": '[package]\nname = "shop"\n',
  "rust/src/lib.rs": "pub mod digest;\npub mod plan;\npub mod sizes;\n",
  "rust/src/plan.rs": `/// Plans the day.
pub fn plan(value: i64) -> i64 {
  let mut sum = 0;
${tangled(RUST, "plan", 5)}
  sum
}
`,
  [`${JAVA}/Basket.java`]: `package shop;

/** A basket. */
public class Basket {
  /** Checks out. */
  public int checkout(int value) {
    int sum = 0;
${tangled(SCRIPT, "basket-of-java", 5, 2)}
    return sum;
  }
}
`,
  "src/report/monthly.ts": `/** The monthly report. */
export function monthly(value: number): number {
  let sum = 0;
${tedious(SCRIPT, "monthly")}
  return sum;
}
`,
  "src/legacy/table.js": `/** Fills a table. */
export function table(value) {
  let sum = 0;
${tedious(SCRIPT, "tables")}
  return sum;
}
`,
  "py/shop/report.py": `def yearly(value: int) -> int:
    """The yearly report."""
    sum = 0
${tedious(PYTHON, "year")}
    return sum
`,
  "go/store/summary.go": `package store

// Summary sums up.
func Summary(value int) int {
  sum := 0
${tedious(GO, "summaries")}
  return sum
}
`,
  "rust/src/digest.rs": `/// Digests.
pub fn digest(value: i64) -> i64 {
  let mut sum = 0;
${tedious(RUST, "digest-of-rust")}
  sum
}
`,
  "rust/src/sizes.rs": `/// The larger of two sizes.
pub fn larger(left: i64, right: i64) -> i64 {
    if left > right {
        return left;
    }
    right
}
`,
  "rust/tests/all.rs": `use shop::digest::digest;
use shop::plan::plan;
use shop::sizes::larger;

#[test]
fn works() { assert!(digest(1) + plan(1) + larger(1, 2) > 0); }
`,
  [`${JAVA}/Invoice.java`]: `package shop;

/** An invoice. */
public class Invoice {
  /** Its lines. */
  public int lines(int value) {
    int sum = 0;
${tedious(SCRIPT, "invoice-of-java", 2)}
    return sum;
  }
}
`,
  "src/orders/state.ts": `// revision 0
/** The state that follows. */
export function nextState(value: number): number {
  let sum = 0;
${tangled(SCRIPT, "state", 3)}
  return sum;
}
`,
  "py/shop/stock.py": `# revision 0
def refill(value: int) -> int:
    """Refills the stock."""
    sum = 0
${tangled(PYTHON, "stock", 3)}
    return sum
`,
  "src/payments/capture.ts": `import { grossTotal } from "../orders/totals";

/** Captures a payment. */
export function capture(amount: number, isFinal: boolean): string {
  if (amount <= 0) return "nothing to capture";
  if (!isFinal) return "waits for the final amount";
  const fee = Math.ceil(amount / 40);
  const kept = grossTotal([amount - fee], 0);
  return "captured " + kept + " with a fee of " + fee;
}
`,
  "py/shop/refunds.py": `def refund(amount: int, is_late: bool) -> str:
    """Refunds an amount."""
    if amount <= 0:
        return "nothing to refund"
    if is_late:
        return "too late for a refund"
    fee = amount // 25
    kept = amount - fee
    return f"refunded {kept}"
`,
  "go/mail/mail.go": `package mail

// Subject returns what stands above a mail.
func Subject(name string, urgent bool) string {
	if name == "" {
		return "no name"
	}
	if urgent {
		return "urgent: " + name
	}
	return "for " + name
}
`,
  [`${JAVA}/Courier.java`]: `package shop;

/** A courier. */
public class Courier {
  /** When it comes. */
  public String arrival(int hours) {
    if (hours <= 0) {
      return "is here";
    }
    if (hours > 24) {
      return "another day";
    }
    return "in " + hours + " hours";
  }
}
`,
  "src/orders/totals.ts": `/** Without taxes. */
export function netTotal(prices: number[]): number {
  let total = 0;
  for (const price of prices) total += price;
  return total;
}

/** With taxes. */
export function grossTotal(prices: number[], rate: number): number {
  let total = 0;
  for (const price of prices) total += price * (1 + rate);
  return Math.round(total);
}
`,
  "py/shop/prices.py": `def price_of(amount: int, each: int) -> int:
    """The price of an amount."""
    if amount < 0:
        return 0
    return amount * each


def rounded_price(amount: int, step: int) -> int:
    """Rounds a price down."""
    if step <= 0:
        return amount
    return amount - amount % step
`,
  "src/orders/labels.ts": `export function labelOf(kind: string, count: number): string {
  if (count === 0) return "no " + kind;
  if (count === 1) return "one " + kind;
  return count + " times " + kind;
}
`,
  "go/store/names.go": `package store

func NameOf(kind string, count int) string {
	if count == 1 {
		return "one " + kind
	}
	return "many of " + kind
}
`,
  "go/store/all_test.go": `package store

import "testing"

func TestAll(t *testing.T) {
	if Resolve(1)+Summary(1) < 0 || NameOf("a", 1) == "" {
		t.Fail()
	}
}
`,
  [`${JAVA}/Address.java`]: `package shop;

/** An address. */
public class Address {
  public String formatted(String street, String town) {
    if (town.isEmpty()) {
      return street;
    }
    return street + ", " + town;
  }
}
`,
  "java/src/test/java/shop/AllTest.java": `package shop;

class AllTest {
  void works() {
    new Basket().checkout(1);
    new Invoice().lines(1);
    new Address().formatted("a", "b");
  }
}
`,
  "py/shop/__init__.py": "",
  "py/shop/taxes.py": `def tax_of(amount, rate):
    """The tax of an amount."""
    if amount < 0:
        return 0
    return amount * rate
`,
  "src/orders/parse.ts": `/** Reads an order. */
export function parseOrder(text: string): { id: string; rows: number } {
  const given: any = JSON.parse(text);
  const rows = given.rows ?? [];
  return { id: String(given.id), rows: rows.length };
}
`,
  "src/routes/export.ts": `interface Entry { id: string; customer: string; created: string; total: number; isPaid: boolean; paidAt: string }

/** Exports entries. */
export function exportEntries(entries: Entry[]): string {
${COPIED_SCRIPT}
}
`,
  "src/routes/print.ts": `interface Printed { id: string; customer: string; created: string; total: number; isPaid: boolean; paidAt: string }

/** Prints entries on paper. */
export function printEntries(entries: Printed[]): string {
${COPIED_SCRIPT}
}
`,
  "py/shop/copy_a.py": `def keys_of(entries: list[str], limit: int) -> str:
    """The keys."""
${COPIED_PYTHON}
`,
  "py/shop/copy_b.py": `def names_of(entries: list[str], limit: int) -> str:
    """The names."""
    print("names")
${COPIED_PYTHON}
`,
  "src/util/money.ts": `/** Cents as dollars. */
export function asDollars(cents: number): string {
  return (cents / 100).toFixed(2);
}

export const formerlyUsed = 7;
`,
  "src/auth/session.ts": `import { asDollars } from "../util/money";

/** How long a session lasts. */
export function sessionMinutes(isTrusted: boolean): number {
  // TODO remove after the migration
  return isTrusted ? 600 : asDollars(1).length;
}
`,
  ...Object.fromEntries(
    CLEAN_TS.map((name, at) => [
      `src/clean/${name}.ts`,
      `/** What ${name} hold. */
export function ${name}In(given: readonly number[]): number {
  const kept = given.filter((one) => one > ${at * 13 + 1});
  if (kept.length === 0) return ${at};
  return kept.reduce((most, one) => Math.max(most, one + ${at}), 0);
}
`,
    ]),
  ),
  "tests/all.test.ts": `import { applyDiscounts } from "../src/pricing/discounts";
import { route } from "../src/legacy/route.js";
import { table } from "../src/legacy/table.js";
import { monthly } from "../src/report/monthly";
import { nextState } from "../src/orders/state";
import { netTotal } from "../src/orders/totals";
import { labelOf } from "../src/orders/labels";
import { parseOrder } from "../src/orders/parse";
import { exportEntries } from "../src/routes/export";
import { printEntries } from "../src/routes/print";
import { sessionMinutes } from "../src/auth/session";
${CLEAN_TS.map((name) => `import { ${name}In } from "../src/clean/${name}";`).join("\n")}

test("all", () => {
  for (const one of [applyDiscounts, route, table, monthly, nextState]) expect(one(1)).toBeDefined();
  for (const one of [netTotal, labelOf, parseOrder, exportEntries, printEntries, sessionMinutes]) expect(one).toBeDefined();
  ${CLEAN_TS.map((name) => `expect(${name}In([1])).toBeDefined();`).join("\n  ")}
});
`,
  "py/tests/test_all.py": `from shop.copy_a import keys_of
from shop.copy_b import names_of
from shop.orders import settle
from shop.prices import price_of
from shop.report import yearly
from shop.stock import refill
from shop.taxes import tax_of


def test_all():
    assert settle(1) + yearly(1) + refill(1) + price_of(1, 1) + tax_of(1, 1) >= 0
    assert keys_of([], 1) == names_of([], 1)
`,
};
