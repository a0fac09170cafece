import { expect, test } from "vitest";
import type { ApiToken } from "@/core/rules/roles";
import { daysLeft, inOrder, overBecause } from "./token-state";

const NOW = Date.parse("2026-05-01T12:00:00Z");
const token = (some: Partial<ApiToken>): ApiToken => ({
  id: "a",
  name: "ci",
  role: "viewer",
  task: null,
  folders: [],
  created_by: "ann",
  created_at: "2026-01-01T00:00:00Z",
  expires_at: null,
  last_used_at: null,
  revoked_by: null,
  revoked_at: null,
  ...some,
});

test("a token expires at its expiry time; a revoked token counts as revoked even if it has expired", () => {
  const at = (ms: number) => new Date(NOW + ms).toISOString();
  expect(overBecause(token({}), NOW)).toBeNull();
  expect(overBecause(token({ expires_at: at(1) }), NOW)).toBeNull();
  expect(overBecause(token({ expires_at: at(0) }), NOW)).toBe("expired");
  expect(overBecause(token({ expires_at: at(-1), revoked_at: at(-5) }), NOW)).toBe("revoked");
  expect([daysLeft(token({ expires_at: at(1) }), NOW), daysLeft(token({ expires_at: at(-1) }), NOW)]).toEqual([1, 0]);
  expect(daysLeft(token({}), NOW)).toBeNull();
});

test("separates live tokens from ended tokens and keeps their order", () => {
  const past = "2026-01-01T00:00:00Z";
  const given = [
    token({ id: "1", revoked_at: past }),
    token({ id: "2" }),
    token({ id: "3", expires_at: past }),
    token({ id: "4" }),
  ];
  const { live, over } = inOrder(given, NOW);
  expect([live, over].map((some) => some.map(({ id }) => id))).toEqual([
    ["2", "4"],
    ["1", "3"],
  ]);
});
