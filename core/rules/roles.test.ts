import { expect, test } from "vitest";
import type { Level } from "@/core/log/entries";
import {
  type Actor,
  may,
  mayDecide,
  type Permission,
  personOf,
  ROLES,
  refusalOf,
  rightsBeyond,
  tokenActorName,
} from "./roles";

const ALL: Permission[] = ["look", "run", "answer", "decide", "configure", "administer"];

test("a role has its own permissions and those of all lower roles", () => {
  const table = Object.fromEntries(ROLES.map((role) => [role, ALL.filter((permission) => may(role, permission))]));
  expect(table).toEqual({
    viewer: ["look"],
    operator: ["look", "run", "answer"],
    reviewer: ["look", "run", "answer", "decide", "configure"],
    admin: ALL,
  });
  expect(refusalOf("viewer", "run")).toBe(
    "You are signed in as viewer; starting and steering tasks needs operator: ask an admin.",
  );
});

test("a submission cannot give a task rights that its submitter's role cannot give", () => {
  const levels: Level[] = ["read", "write", "network", "host", "change"];
  expect(ROLES.map((role) => rightsBeyond(role, levels))).toEqual([levels, ["host", "change"], ["host"], []]);
});

test("another reviewer decides about a person's own requests, if there is one", () => {
  const actor = (name: string, role: Actor["role"] = "reviewer"): Actor => ({ id: `user:${name}`, name, role });
  const [ann, bob] = ["ann@example.org", "bob@example.org"];
  expect(mayDecide(actor(ann), [bob], [ann, bob])).toBe(true);
  expect(mayDecide(actor(ann), [ann], [ann, bob])).toBe(false);
  expect(mayDecide(actor(ann), [ann], [ann])).toBe(true);
  expect(mayDecide(actor(ann), [ann], [])).toBe(true);
  expect(mayDecide(actor(ann, "operator"), [bob], [bob])).toBe(false);
});

test("a token counts as the person who created it", () => {
  const [ann, bob] = ["ann@example.org", "bob@example.org"];
  const ci = tokenActorName(ann, "ci");
  expect([personOf(ci), personOf(ann), personOf("ann (token x) y")]).toEqual([ann, ann, "ann (token x) y"]);
  const token: Actor = { id: "token:1", name: ci, role: "admin" };
  expect(mayDecide(token, [ann], [ann, bob])).toBe(false);
  expect(mayDecide({ id: "user:1", name: ann, role: "admin" }, [bob, ci], [ann, bob])).toBe(false);
  expect(mayDecide(token, [bob], [ann, bob])).toBe(true);
});
