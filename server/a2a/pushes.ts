/**
 * The addresses to which other agents want push messages. The messages and their retries are in agents/a2a/pushes.ts.
 */
import { TaskPushNotificationConfig } from "@a2a-js/sdk";
import { RequestMalformedError, TaskNotFoundError } from "@a2a-js/sdk/errors";
import type { A2aPush } from "@/core/a2a/records";
import { newId } from "@/lib/new-id";
import { type Caller, taskOf } from "./caller";

const MOST_CHARS = 2_000;

export async function createPush(
  caller: Caller,
  config: TaskPushNotificationConfig,
): Promise<TaskPushNotificationConfig> {
  await caller.app.check("submitTree");
  const { id } = await taskOf(caller, config.taskId);
  await checkPush(caller, config, id);
  return keepPush(caller, id, config);
}

/** Throws when the address is not allowed, a field is too long, or the task tells too many. `task` must be the caller's. */
export async function checkPush(
  { records }: Caller,
  config: TaskPushNotificationConfig,
  task: string | null,
): Promise<void> {
  const { id, url, token, authentication } = config;
  const { scheme = "", credentials = "" } = authentication ?? {};
  if ([id, url, token, scheme, credentials].some((text) => text.length > MOST_CHARS))
    throw new RequestMalformedError(`A field of the address may have ${MOST_CHARS} characters at most.`);
  if (![token, scheme, credentials].every(isHeaderText) || /\s/.test(scheme))
    throw new RequestMalformedError(
      "The token and the credentials of the address are sent as headers: use printable ASCII characters only.",
    );
  await records.checkPush(task, { name: task === null ? id || null : nameOf(records, task, config), url });
}

/** An address without an id is the task's address of the same URL, so that naming it again tells nothing twice. */
function nameOf(
  records: Caller["records"],
  task: string,
  { id, url }: Pick<TaskPushNotificationConfig, "id" | "url">,
): string | null {
  return id || (records.pushes(task).find((push) => push.url === url)?.name ?? null);
}

/** A line break would end the header, and all sends would fail with any other character outside. */
const isHeaderText = (text: string) => /^[\x20-\x7e]*$/.test(text);

/** Stores the address, which was checked, of a task that is known to be the caller's. `newName` is for one without an id. */
export async function keepPush(
  { app, records }: Caller,
  task: string,
  config: TaskPushNotificationConfig,
  newName = newId(),
): Promise<TaskPushNotificationConfig> {
  const { url, token, authentication } = config;
  const { scheme = "", credentials = "" } = authentication ?? {};
  const name = nameOf(records, task, config) ?? newName;
  const secret = token || credentials ? { token, scheme, credentials } : null;
  await records.addPush(task, { name, url, secret }, app.actor.name);
  return pushOf({ records }, task, name);
}

export async function getPush(caller: Caller, task: string, name: string): Promise<TaskPushNotificationConfig> {
  const { id } = await taskOf(caller, task);
  return pushOf(caller, id, name);
}

export async function listPushes(caller: Caller, task: string): Promise<TaskPushNotificationConfig[]> {
  const { id } = await taskOf(caller, task);
  return caller.records.pushes(id).map((push) => shown(caller, push));
}

export async function deletePush(caller: Caller, task: string, name: string): Promise<void> {
  await caller.app.check("submitTree");
  const { id } = await taskOf(caller, task);
  await caller.records.removePush(id, name, caller.app.actor.name);
}

function pushOf(caller: Pick<Caller, "records">, task: string, name: string): TaskPushNotificationConfig {
  const found = caller.records.pushes(task).find((push) => push.name === name);
  if (!found) throw new TaskNotFoundError(`The task ${task} has no push configuration ${name.slice(0, 100)}.`);
  return shown(caller, found);
}

function shown({ records }: Pick<Caller, "records">, push: A2aPush): TaskPushNotificationConfig {
  const secret = records.secretOf(push);
  return TaskPushNotificationConfig.fromJSON({
    id: push.name,
    taskId: push.task,
    url: push.url,
    ...(secret?.token && { token: secret.token }),
    ...(secret?.scheme && { authentication: { scheme: secret.scheme, credentials: secret.credentials } }),
  });
}
