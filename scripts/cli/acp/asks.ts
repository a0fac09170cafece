/**
 * Asks the person at the editor what a tree waits for. Approvals become requests for permission; questions become
 * forms, or messages that the next prompt answers. Decisions go through the HTTP API, so the same role decides as
 * everywhere.
 */
import type {
  PermissionOption,
  RequestPermissionRequest,
  ToolCallContent,
  ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { RefusedError } from "./api";
import { type Editor, note, type Session, tell } from "./session";
import { said } from "./view";

const DECLINED = "The person declined to answer. Decide yourself, or end the task and say what is missing.";
const ALLOW = "allow";
const REJECT = "reject";

/** Asks open items that were not asked yet, and withdraws those that somebody else has decided. `onTold` is called after each message. */
export function askOpen(editor: Editor, session: Session, onTold: () => void): void {
  const open = new Set(session.view.reviews.map(({ id }) => id));
  for (const [id, ask] of session.asks) {
    if (open.has(id)) continue;
    ask.abort();
    session.asks.delete(id);
  }
  for (const review of session.view.reviews) {
    if (session.asks.has(review.id)) continue;
    const ask = new AbortController();
    session.asks.set(review.id, ask);
    void askNext({ editor, session, review, signal: ask.signal }).then(onTold, (error: unknown) => {
      if (!ask.signal.aborted) note(editor, session, sentenceOf(error));
    });
  }
}

interface Asking {
  editor: Editor;
  session: Session;
  review: Review;
  signal: AbortSignal;
}

async function askNext(asking: Asking): Promise<void> {
  const { editor, session, review, signal } = asking;
  const item = await editor.api.get<ReviewItem>(`reviews/${review.id}/item`);
  if (signal.aborted || item.review.status !== "open") return;
  const { url } = await editor.api.find();
  const place = `${url}/review?item=${review.id}`;
  if (review.kind !== "approval" && review.kind !== "question")
    return note(editor, session, `For a person to look at: ${review.act}. ${place}`);
  const decided = review.kind === "approval" ? await permission(asking, item) : await question(asking, item);
  if (signal.aborted) return;
  if (decided) return decide(asking, decided);
  if (review.kind !== "question" || item.may_not.decide !== null) {
    const why = review.kind === "approval" ? item.may_not.approve : item.may_not.decide;
    return tell(
      editor,
      session,
      said([`Waits for a person: ${review.act}.`, why ?? "", `Decide at ${place}`].filter(Boolean).join(" ")),
    );
  }
  session.reply = review.id;
  tell(editor, session, said(`${review.title}\n\n${review.detail}\n\nAnswer with your next message, or at ${place}`));
}

interface Decided {
  verb: "approve" | "reject" | "answer";
  body: object;
}

/** Returns null when the person cannot decide it here, or did not. */
async function permission({ editor, session, review, signal }: Asking, item: ReviewItem): Promise<Decided | null> {
  if (item.may_not.approve !== null) return null;
  const options: PermissionOption[] = [
    { optionId: ALLOW, name: "Approve once", kind: "allow_once" },
    { optionId: REJECT, name: "Reject", kind: "reject_once" },
  ];
  const chosen = await choose({ editor, session, signal }, callOf(session, review, item), options);
  if (chosen === null) return null;
  return { verb: chosen === ALLOW ? "approve" : "reject", body: {} };
}

type Place = Pick<Asking, "editor" | "session" | "signal">;

/** Returns the id of the chosen option; null when the person closed the request without a choice. */
async function choose(
  { editor, session, signal }: Place,
  toolCall: ToolCallUpdate,
  options: PermissionOption[],
): Promise<string | null> {
  const request: RequestPermissionRequest = { sessionId: session.kept.id, toolCall, options };
  const { outcome } = await editor.client.request("session/request_permission", request, {
    cancellationSignal: signal,
    stopWaitingOnCancel: true,
  });
  const isOffered = outcome.outcome === "selected" && options.some(({ optionId }) => optionId === outcome.optionId);
  return isOffered ? outcome.optionId : null;
}

function callOf({ view }: Session, review: Review, { call }: ReviewItem): ToolCallUpdate {
  const text = [review.detail, call?.why, call?.plan?.does].filter(Boolean).join("\n\n");
  const change = call?.change;
  const content: ToolCallContent[] = [{ type: "content", content: { type: "text", text } }];
  if (change && change.after !== null) {
    const path = change.path.startsWith("/") ? change.path : `${view.tree?.workspace ?? ""}/${change.path}`;
    content.unshift({ type: "diff", path, oldText: change.before, newText: change.after });
  }
  return {
    toolCallId: view.callOf.get(review.id) ?? review.id,
    title: review.act,
    status: "pending",
    content,
    ...(call && { rawInput: parsed(call.arguments) }),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

async function question(asking: Asking, item: ReviewItem): Promise<Decided | null> {
  const { editor, session, review, signal } = asking;
  if (item.may_not.decide !== null) return null;
  if (editor.hasForms) return form(asking, item.answers);
  if (item.answers.length === 0) return null;
  const options = item.answers.map((name, at) => ({ optionId: String(at), name, kind: "allow_once" as const }));
  const content: ToolCallContent[] = [{ type: "content", content: { type: "text", text: review.detail } }];
  const asked = { toolCallId: review.id, title: review.act, status: "pending" as const, content };
  const chosen = await choose({ editor, session, signal }, asked, options);
  return chosen === null ? null : { verb: "answer", body: { text: item.answers[Number(chosen)] } };
}

/** To decline is an answer too, so that the task continues. Closing the form leaves the question open. */
async function form({ editor, session, review, signal }: Asking, answers: string[]): Promise<Decided | null> {
  const description = answers.length > 0 ? { description: `For example: ${answers.join(", ")}` } : {};
  const answer = await editor.client.request(
    "elicitation/create",
    {
      sessionId: session.kept.id,
      mode: "form",
      message: [review.title, review.detail].filter(Boolean).join("\n\n"),
      requestedSchema: {
        type: "object",
        properties: { answer: { type: "string", title: "Answer", minLength: 1, ...description } },
        required: ["answer"],
      },
    },
    { cancellationSignal: signal, stopWaitingOnCancel: true },
  );
  if (answer.action === "decline") return { verb: "answer", body: { text: DECLINED } };
  const text = answer.action === "accept" ? (answer.content as Record<string, unknown> | null)?.answer : undefined;
  return typeof text === "string" && text.trim() !== "" ? { verb: "answer", body: { text } } : null;
}

async function decide({ editor, review }: Asking, { verb, body }: Decided): Promise<void> {
  await editor.api.post(`reviews/${review.id}/${verb}`, body, `acp-${review.id}-${verb}`);
}

function sentenceOf(error: unknown): string {
  if (error instanceof RefusedError) return error.message;
  return "The editor could not ask you. Decide in Banyan, on the page Review.";
}
