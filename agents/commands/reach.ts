/** Which commands act on an existing tree, and the one check of all of these. */
import type { Actor, Commands } from "@/agents/application";
import type { Reach as Reached } from "@/agents/operations/operation";

interface Reach extends Reached {
  actor: Actor;
}

/** Acts on no tree, or only says something about one. A reviewer decides about calls in every tree. */
const ELSEWHERE = null;

/** What each command acts on. A command without an entry does not compile. */
const REACHES: {
  [Name in keyof Commands]: ((...args: Parameters<Commands[Name]>) => Reach) | typeof ELSEWHERE;
} = {
  pause: (id, actor) => ({ actor, works: [id] }),
  resume: (id, actor) => ({ actor, works: [id], goesOn: true }),
  step: (id, actor) => ({ actor, works: [id], goesOn: true }),
  stop: (id, _reason, actor) => ({ actor, works: [id] }),
  retry: (id, actor) => ({ actor, works: [id], goesOn: true }),
  continueTask: (id, _words, actor) => ({ actor, works: [id], goesOn: true }),
  changeGoal: (id, _fields, actor) => ({ actor, works: [id], goesOn: true }),
  steer: (id, _text, actor) => ({ actor, works: [id], goesOn: true }),
  change: (id, _to, actor) => ({ actor, works: [id], goesOn: true }),
  fork: (id, _request, actor) => ({ actor, works: [id], goesOn: true }),
  applyAsBranch: (id, _options, actor) => ({ actor, works: [id] }),
  keepFiles: (kept, other, actor) => ({ actor, works: [kept, other] }),
  grant: (id, _more, actor) => ({ actor, works: [id], goesOn: true }),
  approveChanged: (review, _input, _reason, actor) => ({ actor, review }),
  comment: (review, _text, actor) => ({ actor, review }),
  askTask: (review, _text, actor) => ({ actor, review }),
  answer: (review, _text, actor) => ({ actor, review }),
  deleteTree: (id, actor) => ({ actor, works: [id] }),

  submitTree: ELSEWHERE,
  shutDown: ELSEWHERE,
  decide: ELSEWHERE,
  restoreBefore: (review, actor) => ({ actor, review, isForAll: true }),
  markSeen: ELSEWHERE,
};

/** What may be done with a tree that was read from an archive. */
const WITH_ARCHIVED: readonly (string | symbol)[] = ["deleteTree"] satisfies (keyof Commands)[];

export interface ReachChecks {
  /** Throws UserError when the tree of this tree or task, or of a review item, was read from an archive. */
  checkRanHere(of: { work: string } | { review: string }): void;
  /** Throws UserError when the actor may not direct the tree of this tree or task. */
  checkWork(id: string, actor: Actor): void;
  /** Throws UserError when the tree works in a folder that no new tree could have. */
  checkFolder(id: string): void;
  /** The same for the tree of a review item. */
  checkReviewed(id: string, actor: Actor): void;
}

/** Returns the commands, each of which first checks that its actor may direct the trees that it acts on. */
export function withinReach(commands: Commands, checks: ReachChecks): Commands {
  type Method = (...args: unknown[]) => Promise<unknown>;
  return new Proxy(commands, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      const reach = Object.hasOwn(REACHES, name) ? REACHES[name as keyof Commands] : null;
      if (typeof method !== "function" || reach === null) return method;
      return async (...args: unknown[]) => {
        const reached = (reach as (...args: unknown[]) => Reach)(...args);
        const withArchived = WITH_ARCHIVED.includes(name) && { withArchived: true as const };
        checkReach({ ...reached, ...withArchived }, reached.actor, checks);
        return (method as Method).apply(target, args);
      };
    },
  });
}

/** Throws UserError when the actor may not do this to what it reaches. */
export function checkReach(reach: Reached, actor: Actor, checks: ReachChecks): void {
  const { works = [], review, goesOn } = reach;
  if (!reach.withArchived) {
    for (const work of works) checks.checkRanHere({ work });
    if (review !== undefined) checks.checkRanHere({ review });
  }
  if (reach.isForAll) return;
  for (const id of works) checks.checkWork(id, actor);
  if (goesOn) works.forEach(checks.checkFolder);
  if (review !== undefined) checks.checkReviewed(review, actor);
}
