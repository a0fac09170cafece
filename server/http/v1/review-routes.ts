/** Routes of review items, decisions, trials of approved versions, and the rules that approve automatically. */
import { bodies, said } from "./bodies";
import { DECIDED, decidedOf, named, pageOf } from "./query";
import { does, lists, looks, type Route } from "./routes";

export const reviewRoutes = {
  "GET reviews": looks(
    (app, { query }) => {
      const open = query.get("open");
      return app.queries.listReviews({
        ...pageOf(query),
        treeId: named(query, "tree"),
        alikeTo: named(query, "alike"),
        open: open === null ? undefined : open !== "0",
      });
    },
    ...(["after", "limit", "tree", "alike", "open"] as const),
  ),
  "GET reviews/decided": looks((app, { query }) => app.queries.listDecided(decidedOf(query)), ...DECIDED),
  "GET reviews/:id": looks((app, { id }) => app.queries.getReview(id)),
  "GET reviews/:id/item": looks((app, { id }) => app.queries.getReviewItem(id, app.actor)),
  "POST reviews/:id/approve": decides("approved"),
  "POST reviews/:id/reject": decides("rejected"),
  "POST reviews/:id/answer": does("answer", said("text"), (app, { id, sent: { text } }) =>
    app.commands.answer(id, text, app.actor),
  ),
  "POST reviews/:id/comment": does("comment", said("text"), (app, { id, sent: { text } }) =>
    app.commands.comment(id, text, app.actor),
  ),
  "POST reviews/:id/ask": does("askTask", said("text"), (app, { id, sent: { text } }) =>
    app.commands.askTask(id, text, app.actor),
  ),
  "POST reviews/:id/approve-changed": does(
    "approveChanged",
    bodies.changedCall,
    (app, { id, sent: { arguments: input, reason = "" } }) => app.commands.approveChanged(id, input, reason, app.actor),
  ),
  "POST reviews/:id/restore": does("restoreBefore", null, (app, { id }) => app.commands.restoreBefore(id, app.actor)),
  "GET trials": lists((app) => app.queries.listTrials()),
  "GET trials/:id": looks((app, { id }) => app.queries.getTrial(id)),
  "POST trials/:id/take": does("endTrial", null, (app, { id }) => app.commands.endTrial(id, "take", app.actor)),
  "POST trials/:id/back": does("endTrial", null, (app, { id }) => app.commands.endTrial(id, "back", app.actor)),
  "GET rules": lists((app) => app.queries.listRules()),
  "GET rules/:id/history": lists((app, { id }) => app.queries.listRuleEvents(id)),
};

function decides(decision: "approved" | "rejected"): Route<{ sentence: string; decided: string[] }> {
  return does("decide", bodies.decision, (app, { id, sent: { reason = "", alike, edited } }) =>
    app.commands.decide(id, decision, reason, app.actor, { alike, edited }),
  );
}
