/** The names of everything that a cell keeps in NATS, and the rules for names that people choose. */

/** In names of streams, cells and runners are separated by "_", which neither may contain. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const CALL_ID = /^[A-Za-z0-9_-]{1,100}$/;

/** Whether `text` can name a cell, a runner or a pool: small letters, digits and "-", at most 40. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Whether `text` can be part of a subject, as the id of a call, a pack or a start of a runner. */
export function isCallId(text: string): boolean {
  return CALL_ID.test(text);
}

export const subjects = {
  /** A request: it starts a call on the runner. */
  call: (cell: string, runner: string) => `banyan.${cell}.call.${runner}`,
  /** A request: input of a running call. */
  input: (cell: string, runner: string, callId: string) => `banyan.${cell}.input.${runner}.${callId}`,
  /** A request: it ends a running call early. */
  cancel: (cell: string, runner: string, callId: string) => `banyan.${cell}.cancel.${runner}.${callId}`,
  /** Output of a running call. */
  chunk: (cell: string, runner: string, callId: string) => `banyan.${cell}.chunk.${runner}.${callId}`,
  /** The end of a call, stored. */
  outcome: (cell: string, runner: string, callId: string) => `banyan.${cell}.outcome.${runner}.${callId}`,
  /** The newest record of a runner in the bucket of presence. */
  presence: (cell: string, runner: string) => `$KV.${presenceBucket(cell)}.${runner}`,
  /** A part of a pack. */
  packPart: (cell: string, runner: string, id: string) => `$O.${packsBucket(cell, runner)}.C.${id}`,
  /** The description of a pack; its name is encoded as the object store encodes it. */
  packMeta: (cell: string, runner: string, name: string) => `$O.${packsBucket(cell, runner)}.M.${encodedName(name)}`,
  /** A request for one message of the runner's packs. */
  packRead: (cell: string, runner: string) => `$JS.API.DIRECT.GET.OBJ_${packsBucket(cell, runner)}`,
};

export function outcomesStream(cell: string): string {
  return `outcomes_${cell}`;
}

export function presenceBucket(cell: string): string {
  return `presence_${cell}`;
}

export function packsBucket(cell: string, runner: string): string {
  return `packs_${cell}_${runner}`;
}

/** The object store's own encoding: base64 for addresses, with its padding. */
function encodedName(name: string): string {
  return padded(Buffer.from(name).toString("base64url"));
}

/** Adds the padding that Node leaves out of base64 for addresses. */
export function padded(base64: string): string {
  return base64.padEnd(Math.ceil(base64.length / 4) * 4, "=");
}
