/**
 * Tells addresses of other agents how their tasks progress. It finds changes by searching the database, and stores each
 * message before its first try, so that nothing is lost when a process dies.
 */
import type { Queries } from "@/agents/application";
import { rightsNow } from "@/agents/schedules/maker";
import type { OtherReceivers } from "@/agents/webhooks/sender";
import { isTerminal, shownTask, stateOf } from "@/core/a2a/a2a-task";
import type { A2aPush } from "@/core/a2a/records";
import { TOLD_FINAL } from "@/db/a2a/a2a";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { postMessage } from "@/lib/webhooks/post";
import { type A2aSources, forgetPushSecrets, readSecret } from "./records";

export interface PushSources extends A2aSources {
  store: Pick<Store, "a2a" | "people">;
  now(): number;
  queries: Pick<Queries, "getTask">;
}

/** The names of these receivers among those of webhooks. */
const RECEIVERS = "a2a/";

export function createA2aPushes(sources: PushSources): OtherReceivers {
  /** The mark of each address when it was last looked at, so that a task that has not changed is not read. */
  const marks = new Map<string, string>();
  return {
    async storeNews() {
      const open = sources.store.a2a.openPushes();
      for (const { mark, ...push } of open) {
        if (marks.get(push.uid) === mark) continue;
        if (isLost(sources, push)) await sources.store.a2a.removePush(push.uid);
        else await storePush(sources, push);
        marks.set(push.uid, mark);
      }
      if (marks.size > open.length * 2) for (const uid of marks.keys()) if (!isIn(open, uid)) marks.delete(uid);
    },
    has: (receiver) => receiver.startsWith(RECEIVERS),
    send: (receiver, body) => send(sources, receiver.slice(RECEIVERS.length), body),
    forget: () => forgetPushSecrets(sources),
  };
}

/** Whether the token that asked for the messages may read nothing any more. */
function isLost({ store, now }: PushSources, { owner }: A2aPush): boolean {
  return "lost" in rightsNow(store.people, { id: owner, name: owner }, now());
}

function isIn(open: readonly A2aPush[], uid: string): boolean {
  return open.some((push) => push.uid === uid);
}

/** A message holds the whole task, so one that arrives late or twice does no harm. */
async function storePush({ store, queries }: PushSources, push: A2aPush): Promise<void> {
  const task = store.a2a.anyTask(push.task);
  if (!task) return;
  const state = stateOf(task);
  const told = `${isTerminal(state) ? TOLD_FINAL : ""}${state} ${task.question?.id ?? ""}`;
  if (told === push.told) return;
  const root = task.tree && (await queries.getTask(task.tree.rootTask).catch(() => null));
  const shown = shownTask(task, {
    result: root?.result ?? null,
    // A push message is kept for a day of retries, so its files are left to be read with the task.
    files: [],
    messages: store.a2a.messages(task.id),
    questions: store.a2a.questions(task.id),
  });
  const delivery = { uid: `msg_${newId()}`, webhook: `${RECEIVERS}${push.uid}`, body: JSON.stringify({ task: shown }) };
  await store.a2a.tell(push.uid, told, delivery);
}

async function send(sources: PushSources, uid: string, body: string) {
  const { store, security, settings } = sources;
  const push = store.a2a.push(uid);
  if (!push || isLost(sources, push)) return null;
  const secret = push.hasSecret ? readSecret(security, uid) : null;
  const headers = {
    "content-type": "application/a2a+json",
    ...(secret?.token && { "x-a2a-notification-token": secret.token }),
    ...(secret?.scheme && secret.credentials && { authorization: `${secret.scheme} ${secret.credentials}` }),
  };
  return postMessage(push.url, body, headers, { privateHosts: settings.privateHosts });
}
