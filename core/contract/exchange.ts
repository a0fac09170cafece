/** A request and its answer as plain data, and what of an answer differs from the contract. */

export interface SentRequest {
  method: string;
  /** The whole address. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | null;
}

export interface GivenAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body as text; bytes that are not UTF-8 are replaced. */
  body: string;
  bytes: number;
}

export interface Exchange {
  request: SentRequest;
  answer: GivenAnswer;
}

export type AnswerFaultCode =
  | "status-undocumented"
  | "media-type-undocumented"
  | "body-undocumented"
  | "body-missing"
  | "body-malformed"
  | "body-breaks-schema"
  | "header-missing"
  | "header-breaks-schema"
  | "problem-document-wrong"
  | "schema-not-checkable";

export interface AnswerFault {
  code: AnswerFaultCode;
  /** Where in the answer: `status`, `content-type`, `header location`, `body`, or `body/items/0/id`. */
  place: string;
  /** The keyword of the schema that is broken, for example `required`. */
  rule?: string;
  /** The part of the document that says so, as a JSON pointer. */
  pointer: string;
  text: string;
}
