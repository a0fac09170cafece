/** Promotions: a commit goes to a target, such as production, by the project's own commands and with a person's approval. */
import { z } from "zod";
import { type Actor, UserError, wrongField } from "@/agents/application";
import { projectFor } from "@/agents/commands/workspace/named-project";
import { commandField } from "@/agents/commands/world/command-field";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { text, whole } from "@/agents/operations/parse";
import { projectCalled } from "@/agents/projects/find-project";
import { mayDecide, personOf } from "@/core/rules/roles";
import { ENVIRONMENT_NAME, VARIABLE_NAME } from "@/core/shapes/environments/environments";
import { UNDECIDED, UNDER_WAY } from "@/core/shapes/environments/promotions";
import { formerVersion } from "@/core/words/environments/promotions";
import type { StoredPromotion, StoredTarget } from "@/db/promotions/promotions";
import { canonicalEntry } from "@/lib/net/host-list";
import { newId } from "@/lib/new-id";

const MOST_TARGETS = 20;
const MOST_HOSTS = 50;
const MOST_REASON = 500;

const name = text.refine(
  (given) => ENVIRONMENT_NAME.test(given),
  whole("A target's name has 1 to 40 small letters, digits or dashes, with a letter or digit at both ends."),
);
const secrets = z
  .record(z.string(), text, "must be an object of texts")
  .refine(
    (given) => Object.keys(given).every((variable) => VARIABLE_NAME.test(variable)),
    whole("The name of a variable has letters, digits and underscores, and begins with no digit, such as TOKEN."),
  );
const hosts = z
  .array(text, "must be a list of hosts")
  .max(MOST_HOSTS, whole(`Allow at most ${MOST_HOSTS} hosts.`))
  .refine(
    (given) => given.every((host) => canonicalEntry(host) !== null),
    whole("A host is written like api.example.org, *.example.org or api.example.org:8443."),
  );
const commit = text.refine(
  (given) => /^[0-9a-f]{40}$/.test(given),
  whole("Name a commit by its 40 hexadecimal digits, or leave it out: then the newest of the branch goes there."),
);

export const promotionOperations = {
  setTarget: operation({
    right: "administer",
    summary:
      "Sets how commits of a project go to a target: what deploys, what shows the plan, what shows that it works, and what brings the former version back. `deploy` null removes it. The commands run in the sandbox and reach the named hosts. The plan runs before an approval, so it gets only the secrets of `plan_secrets`. Nothing changes while a promotion to the target goes on, except on the way back.",
    on: "name",
    http: "POST projects/:id/targets",
    input: z.strictObject({
      name: name.describe("Name of the target, such as `production`."),
      deploy: commandField("command that deploys").nullable().describe("The command that deploys."),
      plan: commandField("command that prints the plan")
        .optional()
        .describe("The command that prints what would change, which a person approves; absent: nothing is printed."),
      smoke: commandField("smoke test")
        .optional()
        .describe("The command that shows that the new version works; absent: nothing does."),
      rollback: commandField("command that brings the former version back")
        .optional()
        .describe("The command that brings the former version back; absent: `deploy` of the former commit does."),
      secrets: secrets
        .optional()
        .describe("Names of secrets of the vault, by the variables that hold their values after the approval."),
      plan_secrets: secrets
        .optional()
        .describe("The same for the command `plan`, which runs before anybody has approved."),
      hosts: hosts.optional().describe("Hosts that the commands reach."),
    }),
    audit: ["name", "deploy", "plan", "smoke", "rollback", "secrets", "plan_secrets", "hosts"],
    result: said,
    async run({ id, deploy, ...given }, _actor, { store: { projects, promotions } }) {
      projectCalled(projects, id);
      const known = promotions.targets(id);
      if (deploy === null) {
        const target = targetCalled(known, given.name, id);
        if (!(await promotions.removeTarget(target.id))) throw promotionGoesOn(given.name);
        return { sentence: `Removed the target ${given.name} of ${id}, and what is known of its promotions.` };
      }
      if (known.length >= MOST_TARGETS && known.every((one) => one.name !== given.name))
        throw new UserError("conflict", `${id} has ${MOST_TARGETS} targets already: remove one first.`);
      const { plan = null, smoke = null, rollback = null, secrets = {}, plan_secrets = {}, hosts = [] } = given;
      const commands = { deploy, plan, smoke, rollback };
      const isSet = await promotions.setTarget(id, { name: given.name, ...commands, secrets, plan_secrets, hosts });
      if (!isSet) throw promotionGoesOn(given.name);
      const unshown = smoke === null ? " No smoke test is set, so nothing will show that a new version works." : "";
      return { sentence: `Commits of ${id} go to ${given.name} with: ${deploy}.${unshown}` };
    },
  }),
  promote: operation({
    right: "run",
    summary:
      "Asks for a commit of a project to go to a target: the newest of its branch, or the one that is named. Its plan is made, and then it waits for a person's approval.",
    on: "name",
    http: "POST projects/:id/promote",
    input: z.strictObject({
      target: text.describe("Name of the target."),
      branch: text.trim().optional().describe("Branch whose newest commit goes there; absent: the project's."),
      commit: commit.optional().describe("The commit that goes there; absent: the newest of the branch."),
    }),
    audit: ["target", "branch", "commit"],
    result: said.extend({ promotion: z.string().describe("Id of the promotion.") }),
    made: ({ promotion }) => ({ subject: promotion, tree: "" }),
    async run({ id, target: called, branch, commit }, actor, world) {
      const target = targetFor(world, id, called, actor);
      const promotion = await begun(
        world,
        target,
        { kind: "promote", branch: branch || null, commit: commit ?? null },
        actor,
      );
      return { sentence: `${id} is being prepared for ${called}. It waits for an approval then.`, promotion };
    },
  }),
  rollback: operation({
    right: "run",
    summary: "Asks for the version that a target had before to come back. It waits for a person's approval.",
    on: "name",
    http: "POST projects/:id/rollback",
    input: z.strictObject({ target: text.describe("Name of the target.") }),
    audit: ["target"],
    result: said.extend({ promotion: z.string().describe("Id of the promotion.") }),
    made: ({ promotion }) => ({ subject: promotion, tree: "" }),
    async run({ id, target: called }, actor, world) {
      const target = targetFor(world, id, called, actor);
      const former = world.store.promotions.current(target.id)?.former ?? null;
      if (former === null)
        throw new UserError(
          "conflict",
          `Nothing is known of a version that ${called} had before: name a commit with promote.`,
        );
      const promotion = await begun(world, target, { kind: "rollback", branch: null, commit: former }, actor);
      return {
        sentence: `Version ${former.slice(0, 7)} is being prepared for ${called}. It waits for an approval then.`,
        promotion,
      };
    },
  }),
  approvePromotion: operation({
    right: "decide",
    summary: "Approves a promotion that waits, as its plan says. The command that deploys runs then.",
    on: "promotion",
    http: "POST promotions/:id/approve",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const promotion = waitingOne(world, id, actor);
      const decidedBy = personOf(actor.name);
      if (!(await world.store.promotions.set(promotion, { state: "deploying", decidedBy }))) throw decidedMeanwhile();
      return {
        sentence: `Approved: ${promotion.commit?.slice(0, 7)} of ${promotion.project} goes to ${promotion.target}.`,
      };
    },
  }),
  rejectPromotion: operation({
    right: "decide",
    summary:
      "Rejects a promotion that waits for a decision, or that is prepared or planned for one. Nothing changes at its target.",
    on: "promotion",
    http: "POST promotions/:id/reject",
    input: z.strictObject({
      reason: text
        .trim()
        .refine((given) => given.length <= MOST_REASON, whole(`Say why in at most ${MOST_REASON} characters.`))
        .optional()
        .describe("Why."),
    }),
    audit: ["reason"],
    result: said,
    async run({ id, reason }, actor, world) {
      const promotion = promotionCalled(world, id);
      // A plan that hangs would keep its target, too.
      if (!UNDECIDED.includes(promotion.state)) throw notWaiting(promotion);
      const change = { state: "rejected", decidedBy: personOf(actor.name), why: reason || null } as const;
      if (!(await world.store.promotions.set(promotion, change))) throw decidedMeanwhile();
      return { sentence: `Rejected: nothing changes at ${promotion.target}.` };
    },
  }),
  stopPromotion: operation({
    right: "decide",
    summary:
      "Stops an approved promotion: ends the command that deploys or tests it, and brings back the version before it. While everything is paused, that version comes back after the resume.",
    on: "promotion",
    http: "POST promotions/:id/stop",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const promotion = promotionCalled(world, id);
      const { state, target } = promotion;
      if (UNDECIDED.includes(state))
        throw new UserError(
          "conflict",
          `This promotion waits for a decision: reject it, and nothing changes at ${target}.`,
        );
      if (!UNDER_WAY.includes(state))
        throw new UserError("conflict", `This promotion cannot be stopped: it is ${state.replace("_", " ")}.`);
      const change = { state: "taking_back", why: `${personOf(actor.name)} stopped it.` } as const;
      if (!(await world.store.promotions.set(promotion, change))) throw decidedMeanwhile();
      return { sentence: `Stopped: ${formerVersion(promotion)} is brought back to ${target}.` };
    },
  }),
};

/**
 * Whoever removes a target in the middle of a deployment would leave nobody who takes it back, and other commands would
 * run under an approval that nobody gave them.
 */
export function promotionGoesOn(target: string): UserError {
  return new UserError("conflict", `A promotion to ${target} goes on: let it end, or reject it, first.`);
}

function targetCalled(targets: readonly StoredTarget[], called: string, project: string): StoredTarget {
  const found = targets.find((one) => one.name === called);
  if (found) return found;
  const known = targets.map((one) => one.name).join(", ");
  const there = known === "" ? "an admin sets one with `banyan service target`" : `there are ${known}`;
  throw wrongField("target", `${project} has no target ${JSON.stringify(called.slice(0, 60))}: ${there}.`);
}

function targetFor(world: CommandWorld, id: string, called: string, actor: Actor): StoredTarget {
  projectFor(world, id, actor);
  return targetCalled(world.store.promotions.targets(id), called, id);
}

async function begun(
  { store }: CommandWorld,
  { id: targetId, name: called }: StoredTarget,
  wanted: Pick<StoredPromotion, "kind" | "branch" | "commit">,
  actor: Actor,
): Promise<string> {
  const uid = newId();
  const isBegun = await store.promotions.begin({ ...wanted, uid, targetId, askedBy: personOf(actor.name) });
  if (!isBegun) throw new UserError("conflict", `Another promotion to ${called} goes on: approve or reject it first.`);
  return uid;
}

function promotionCalled({ store, ids }: CommandWorld, id: string): StoredPromotion {
  const promotion = store.promotions.get(ids.promotion(id));
  if (promotion !== null) return promotion;
  throw decidedMeanwhile();
}

/** Returns one that waits for an approval. Nobody approves their own while another person may. */
function waitingOne(world: CommandWorld, id: string, actor: Actor): StoredPromotion {
  const promotion = promotionCalled(world, id);
  if (promotion.state !== "asked") throw notWaiting(promotion);
  if (!mayDecide(actor, [promotion.askedBy], world.store.people.reviewers()))
    throw new UserError("forbidden", "You asked for this promotion yourself: another reviewer has to approve it.");
  return promotion;
}

function notWaiting({ state }: StoredPromotion): UserError {
  return new UserError("conflict", `This promotion does not wait for a decision: it is ${state.replace("_", " ")}.`);
}

function decidedMeanwhile(): UserError {
  return new UserError("conflict", "This promotion has just changed: look at it again.");
}
