/** One operation of a web API, as its OpenAPI document described it when a person approved it. Stored: only widen it. */

export const API_METHODS = ["get", "head", "options", "post", "put", "patch", "delete"] as const;
type ApiMethod = (typeof API_METHODS)[number];

/** How the request contains a value (`style` of OpenAPI); `json`: as JSON text. */
type ApiStyle = "simple" | "form" | "spaceDelimited" | "pipeDelimited" | "deepObject" | "json";

export interface ApiParameter {
  name: string;
  in: "path" | "query" | "header";
  /** The property of the tool's input with its value. */
  argument: string;
  style: ApiStyle;
  explode: boolean;
}

export interface ApiOperation {
  method: ApiMethod;
  /** With `{name}` for each path parameter; it begins with a slash and follows the base URL. */
  path: string;
  parameters: ApiParameter[];
  /** Absent: it sends no body. */
  body?: {
    argument: string;
    type: string;
    /** Only of a form: how it contains the fields that are not sent as usual, by their names. */
    encoding?: Record<string, Pick<ApiParameter, "style" | "explode">>;
  };
  /**
   * The base URL that the document gives to this operation, or to its path, in place of the API's. A relative one begins
   * at the API's. Absent: the API's.
   */
  server?: string;
}

/** Returns the base URL of an operation. `url`: the API's, which a person gave. */
export function baseOfOperation(url: string, { server }: Pick<ApiOperation, "server">): string {
  if (server === undefined) return url;
  return new URL(server, url).href.replace(/\/$/, "");
}

const READING: ReadonlySet<ApiMethod> = new Set(["get", "head", "options"]);

/** Whether the operation only reads, by its method (RFC 9110: safe methods). */
export function isReading({ method }: Pick<ApiOperation, "method">): boolean {
  return READING.has(method);
}

/** Returns how people and documents name an operation: `GET /pets/{id}`. */
export function operationKey({ method, path }: Pick<ApiOperation, "method" | "path">): string {
  return `${method.toUpperCase()} ${path}`;
}
