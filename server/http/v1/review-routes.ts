/** Routes of review items, decisions, trials of approved versions, and the rules that approve automatically. */
import { decisionFields } from "@/agents/commands/operations";
import { DECIDED, decidedOf, named, pageOf } from "./query";
import { does, lists, type Route, reads } from "./routes";

export const reviewRoutes = {
  "GET reviews": reads(
    (app, { query }) => {
      const open = query.get("open");
      return app.queries.listReviews({
        ...pageOf(query),
        treeId: named(query, "tree"),
        alikeTo: named(query, "alike"),
        open: open === null ? undefined : open !== "0",
        newest: query.get("newest") === "1",
      });
    },
    ...(["after", "limit", "tree", "alike", "open", "newest"] as const),
  ),
  "GET reviews/decided": reads((app, { query }) => app.queries.listDecided(decidedOf(query)), ...DECIDED),
  "GET reviews/:id": reads((app, { id }) => app.queries.getReview(id)),
  "GET reviews/:id/item": reads((app, { id }) => app.queries.getReviewItem(id, app.actor)),
  "GET reviews/:id/packages": reads((app, { id }) => app.queries.lookAtPackages(id)),
  "GET reviews/:id/push": reads((app, { id }) => app.queries.comparePush(id)),
  "POST reviews/:id/approve": decides("approved"),
  "POST reviews/:id/reject": decides("rejected"),
  "GET trials": lists((app) => app.queries.listTrials()),
  "GET trials/:id": reads((app, { id }) => app.queries.getTrial(id)),
  "POST trials/:id/take": does("endTrial", null, (app, { id }) => app.commands.endTrial({ id, decision: "take" })),
  "POST trials/:id/back": does("endTrial", null, (app, { id }) => app.commands.endTrial({ id, decision: "back" })),
  "GET rules": lists((app) => app.queries.listRules()),
  "GET rules/:id/history": lists((app, { id }) => app.queries.listRuleEvents(id)),
};

function decides(decision: "approved" | "rejected"): Route<{ sentence: string; decided: string[] }> {
  return does("decide", decisionFields, (app, { id, sent }) => app.commands.decide({ ...sent, id, decision }));
}
