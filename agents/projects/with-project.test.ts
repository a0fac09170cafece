import { expect, test } from "vitest";
import type { StoredProject } from "@/db/projects/projects";
import { withProject } from "./with-project";

const project = { name: "shop", address: "/shop", branch: null, check: null, setup: null, defaults: { cost_usd: 3 } };
const projects = { get: () => project as unknown as StoredProject, all: () => [], repositories: () => [] };

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
    const { grant } = withProject({ store: { projects } }, { ...given, ...(within_caps && { within_caps }) });
    expect(grant).toEqual({ tokens: 7, cost_usd: cap });
  },
);
