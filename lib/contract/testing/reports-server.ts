/**
 * A service that keeps to the document of `reports-document.ts`, written by hand so that it does not share the faults of
 * what checks it. With a fault from `PLANTED` it breaks the document in one place.
 */
import { randomUUID } from "node:crypto";
import type http from "node:http";
import { type HttpFixture, startHttp } from "@/lib/mcp/testing/http-server";

type Json = Record<string, unknown>;

/** Thrown for a request that is refused. */
class Refused extends Error {
  constructor(readonly status: number) {
    super(`Refused with ${status}.`);
  }
}

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** What an answer is before it is sent; a planted fault may change all of it. */
export interface Prepared {
  status: number;
  headers: Record<string, string>;
  /** Text, or a value that is sent as JSON. */
  body: unknown;
}

/** One fault: each part replaces something of the clean service. */
export interface Plant {
  /** Changes a request before it is read. */
  asked?(asked: Asked): Asked;
  /** Changes an answer before it is sent. */
  answer?(prepared: Prepared, asked: Asked): Prepared;
  /** Checks that are left out, by their names. */
  unchecked?: readonly string[];
  /** Answers without the service's own code; true: it has answered. */
  raw?(asked: Asked, response: http.ServerResponse): boolean;
  keepsDeleted?: boolean;
  forgetsCreated?: boolean;
}

export async function startReports(plant: Plant = {}): Promise<HttpFixture> {
  const reports = new Map<string, Json>();
  return startHttp((request, body, response) => {
    const url = new URL(request.url ?? "/", "http://service");
    const given: Asked = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    const asked = plant.asked?.(given) ?? given;
    if (plant.raw?.(asked, response)) return;
    const clean = answerOf(reports, asked, plant);
    sendPrepared(response, plant.answer?.(clean, asked) ?? clean);
  });
}

function sendPrepared(response: http.ServerResponse, { status, headers, body }: Prepared): void {
  response.writeHead(status, headers);
  response.end(body === null ? undefined : typeof body === "string" ? body : JSON.stringify(body));
}

function answerOf(reports: Map<string, Json>, asked: Asked, plant: Plant): Prepared {
  try {
    return route(reports, asked, plant);
  } catch (error) {
    const status = error instanceof Refused ? error.status : 500;
    const body = { title: "The request cannot be answered.", status };
    return { status, headers: { "content-type": "application/problem+json" }, body };
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Prepared {
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body };
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function route(reports: Map<string, Json>, asked: Asked, plant: Plant): Prepared {
  const [, first, id, third, n] = asked.path.split("/").map(decodeURIComponent);
  if (first === "healthz") return { status: 200, headers: { "content-type": "text/plain" }, body: "ok" };
  if (first !== "reports") throw new Refused(404);
  const check = checker(plant);
  if (id === undefined)
    return asked.method === "POST" ? create(reports, asked, check, plant) : list(reports, asked, check);
  check("id", UUID.test(id));
  if (third === "photos") return putPhoto(reports, id, n ?? "", asked, check);
  const report = reports.get(id);
  if (asked.method === "PATCH") return change(report, asked, check);
  if (!report) throw new Refused(404);
  if (asked.method === "GET") return json(200, report);
  if (!plant.keepsDeleted) reports.delete(id);
  return { status: 204, headers: {}, body: null };
}

type Check = (name: string, holds: boolean, status?: number) => void;

function checker({ unchecked = [] }: Plant): Check {
  return (name, holds, status = 422) => {
    if (!holds && !unchecked.includes(name)) throw new Refused(status);
  };
}

const KINDS = ["broken", "wet", "missing"];

function list(reports: Map<string, Json>, { query }: Asked, check: Check): Prepared {
  const limit = query.get("limit") ?? "20";
  check("limit", /^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 100);
  check("kind", query.get("kind") === null || KINDS.includes(query.get("kind") ?? ""));
  const tags = query.getAll("tags");
  check("tags", tags.length <= 5 && tags.every((tag) => [...tag].length <= 20));
  const found = [...reports.values()].filter(({ kind }) => query.get("kind") === null || kind === query.get("kind"));
  return json(200, { items: found.slice(0, Number(limit)), next: null }, { "x-total": String(found.length) });
}

function bodyOf({ headers, body }: Asked, check: Check): Json {
  check("media-type", (headers["content-type"] ?? "").startsWith("application/json"), 415);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    check("malformed", false, 400);
    return {};
  }
  check("object", typeof value === "object" && value !== null && !Array.isArray(value));
  return (typeof value === "object" && value !== null ? value : {}) as Json;
}

function isText(value: unknown, least: number, most: number): boolean {
  return typeof value === "string" && [...value].length >= least && [...value].length <= most;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function create(reports: Map<string, Json>, asked: Asked, check: Check, plant: Plant): Prepared {
  const given = bodyOf(asked, check);
  const known = ["id", "createdAt", "order", "reason", "kind", "quantity", "email", "place", "tags"];
  check(
    "unknown-field",
    Object.keys(given).every((name) => known.includes(name)),
  );
  check("order", given.order === undefined || /^[A-Z]{2}-[0-9]{4}$/.test(String(given.order)));
  check("order-missing", given.order !== undefined);
  check("reason", isText(given.reason, 1, 1000));
  check("kind", KINDS.includes(String(given.kind)));
  check("quantity", isWhole(given.quantity, 1, 1000));
  check("email", given.email === undefined || given.email === null || /^[^@\s]+@[^@\s]+$/.test(String(given.email)));
  const { place, tags } = given;
  check("place", place === undefined || (isObject(place) && isText(place.warehouse, 2, 10)));
  const shelf = isObject(place) ? place.shelf : undefined;
  check("shelf", shelf === undefined || isWhole(shelf, 0, Number.MAX_SAFE_INTEGER));
  check(
    "tags",
    tags === undefined || (Array.isArray(tags) && tags.length <= 5 && tags.every((tag) => isText(tag, 1, 20))),
  );
  const id = randomUUID();
  const report = { order: "AB-1234", ...given, id, createdAt: new Date(0).toISOString() };
  if (!plant.forgetsCreated) reports.set(id, report);
  return json(201, report, { location: `/reports/${id}` });
}

function change(report: Json | undefined, asked: Asked, check: Check): Prepared {
  const given = bodyOf(asked, check);
  check("empty", Object.keys(given).length > 0);
  check("reason", given.reason === undefined || isText(given.reason, 1, 1000));
  check("quantity", given.quantity === undefined || isWhole(given.quantity, 1, 1000));
  if (!report) throw new Refused(404);
  if (given.reason !== undefined) report.reason = given.reason;
  if (given.quantity !== undefined) report.quantity = given.quantity;
  return json(200, report);
}

function putPhoto(reports: Map<string, Json>, id: string, n: string, asked: Asked, check: Check): Prepared {
  check("n", /^[1-6]$/.test(n));
  check("device", isText(asked.headers["x-device"], 1, 20));
  check("photo-missing", asked.body !== "" || asked.headers["content-type"] !== undefined);
  check("media-type", (asked.headers["content-type"] ?? "").startsWith("text/plain"), 415);
  check("photo", [...asked.body].length <= 200);
  if (!reports.has(id)) throw new Refused(404);
  return { status: 204, headers: {}, body: null };
}
