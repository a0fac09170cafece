/** Finds the operation of a document that a request asks for. */
import type { Contract, ContractOperation } from "@/core/contract/contract";
import type { SentRequest } from "@/core/contract/exchange";

/** Returns the operation, or null. A path without parameters wins over one with parameters. */
export function operationFor(
  contract: Contract,
  { method, url }: Pick<SentRequest, "method" | "url">,
  base: string,
): ContractOperation | null {
  const path = pathBelow(url, base);
  if (path === null) return null;
  const fitting = contract.operations.filter(
    (operation) => operation.method === method.toLowerCase() && valuesInPath(operation.path, path) !== null,
  );
  const parts = ({ path: template }: ContractOperation) => template.split("{").length;
  return fitting.sort((left, right) => parts(left) - parts(right))[0] ?? null;
}

/** Returns the path of an address below the base; null when the address is elsewhere. */
export function pathBelow(url: string, base: string): string | null {
  if (!URL.canParse(url) || !URL.canParse(base)) return null;
  const [asked, root] = [new URL(url), new URL(base)];
  const prefix = root.pathname.replace(/\/$/, "");
  if (asked.origin !== root.origin || !asked.pathname.startsWith(`${prefix}/`)) return null;
  return asked.pathname.slice(prefix.length);
}

/** Returns the values of the parameters in a path, still encoded; null when the path is another one. */
export function valuesInPath(template: string, path: string): Map<string, string> | null {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  const values = new Map<string, string>();
  return wanted.every((step, index) => readStep(step, given[index] ?? "", values)) ? values : null;
}

/** Reads one step of a path, such as `{name}.{format}`, without going back: a document may have many in one step. */
function readStep(template: string, step: string, values: Map<string, string>): boolean {
  const parts = template.split(/(\{[^{}]*\})/).filter((part) => part !== "");
  let at = 0;
  let open: string | null = null;
  for (const part of parts) {
    if (part.startsWith("{")) {
      open = part.slice(1, -1);
      continue;
    }
    const text = asInUrl(part);
    const found = open === null ? at : step.indexOf(text, at);
    if (found < 0 || !step.startsWith(text, found)) return false;
    if (open !== null) values.set(open, step.slice(at, found));
    open = null;
    at = found + text.length;
  }
  if (open !== null) values.set(open, step.slice(at));
  return open !== null || at === step.length;
}

/** A path of the document may have characters that a URL has in percents. */
function asInUrl(text: string): string {
  return text.replace(/[^\x21-\x7e]|["<>^`|]/gu, encodeURIComponent);
}
