import { expect, test } from "vitest";
import { byItself } from "./failures";
import { count, exactMoney, money, percent, plain, plainSentence, spentOfText, spentText } from "./figures";
import { figureText } from "./memory";
import { oddsText } from "./trials";

test("a headline is shown without the marks of Markdown", () => {
  expect(plain("## The **tests** expect `req.query`, see [the guide](https://example.org)")).toBe(
    "The tests expect req.query, see the guide",
  );
  expect(plain("- 2 * 3 * 4 and snake_case_name")).toBe("2 * 3 * 4 and snake_case_name");
});

test("cents stand where they count", () => {
  expect([0, 4.1, 999.994, 1_000, 1_234.5, 12_000_000].map(money)).toEqual([
    "$0.00",
    "$4.10",
    "$999.99",
    "$1,000",
    "$1,234",
    "$12,000,000",
  ]);
});

test("money is never told as more than there is, and only nothing is told as nothing", () => {
  const amounts = [0.996, 999.996, 0.1 + 0.2, 0.29, 0.01, 0.009_999, 0.004, 0.002_666, 0.000_1, 0.000_099, 1e-7];
  expect(amounts.map(money)).toEqual([
    "$0.99",
    "$999.99",
    "$0.30",
    "$0.29",
    "$0.01",
    "$0.0099",
    "$0.004",
    "$0.0026",
    "$0.0001",
    "<$0.0001",
    "<$0.0001",
  ]);
});

test("money is exact to the micro-dollar, with two decimals when cents suffice", () => {
  expect([0, 1, 1.5, 0.25, 0.000001, 1234.5678, 0.1 + 0.2].map(exactMoney)).toEqual([
    "$0.00",
    "$1.00",
    "$1.50",
    "$0.25",
    "$0.000001",
    "$1234.5678",
    "$0.30",
  ]);
});

test("Tokens are told with their unit and direction", () => {
  expect([0, 950, 1_234, 22_400, 150_000, 999_600, 12_345_678].map(count)).toEqual([
    "0",
    "950",
    "1.2k",
    "22k",
    "150k",
    "1.0M",
    "12.3M",
  ]);
  expect(spentText({ cost_usd: 0, tokens: 22_400 })).toBe("22k tokens");
  expect(spentText({ cost_usd: 0.5, tokens: 22_400 })).toBe("$0.50");
  expect(spentText({ cost_usd: 0.004, tokens: 20_000 })).toBe("$0.004");
});

test("money is told of the money that was granted, and tokens never are", () => {
  expect(spentOfText({ cost_usd: 0.25, tokens: 22_400 }, 5)).toBe("$0.25 of $5.00");
  expect(spentOfText({ cost_usd: 0, tokens: 0 }, 5)).toBe("$0.00 of $5.00");
  expect(spentOfText({ cost_usd: 0, tokens: 2_500 }, 5)).toBe("2.5k tokens");
  expect(spentOfText({ cost_usd: 0.25, tokens: 22_400 }, null)).toBe("$0.25");
});

test("JSON is no sentence, and what only begins with a bracket is one", () => {
  for (const json of ['{"outcome":"pass"', "[1, 2]", "{", "[]", "[ true, null ]", '[{"a": 1}]', "{}"])
    expect(plainSentence(json)).toBe("");
  expect(plainSentence("[Done] The **tests** pass.")).toBe("[Done] The tests pass.");
  expect(plainSentence("{name} is replaced")).toBe("{name} is replaced");
});

test("a share just below the whole is never shown as the whole, wherever it stands", () => {
  expect([percent(0.996), percent(1), percent(0.29), percent(0.999_99, 2), percent(0)]).toEqual([
    "99 %",
    "100 %",
    "29 %",
    "99.99 %",
    "0 %",
  ]);
  expect(byItself({ settled: 1_000, recovered: 999 })).toBe("99 %");
  expect(figureText("success", 0.9996)).toBe("99.9 %");
  expect(oddsText({ odds: { better: 0.9496, worse: 0.9496, cost: 1 } })[0]).toMatch(/^better: 94 % /);
});
