import { expect, test } from "vitest";
import type { StoredProject } from "@/db/projects/projects";
import { withProject } from "./with-project";

const project = { name: "shop", address: "/shop", branch: null, check: null, setup: null, defaults: { cost_usd: 3 } };
const storeWith = (changed: Partial<StoredProject>) => ({
  projects: { get: () => ({ ...project, ...changed }) as StoredProject, all: () => [], repositories: () => [] },
});
const store = storeWith({});

test.each([
  [undefined, undefined, 3],
  [1, undefined, 1],
  [9, undefined, 9],
  [null, undefined, null],
  [1, true, 1],
  [9, true, 3],
  [null, true, 3],
] as const)(
  "of a project with a cap of three dollars, a submission of %j with within_caps %j gets %j",
  (cost_usd, within_caps, cap) => {
    const given = { task: "x", project: "shop", grant: { tokens: 7, ...(cost_usd !== undefined && { cost_usd }) } };
    const { grant } = withProject({ store }, { ...given, ...(within_caps && { within_caps }) });
    expect(grant).toEqual({ tokens: 7, cost_usd: cap });
  },
);

test("a folder of a project can be worked on in a copy, with the project's cap; a clone is a copy anyway", () => {
  const given = { task: "x", project: "shop", copy: true };
  expect(withProject({ store }, given)).toMatchObject({ workspace: "/shop", copy: true, grant: { cost_usd: 3 } });
  const address = "https://example.org/shop.git";
  const cloned = withProject({ store: storeWith({ address }) }, given);
  expect(cloned).toMatchObject({ repository: { url: address }, grant: { cost_usd: 3 } });
  expect(cloned.copy).toBeUndefined();
});

test("the project's model is for agents and goals, not for a runbook, which works without one", () => {
  const modelled = storeWith({ defaults: { model: "acme/large" } });
  const modelOf = (more: object) => withProject({ store: modelled }, { task: "x", project: "shop", ...more }).model;
  expect([{}, { goal: {} }, { runbook: "survey" }].map(modelOf)).toEqual(["acme/large", "acme/large", undefined]);
  expect(modelOf({ runbook: "survey", model: "acme/small" })).toBe("acme/small");
});
