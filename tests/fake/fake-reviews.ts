/** Questions and approvals of the fake server. Decisions change rows but run nothing. */
import { type Queries, UserError } from "@/agents/application";
import type { Actor } from "@/core/rules/roles";
import type { ReviewComment, ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { buttonOf } from "@/core/words/acts/acts";
import type { FakeOperations } from "./fake-operator";
import type { FakeStore } from "./fake-store";

type ReviewOperations = Pick<FakeOperations, "decide" | "answer" | "comment" | "askTask">;
type ReviewQueries = Pick<Queries, "getReviewItem" | "listDecided" | "comparePush" | "lookAtPackages">;

export function fakeReviews(store: FakeStore): {
  list: Queries["listReviews"];
  queries: ReviewQueries;
  operations: ReviewOperations;
} {
  const comments = new Map<string, ReviewComment[]>();
  const note = (id: string, kind: ReviewComment["kind"], text: string, by: string) => {
    const { id: uid } = findOpen(store, id);
    comments.set(uid, [...(comments.get(uid) ?? []), { kind, text, by, at: new Date().toISOString() }]);
  };
  return {
    queries: {
      getReviewItem: async (id, actor) => itemOf(store, store.findReview(id), comments.get(id) ?? [], actor),
      async comparePush() {
        return { found: null, problem: "The test application has no repositories." };
      },
      async lookAtPackages() {
        return { found: null, problem: "The test application asks no registry." };
      },
      async listDecided({ text = "", kind, status, by = "" } = {}) {
        const found = [...store.reviews.values()].reverse().filter((review) => {
          const words = `${review.title} ${review.detail} ${review.answer ?? ""}`.toLowerCase();
          const isAsked = (!kind || review.kind === kind) && (!status || review.status === status);
          return (
            review.status !== "open" &&
            isAsked &&
            words.includes(text.toLowerCase()) &&
            (review.decided_by ?? "").includes(by)
          );
        });
        const items = found.map((review) => {
          const { agent } = store.findTask(review.task_id);
          return { ...review, agent, tree_title: store.findTree(review.tree_id).title, restorable: null };
        });
        return { items, next: null };
      },
    },
    async list({ open, treeId, alikeTo, limit = 50 } = {}) {
      const equal = alikeTo === undefined ? null : alikeOf(store, store.findReview(alikeTo));
      const all = (equal ?? [...store.reviews.values()]).filter((review) => !treeId || review.tree_id === treeId);
      const waiting = all.filter((review) => review.status === "open").sort((a, b) => b.attention - a.attention);
      const decided = all.filter((review) => review.status !== "open").reverse();
      const items = open ? waiting : open === false ? decided : [...waiting, ...decided];
      return {
        items: items.slice(0, limit).map((review) => ({ ...review, alike: alikeOf(store, review).length })),
        next: null,
      };
    },
    operations: {
      async decide({ id, decision, reason, alike = false }, actor) {
        const review = findOpen(store, id);
        const items = alike ? alikeOf(store, review) : [review];
        for (const item of items) settle(store, item, { status: decision, answer: reason || null, by: actor.name });
        const words = review.kind === "approval" ? (decision === "approved" ? "allowed" : "not allowed") : "closed";
        const sentence = items.length > 1 ? `${items.length} equal items are ${words}.` : `The item is ${words}.`;
        return { sentence, decided: items.map((item) => item.id) };
      },
      async answer({ id, text }, actor) {
        settle(store, findOpen(store, id), { status: "answered", answer: text, by: actor.name });
        return { sentence: "Answered. The task continues." };
      },
      async comment({ id, text }, actor) {
        note(id, "comment", text, actor.name);
        return { sentence: "Comment added for the reviewers." };
      },
      async askTask({ id, text }, actor) {
        note(id, "question", text, actor.name);
        return { sentence: "The task reads your question at its next turn." };
      },
    },
  };
}

export function findOpen(store: FakeStore, id: string): Review {
  const review = store.findReview(id);
  if (review.status !== "open") throw new UserError("conflict", `Already decided (by ${review.decided_by}).`);
  return review;
}

export function toolOf(review: Review): string {
  return review.kind === "approval" ? (review.title.split(" ", 1)[0] ?? "") : "";
}

function alikeOf(store: FakeStore, review: Review): Review[] {
  if (review.status !== "open") return [review];
  const key = ({ kind, title, evidence }: Review) => [kind, title, evidence].join("\n");
  return [...store.reviews.values()].filter((other) => other.status === "open" && key(other) === key(review));
}

function itemOf(store: FakeStore, review: Review, comments: ReviewComment[], actor: Actor): ReviewItem {
  const task = store.findTask(review.task_id);
  const path = [{ id: task.id, title: task.title }];
  for (let at = task.parent_id; at; at = store.findTask(at).parent_id)
    path.unshift({ id: at, title: store.findTask(at).title });
  const isReviewer = actor.role === "reviewer" || actor.role === "admin";
  const why = isReviewer ? null : `You are signed in as ${actor.role}. Only reviewers decide; ask an admin.`;
  const call = {
    tool: toolOf(review),
    level: "network",
    why: null,
    change: null,
    plan: null,
    arguments: review.evidence ?? "",
    hash: "c0ffee00".repeat(8),
  };
  return {
    review: { ...review, alike: alikeOf(store, review).length },
    path,
    agent: task.agent,
    task_status: task.status,
    seq: null,
    call: review.kind === "approval" ? { ...call, hosts: [], asks: [], server: null } : null,
    proposal: null,
    answers: review.kind === "question" ? ["Yes", "No"] : [],
    button: buttonOf(review),
    follows: {
      approve: `${task.agent} continues.`,
      reject: `${task.agent} reads your reason.`,
      ignored: review.if_ignored ?? "The item stays in this list.",
      undo: "You can undo it for a few seconds, until it is sent.",
    },
    cost: {
      task: { spent: task.spent, grant: task.grant },
      tree: { spent: store.findTree(review.tree_id).tasks[0]?.spent ?? task.spent, grant: task.grant },
    },
    comments,
    may_not: { decide: why, approve: why, comment: why, ask: why },
  };
}

interface Decision {
  status: Exclude<Review["status"], "open">;
  answer: string | null;
  by: string;
  rule?: string;
}

export function settle(store: FakeStore, review: Review, { status, answer, by, rule }: Decision): void {
  Object.assign(review, {
    status,
    answer,
    decided_by: by,
    decided_by_rule: rule,
    decided_at: new Date().toISOString(),
  });
  const task = store.findTask(review.task_id);
  const goesOn = { status: "running", waiting_for: null, headline: "Continues with the answer" } as const;
  if (review.kind === "approval") {
    const approved = status === "approved";
    store.note(task, goesOn, { type: "approval_decided", call: "c", review: review.id, approved, by });
  } else store.change(task, review.kind === "question" ? goesOn : {}, `Decided by ${by}: ${answer ?? status}`);
}
