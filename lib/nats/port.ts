/**
 * What the rest of Banyan knows of NATS: cells, runners, pools, calls and bytes. A call's body, its chunks and its
 * outcome are opaque here. Place numbers are carried and never judged: the fence is the caller's.
 */
import type { PresenceRecord, StoredOutcome } from "./wire";

/** How one user of a cell reaches NATS. */
export interface LinkOptions {
  /** Addresses of one or more nodes: `tls://nats.example.org:4222`. Plain `nats://` is for this machine only. */
  servers: readonly string[];
  cell: string;
  /** The user's nkey: a seed that starts with "SU". */
  seed: string;
  /** Certificate authorities in PEM, where the system's own do not know the nodes' certificates. */
  ca?: string;
  /** How often a silent connection is tested; two unanswered tests end it. Default: 2 s. */
  pingMs?: number;
  /** How often a runner says that it is there. Default: 3 s. */
  announceMs?: number;
}

/** The connection underneath. It reconnects forever; what is sent meanwhile fails or is sent again, as each part says. */
export interface LinkState {
  isUp(): boolean;
  /** Calls the listener each time the connection is lost. Returns a function that removes the listener. */
  onLost(listener: () => void): () => void;
  /** Calls the listener each time the connection is there again. */
  onBack(listener: () => void): () => void;
}

/** The server's side: which pools runners may enter. */
export interface CellOptions extends LinkOptions {
  /** Returns the only pool that a runner may enter; null: its key names none, so it is believed. Default: null. */
  poolOf?(runner: string): string | null;
  /** A runner announced another pool than that of its key, and is not counted as there. */
  onWrongPool?(found: { runner: string; announced: string; pool: string }): void;
}

export interface CallRequest {
  runner: string;
  /** Unique forever: what is sent twice under one id runs once. After a refusal the next try needs another id. */
  callId: string;
  /** The start of the runner's process that the call is for: another start refuses it, so that nothing runs twice. */
  bootId: string;
  place: number;
  level: number;
  /** Unix time. The runner gets it by its own clock. */
  deadlineMs: number;
  /** Any JSON; with its envelope at most 1,000,000 bytes. Larger parts go through packs. */
  body: unknown;
}

/**
 * How a call began. `refused` with the runner's reason: it does not run. `unreachable`: it was not sent, so it does not
 * run. `unknown`: it was sent and nobody answered, so it may run; it is sent again until its outcome is known or `leave`.
 */
export type CallStart =
  | { state: "accepted"; call: FollowedCall }
  | { state: "refused"; code: string }
  | { state: "unreachable" }
  | { state: "unknown"; call: FollowedCall };

/** Numbers of chunks that were lost, both ends included. */
export interface Gap {
  from: number;
  to: number;
}

export interface CallListener {
  /** In order and without doubles. */
  onChunk?(data: Uint8Array): void;
  onGap?(gap: Gap): void;
}

/** Whether the runner has taken it. `ended`: the call does not run there any more. `unknown`: nobody answered. */
export type Taken = "taken" | "ended" | "unknown";

export interface FollowedCall {
  readonly callId: string;
  /** Resolves with the call's only outcome, as soon as it is known; null: `leave` or `close` came before. */
  readonly outcome: Promise<StoredOutcome | null>;
  /** Inputs arrive in the order of these calls, each once. At most 1,000,000 bytes; throws NatsError when larger. */
  input(data: Uint8Array): Promise<Taken>;
  /** Asks the runner to end the call, again and again until its outcome is there, which tells that it has ended. */
  cancel(): Promise<Taken>;
  /** Stops listening. The call goes on. */
  leave(): void;
}

export type PresenceChange = { state: "present"; record: PresenceRecord } | { state: "gone"; runner: string };

export interface Presence {
  /** The runners that were heard within the last 20 s, or of which NATS keeps a record: those that nobody may replace. */
  list(): PresenceRecord[];
  /** Returns a function that removes the listener. */
  onChange(listener: (change: PresenceChange) => void): () => void;
  /** Returns the pool that the runner's key is for; null: the key names none, and the runner chose its pool itself. */
  keyPoolOf(runner: string): string | null;
  /** Records that were not what a runner may write, since the start. */
  dropped(): number;
}

/** Names a pack and proves its content. */
export interface PackRef {
  name: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

export interface Packs {
  /** Stores the bytes under a name that was never used before. Throws NatsError `unreachable`; what is stored by then expires. */
  put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<PackRef>;
  /**
   * Returns the bytes as they are read. Throws NatsError: `not-found` for a pack that is absent, expired or removed,
   * `corrupt` for one that is not what the reference says, `unreachable`.
   */
  get(pack: PackRef): AsyncIterable<Uint8Array>;
}

/** The server's side of a cell. */
export interface CellLink extends LinkState {
  readonly presence: Presence;
  /** Sends a call. Throws NatsError `too-large`. */
  call(request: CallRequest, listener?: CallListener): Promise<CallStart>;
  /** Listens to a call that an earlier process of the server began. */
  follow(runner: string, callId: string, listener?: CallListener): FollowedCall;
  /** Asks for the stored outcome of a call; null: there is none. Throws NatsError `unreachable`. */
  outcome(runner: string, callId: string): Promise<StoredOutcome | null>;
  /** The packs that this runner and the server exchange. Their bucket is made when it is missing. */
  packs(runner: string): Promise<ServerPacks>;
  close(): Promise<void>;
}

export interface ServerPacks extends Packs {
  /** Removes a pack that has been used. Never rejects: one that cannot be removed now expires. */
  remove(name: string): Promise<void>;
}

/** What a runner says of itself. */
export type RunnerState = Omit<PresenceRecord, "runner">;

/** A call on its runner. */
export interface ReceivedCall {
  readonly callId: string;
  readonly place: number;
  readonly level: number;
  /** Unix time, by this machine's clock. */
  readonly deadlineMs: number;
  readonly body: unknown;
  /** Aborted when the server cancels the call. */
  readonly signal: AbortSignal;
  /** Sends a chunk of output, at most 1,000,000 bytes. Throws NatsError `too-large`. */
  send(data: Uint8Array): void;
  /** Inputs from the beginning, in order. */
  onInput(listener: (data: Uint8Array) => void): void;
}

/** A reason is a code of small letters and "-". `run` resolves with the body of the outcome, any JSON. */
export type Answer = { refused: string } | { run(): Promise<unknown> };

/** A runner's side of its cell. */
export interface RunnerLink extends LinkState {
  /** Tells the cell what this runner is, now and every few seconds; later calls replace the state. */
  announce(state: RunnerState): void;
  /**
   * Returns how long it is by the steady clock since NATS last stored what this runner says of itself. A runner that is
   * connected to a node without the others is not heard, and nothing of it is stored. The cell counts it as gone after 20 s.
   */
  unheardMs(): number;
  /** Tells the cell that this runner leaves. */
  leave(): Promise<void>;
  /** Takes calls; resolves when NATS knows that. Called once, after the first announcement. */
  serve(answer: (call: ReceivedCall) => Answer | Promise<Answer>): Promise<void>;
  readonly packs: Packs;
  /** Outcomes that are not stored yet. */
  waitingOutcomes(): number;
  /** Resolves when every outcome so far is stored. */
  settled(): Promise<void>;
  /** Outcomes that are not stored are lost: wait for `settled` before. */
  close(): Promise<void>;
}
