/** Makes the request of a call from its arguments, so that no argument changes which operation or host it reaches. Pure. */
import { type ApiOperation, type ApiParameter, baseOfOperation } from "@/core/rules/api-operation";

export interface ApiRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
}

/** An argument that cannot be sent; `message` is one sentence for the model. */
export class ApiArgumentError extends Error {
  override name = "ApiArgumentError";
}

type Arguments = Readonly<Record<string, unknown>>;

const MOST_URL = 8_000;
const CONTROL = /\p{Cc}/u;
/** Characters of a document's path that a URL has in percents. */
const UNUSUAL = /[^\x21-\x7e]|["<>^`|]/gu;

/** Returns the request. `given`: the API's base URL, which a person gave. Throws ApiArgumentError. */
export function requestOf(given: string, operation: ApiOperation, args: Arguments): ApiRequest {
  const { method, parameters, body } = operation;
  const path = pathOf(operation, args);
  const root = new URL(baseOfOperation(given, operation));
  const query = [root.search.replace(/^\?/, ""), ...parameters.flatMap((parameter) => queryOf(parameter, args))].filter(
    Boolean,
  );
  const prefix = root.pathname.replace(/\/$/, "");
  const url = new URL(root.origin);
  url.pathname = `${prefix}${path}`;
  url.search = query.join("&");
  // The parser may have read a part of an argument as a step to another path.
  if (url.pathname !== `${prefix}${path}` || url.origin !== root.origin)
    throw new ApiArgumentError("The arguments would change the request's path, so nothing was sent.");
  if (url.href.length > MOST_URL)
    throw new ApiArgumentError(`The request's URL is longer than ${MOST_URL} characters.`);
  const sent = body && argumentOf(args, body.argument);
  return {
    method: method.toUpperCase(),
    url,
    headers: {
      accept: "application/json, text/*;q=0.9, */*;q=0.1",
      ...Object.fromEntries(parameters.flatMap((parameter) => headerOf(parameter, args))),
      ...(sent !== undefined && body && { "content-type": body.type }),
    },
    ...(sent !== undefined && body && { body: bodyText(body, sent) }),
  };
}

function pathOf({ path, parameters }: ApiOperation, args: Arguments): string {
  return path
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      if (!part.startsWith("{")) return part.replace(UNUSUAL, encoded);
      const parameter = parameters.find((parameter) => parameter.in === "path" && parameter.name === part.slice(1, -1));
      return parameter ? segmentOf(parameter, args) : part;
    })
    .join("");
}

/** Refuses whatever a server could read as another path, also after decoding it twice. */
function segmentOf(parameter: ApiParameter, args: Arguments): string {
  const { argument } = parameter;
  const text = listText(parameter, argumentOf(args, argument), ",");
  if (text === "") throw new ApiArgumentError(`${argument} is a part of the path and must not be empty.`);
  const forms = [text, decodeSafely(text), decodeSafely(decodeSafely(text))];
  const isStep = forms.some((form) => form.split(/[/\\]/).some((part) => part === "." || part === ".."));
  if (isStep || forms.some((form) => CONTROL.test(form)))
    throw new ApiArgumentError(`${argument} is a part of the path and must not contain ".." or control characters.`);
  return encoded(text);
}

function queryOf(parameter: ApiParameter, args: Arguments): string[] {
  const value = parameter.in === "query" ? argumentOf(args, parameter.argument) : undefined;
  if (value === undefined || value === null) return [];
  return pairsOf(parameter, value);
}

/** Returns the parts of a query, or of a form, with one value. */
function pairsOf({ name, style, explode }: Pick<ApiParameter, "name" | "style" | "explode">, value: unknown): string[] {
  const pair = (key: string, text: string) => `${encoded(key)}=${encoded(text)}`;
  if (style === "json") return [pair(name, JSON.stringify(value))];
  if (isObject(value)) {
    const members = Object.entries(value);
    if (style === "deepObject") return members.map(([key, member]) => pair(`${name}[${key}]`, textOf(member)));
    if (explode) return members.map(([key, member]) => pair(key, textOf(member)));
    return [pair(name, members.map(([key, member]) => `${key},${textOf(member)}`).join(","))];
  }
  if (!Array.isArray(value)) return [pair(name, textOf(value))];
  if (explode) return value.map((item) => pair(name, textOf(item)));
  const separator = style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : ",";
  return [pair(name, value.map(textOf).join(separator))];
}

function headerOf(parameter: ApiParameter, args: Arguments): [string, string][] {
  const value = parameter.in === "header" ? argumentOf(args, parameter.argument) : undefined;
  if (value === undefined || value === null) return [];
  const text = parameter.style === "json" ? JSON.stringify(value) : listText(parameter, value, ",");
  // A line end would begin a header, or a request, of the argument's own.
  if (/[^\t\x20-\x7e]/.test(text))
    throw new ApiArgumentError(`${parameter.argument} is a header and must be plain text on one line.`);
  return [[parameter.name.toLowerCase(), text]];
}

function bodyText({ type, encoding = {} }: NonNullable<ApiOperation["body"]>, value: unknown): string {
  if (/^text\/plain/i.test(type)) return typeof value === "string" ? value : JSON.stringify(value);
  if (!/x-www-form-urlencoded/i.test(type)) return JSON.stringify(value);
  if (!isObject(value)) throw new ApiArgumentError("The body is a form, so it must be an object.");
  return Object.entries(value)
    .flatMap(([name, member]) => {
      const given = Object.hasOwn(encoding, name) ? encoding[name] : undefined;
      if (given && member !== null && member !== undefined) return pairsOf({ name, ...given }, member).map(asForm);
      const items = Array.isArray(member) ? member : [member];
      return items.map((item) => new URLSearchParams([[name, textOf(item)]]).toString());
    })
    .join("&");
}

/** A form has a plus sign for a space, as a query need not. */
function asForm(pair: string): string {
  return pair.replaceAll("%20", "+");
}

function listText({ explode }: ApiParameter, value: unknown, separator: string): string {
  if (Array.isArray(value)) return value.map(textOf).join(separator);
  if (!isObject(value)) return textOf(value ?? "");
  const sign = explode ? "=" : separator;
  return Object.entries(value)
    .map(([key, member]) => `${key}${sign}${textOf(member)}`)
    .join(separator);
}

function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function argumentOf(args: Arguments, name: string): unknown {
  return Object.hasOwn(args, name) ? args[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Half of a pair of surrogates, which JSON can hold, has no form in a URL. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new ApiArgumentError("An argument is not valid Unicode text, so nothing was sent.");
  }
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
