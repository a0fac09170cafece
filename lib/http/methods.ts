/** The methods of an address, as its `Allow` header and its refusals name them. */

/** Returns the methods that an address answers: those it declares, HEAD beside GET, and OPTIONS. */
export function allowedWith(declared: readonly string[]): string[] {
  return [...declared.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])), "OPTIONS"];
}

export function notAllowed(method: string, allowed: readonly string[]): string {
  return `This address does not answer ${method}. It answers ${allowed.join(", ")}.`;
}
