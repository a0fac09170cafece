/** The runner's side of calls: takes each once, runs it, and stores its outcome. */
import type { Msg } from "@nats-io/transport-node";
import type { z } from "zod";
import { listen, type NatsLink } from "./connect";
import { subjects } from "./names";
import type { OutcomeStore } from "./outcomes";
import type { Answer, ReceivedCall } from "./port";
import { createRunningCall, type RunningCall } from "./running-call";
import { type answerShape, callShape, encoded, INPUT_HEADER, type Outcome, parsed, type takenShape } from "./wire";

type Call = z.infer<typeof callShape>;
type CallAnswer = z.infer<typeof answerShape>;

/** Calls that have ended are remembered for late messages: this many, the newest. */
const MOST_ENDED = 10_000;

interface Serving {
  link: NatsLink;
  cell: string;
  runner: string;
  outcomes: OutcomeStore;
  /** This start of the process, as its presence says it; null before the first announcement. */
  bootId(): string | null;
}

type Decide = (call: ReceivedCall) => Answer | Promise<Answer>;

/** Takes calls from now on. Returns a function that stops this; running calls go on. */
export async function serveCalls(serving: Serving, decide: Decide): Promise<() => void> {
  const { connection } = serving.link;
  const answers = new Map<string, Promise<CallAnswer>>();
  const running = new Map<string, RunningCall>();
  const ended: string[] = [];
  const forget = (callId: string) => {
    running.delete(callId);
    ended.push(callId);
    if (ended.length > MOST_ENDED) answers.delete(ended.shift() ?? "");
  };
  const start = async (given: Call): Promise<CallAnswer> => {
    const { callId, place, level, body, leftMs } = given;
    const call = createRunningCall(serving, { callId, place, level, body, deadlineMs: Date.now() + leftMs });
    running.set(callId, call);
    const answer = await decided(decide, call.received);
    if ("refused" in answer) {
      forget(callId);
      call.close();
      return { accepted: false, code: answer.refused };
    }
    void finished(answer, call).then((outcome) => {
      forget(callId);
      // Until then a lost connection may have lost its last chunks too.
      serving.outcomes.add(outcome, call.close);
    });
    return { accepted: true };
  };
  const take = async (message: Msg) => {
    const call = parsed(callShape, message.data);
    if (call === null) return respond(message, { accepted: false, code: "not-a-call" });
    let answer = answers.get(call.callId);
    if (answer === undefined) {
      if (call.bootId !== serving.bootId()) return respond(message, { accepted: false, code: "other-start" });
      answer = start(call);
      answers.set(call.callId, answer);
    }
    const given = await answer;
    respond(message, given.accepted && !running.has(call.callId) ? { ...given, hasEnded: true } : given);
  };
  const takeFor = (message: Msg, give: (call: RunningCall) => void) => {
    const callId = message.subject.split(".").at(-1) ?? "";
    const call = running.get(callId);
    if (call) give(call);
    const taken = call ? "taken" : answers.has(callId) ? "ended" : "missing";
    message.respond(encoded({ taken } satisfies z.infer<typeof takenShape>));
  };

  const { cell, runner } = serving;
  const subscriptions = [
    listen(connection, subjects.call(cell, runner), (message) => void take(message).catch(ignored)),
    listen(connection, subjects.input(cell, runner, "*"), (message) =>
      takeFor(message, (call) => call.takeInput(message.headers?.get(INPUT_HEADER) ?? "", message.data)),
    ),
    listen(connection, subjects.cancel(cell, runner, "*"), (message) => takeFor(message, (call) => call.cancel())),
  ];
  await connection.flush();
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}

/** Who asked asks again: the link was closed before the answer. */
function ignored(): void {}

async function decided(decide: Decide, call: ReceivedCall): Promise<Answer> {
  try {
    return await decide(call);
  } catch {
    return { refused: "failed" };
  }
}

async function finished(answer: { run(): Promise<unknown> }, { received, sent }: RunningCall): Promise<Outcome> {
  const { callId, place } = received;
  try {
    const body = await answer.run();
    return { callId, place, chunks: sent(), state: "done", body: body ?? null };
  } catch {
    return { callId, place, chunks: sent(), state: "failed", body: null };
  }
}

function respond(message: Msg, answer: CallAnswer): void {
  message.respond(encoded(answer));
}
