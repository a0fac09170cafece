/** Writes a draft as a request, and a request as a command for a shell. */
import type { ContractOperation } from "@/core/contract/contract";
import type { SentRequest } from "@/core/contract/exchange";
import type { ApiOperation, ApiParameter } from "@/core/rules/api-operation";
import { ApiArgumentError, requestOf } from "@/lib/openapi/request";
import { type Draft, parameterKey } from "../generate/drafts";

const STYLES: ReadonlySet<string> = new Set([
  "simple",
  "form",
  "spaceDelimited",
  "pipeDelimited",
  "deepObject",
  "json",
]);
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const BODY = "body";

/** Returns why requests of the operation cannot be written, as part of a sentence; null when they can. */
export function writingFault({ parameters, body }: ContractOperation): string | null {
  const style = parameters.find((parameter) => !STYLES.has(parameter.style));
  if (style) return `its parameter ${style.name} has the style ${style.style}`;
  const name = parameters.find(
    (parameter) => parameter.in !== "path" && parameter.in !== "query" && !HEADER_NAME.test(parameter.name),
  );
  if (name) return `the ${name.in} parameter ${name.name} has a name that cannot be sent`;
  const types = body?.media.map(({ type }) => type) ?? [];
  const isWritten = types.some((type) =>
    /^application\/(.+\+)?json$|^application\/x-www-form-urlencoded$|^text\/plain$/.test(type),
  );
  return body?.isRequired && !isWritten ? `its body is ${types.join(" or ") || "of no type"}` : null;
}

/** Returns the request, or null when its values cannot be sent at their places. `headers`: for all requests. */
export function written(
  base: string,
  operation: ContractOperation,
  draft: Draft,
  headers: Readonly<Record<string, string>>,
): SentRequest | null {
  const { body } = draft;
  const args: Record<string, unknown> = { ...draft.parameters };
  if (body && "value" in body) args[BODY] = body.value;
  try {
    const { method, url, headers: own, body: text } = requestOf(base, asApiOperation(operation, draft), args);
    const cookie = cookieOf(operation, draft);
    const raw = body && "text" in body ? body.text : text;
    return {
      method,
      url: url.href,
      headers: {
        ...own,
        ...(cookie && { cookie }),
        ...(body && { "content-type": body.type }),
        ...headers,
      },
      body: raw ?? null,
    };
  } catch (error) {
    if (error instanceof ApiArgumentError) return null;
    throw error;
  }
}

function asApiOperation(operation: ContractOperation, { body }: Draft): ApiOperation {
  const parameters = operation.parameters.flatMap((parameter): ApiParameter[] => {
    const { name, in: place, style, explode } = parameter;
    return place === "cookie" ? [] : [{ name, in: place, argument: parameterKey(parameter), style, explode }];
  });
  const { method, path } = operation;
  return { method, path, parameters, ...(body && "value" in body && { body: { argument: BODY, type: body.type } }) };
}

function cookieOf(operation: ContractOperation, { parameters }: Draft): string {
  return operation.parameters
    .filter((parameter) => parameter.in === "cookie" && parameters[parameterKey(parameter)] !== undefined)
    .map((parameter) => `${parameter.name}=${encodeURIComponent(String(parameters[parameterKey(parameter)]))}`)
    .join("; ");
}

/** Returns a command that sends the request again. `secret`: headers whose values a person keeps in variables. */
export function curlOf({ method, url, headers, body }: SentRequest, secret: ReadonlySet<string>): string {
  const parts = ["curl", "-i", ...(method === "HEAD" ? ["--head"] : ["-X", method]), quotedForShell(url)];
  for (const [name, value] of Object.entries(headers)) {
    const variable = name.toUpperCase().replaceAll("-", "_").replace(/\W/g, "_");
    parts.push("-H", secret.has(name) ? `"${name}: $${variable}"` : quotedForShell(`${name}: ${value}`));
  }
  if (body !== null) parts.push("--data-raw", quotedForShell(body));
  return parts.join(" ");
}

/** Controls and invisible characters, which a terminal would not show as they are. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu;

function quotedForShell(text: string): string {
  if (text.search(UNSEEN) === -1) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text.replace(/[\\']/g, "\\$&").replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = (digits: number) => code.toString(16).padStart(digits, "0");
    return code < 128 ? `\\x${hex(2)}` : code < 65_536 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
  });
  return `$'${escaped}'`;
}
