/**
 * Lists of hosts as people write them, with the same meaning everywhere: hosts that need no approval, hosts that a
 * command may reach, hosts that may be private. `host`, `host:port`, or `*.host` for every name below it; without a
 * port, 80 and 443. Pure. Not in core, because all its users except the gateway are in lib.
 */
import net from "node:net";
import { bareHost } from "./address";

export interface HostAndPort {
  /** As in a URL: lower case, international names and unusual address forms resolved; IPv6 without brackets. */
  host: string;
  port: number;
}

interface Entry {
  host: string;
  /** `*.host`. */
  isBelow: boolean;
  /** Null means the default ports. */
  port: number | null;
}

const USUAL_PORTS = [80, 443];
const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[^:/?#@\\\s[\]]+)(?::(\d{1,5}))?$/;

/** Parses `host:port`; returns null for anything else. */
export function parseHostAndPort(given: string, defaultPort?: number): HostAndPort | null {
  const parsed = parse(given);
  const port = parsed?.port ?? defaultPort;
  return parsed && port !== undefined ? { host: parsed.host, port } : null;
}

/** Returns a list entry in its normal form: lower case, addresses in their usual form. Null for an invalid entry. */
export function canonicalEntry(entry: string): string | null {
  const parsed = parseEntry(entry);
  if (!parsed) return null;
  const host = parsed.host.includes(":") ? `[${parsed.host}]` : parsed.host;
  return `${parsed.isBelow ? "*." : ""}${host}${parsed.port === null ? "" : `:${parsed.port}`}`;
}

/** Returns the entry that allows a connection: without a port where that is a usual one. */
export function entryOf({ host, port }: HostAndPort): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return USUAL_PORTS.includes(port) ? name : `${name}:${port}`;
}

/** Whether the list allows this connection. */
export function isListed(list: readonly string[], { host, port }: HostAndPort): boolean {
  return list.some((entry) => isWithin({ host, port, isBelow: false }, parseEntry(entry)));
}

/** Whether the list allows everything that an entry matches, which may be more than one host or port. */
export function isCovered(list: readonly string[], entry: string): boolean {
  const wanted = parseEntry(entry);
  return wanted !== null && list.some((host) => isWithin(wanted, parseEntry(host)));
}

/**
 * Returns host and port of an http or https URL as in such lists: `host` for the default port, else `host:port`; null
 * for any other URL.
 */
export function hostOf(given: string): string | null {
  if (!URL.canParse(given)) return null;
  const url = new URL(given);
  const host = bareHost(url.hostname);
  if (!["http:", "https:"].includes(url.protocol) || host === "") return null;
  const name = net.isIPv6(host) ? `[${host}]` : host;
  return url.port === "" ? name : `${name}:${url.port}`;
}

function isWithin(wanted: Entry, allowed: Entry | null): boolean {
  if (!allowed) return false;
  const isPort = wanted.port === allowed.port || (allowed.port === null && USUAL_PORTS.includes(wanted.port ?? 0));
  const isSame = wanted.host === allowed.host && wanted.isBelow === allowed.isBelow;
  return isPort && (isSame || (allowed.isBelow && wanted.host.endsWith(`.${allowed.host}`)));
}

function parseEntry(entry: string): Entry | null {
  const isBelow = entry.startsWith("*.");
  const parsed = parse(isBelow ? entry.slice(2) : entry);
  // An address has no names below it.
  return parsed && !(isBelow && net.isIP(parsed.host)) ? { ...parsed, isBelow } : null;
}

function parse(given: string): { host: string; port: number | null } | null {
  const match = HOST_AND_PORT.exec(given);
  const host = canonicalHost(match?.[1] ?? "");
  const port = match?.[2] === undefined ? null : Number(match[2]);
  return host === null || (port !== null && (port < 1 || port > 65_535)) ? null : { host, port };
}

/** Normalises a host, because resolvers read `http://2130706433` and `http://0x7f.1` as 127.0.0.1. */
function canonicalHost(given: string): string | null {
  const url = `http://${given}/`;
  if (given === "" || given.includes("*") || !URL.canParse(url)) return null;
  return bareHost(new URL(url).hostname) || null;
}
