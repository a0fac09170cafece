/** What answers a request: one function for each operation of the document. */

/** A request that the document allows. */
export interface Call {
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  cookies: Record<string, unknown>;
  body?: unknown;
}

export interface Answer {
  status: number;
  /** Absent: the answer has no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Each operation is called only with requests that its own type of `Call` describes. */
export type Operation = (call: never) => Promise<Answer>;

/** By method and path, such as `GET /pets/{petId}`. */
export type Operations = Record<string, Operation>;
