/** Who decides about a change of Banyan by its agents: a person, and not the one who started the tree. */
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import type { Actor, Role } from "@/core/rules/roles";
import { call, endTask } from "@/tests/agents/replies";
import { trialsOfThisFile, until } from "@/tests/agents/scenario";
import { copiedSource } from "../../self/testing/copied-source";

const start = trialsOfThisFile();
const LONG_MS = 600_000;

const person = (name: string, role: Role): Actor => ({ id: `user:${name}`, name, role });
const ann = person("ann@example.org", "admin");
const bob = person("bob@example.org", "admin");

test(
  "a policy and a rule that allow the tool approve no proposal of code, and who started the tree cannot either",
  async () => {
    const { checkout, end } = copiedSource();
    onTestFinished(end);
    const propose = call("propose_change", {
      title: "Three is what people mean by three",
      why: "In tree abc123 five tasks failed, because three was 3 and they expected 33.",
      expects: { metric: "failed tasks", direction: "down", amount: "all", measured: "count failures after a week" },
    });
    const edit = call("edit_file", { path: "src/one.ts", old_text: "three = 3", new_text: "three = 33" });
    const script = { root: [edit, call("check_change", {}), propose, endTask("proposed")] };
    const trial = await start(script, { runtime: { source: checkout } });
    const as = (actor: Actor) => guarded(trial.runtime.application, actor).commands;
    for (const { name, role } of [ann, bob]) {
      await trial.runtime.store.people.admit({ uid: name, email: name, name, isFirst: true });
      await trial.runtime.store.people.setRole(name, role, "test");
    }
    await as(ann).setToolPolicy({ id: "propose_change", policy: "auto" });
    await as(ann).addRule({ tool: "propose_change", why: "It only proposes." });
    const given = { task: "root", agent: "banyan_developer", repository: { url: "banyan:self" } };
    const tree = await as(bob).submitTree(given);
    const { queries } = trial.runtime.application;
    const item = await until(
      async () => (await queries.listReviews({ open: true })).items.find(({ kind }) => kind === "proposal"),
      "a proposal is open",
      LONG_MS,
    );
    const own = /another reviewer must decide/;
    expect((await queries.getReviewItem(item.id, bob)).may_not.approve).toMatch(own);
    await expect(as(bob).decide({ id: item.id, decision: "approved", reason: "" })).rejects.toThrow(own);
    await as(ann).decide({ id: item.id, decision: "approved", reason: "" });
    expect((await trial.ended(tree.id, LONG_MS)).status).toBe("succeeded");
  },
  LONG_MS,
);
