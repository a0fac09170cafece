/**
 * Lists of hosts as people write them, and what they mean, for every list there is: those that nobody is asked about, those
 * that a command may reach, those that may be private. `host`, `host:port`, or `*.host` for every name below it; without a
 * port 80 and 443. Pure; here and not in core, because all but the gateway that asks stand in lib.
 */
import net from "node:net";
import { bareHost } from "./address";

export interface HostAndPort {
  /** As a URL shows it: lower case, international names and odd spellings of addresses resolved; IPv6 without brackets. */
  host: string;
  port: number;
}

interface Entry {
  host: string;
  /** `*.host`. */
  isBelow: boolean;
  /** Null stands for the usual ports. */
  port: number | null;
}

const USUAL_PORTS = [80, 443];
const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[^:/?#@\\\s[\]]+)(?::(\d{1,5}))?$/;

/** Reads `host:port`; null when it is something else. */
export function parseHostAndPort(given: string, defaultPort?: number): HostAndPort | null {
  const parsed = parse(given);
  const port = parsed?.port ?? defaultPort;
  return parsed && port !== undefined ? { host: parsed.host, port } : null;
}

/** An entry of such a list as it is compared: lower case, addresses in their usual spelling. Null when it is none. */
export function canonicalEntry(entry: string): string | null {
  const parsed = parseEntry(entry);
  if (!parsed) return null;
  const host = parsed.host.includes(":") ? `[${parsed.host}]` : parsed.host;
  return `${parsed.isBelow ? "*." : ""}${host}${parsed.port === null ? "" : `:${parsed.port}`}`;
}

/** Whether a connection may be made, as far as the list goes. */
export function isListed(list: readonly string[], { host, port }: HostAndPort): boolean {
  return list.some((entry) => isWithin({ host, port, isBelow: false }, parseEntry(entry)));
}

/** The same for all that an entry stands for, which is more than one host or port where it says so. */
export function isCovered(list: readonly string[], entry: string): boolean {
  const wanted = parseEntry(entry);
  return wanted !== null && list.some((one) => isWithin(wanted, parseEntry(one)));
}

/** Host and port of an http or https URL as such lists name them: `host` for the usual port, else `host:port`; null when it is none. */
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
  // Nothing is below an address.
  return parsed && !(isBelow && net.isIP(parsed.host)) ? { ...parsed, isBelow } : null;
}

function parse(given: string): { host: string; port: number | null } | null {
  const match = HOST_AND_PORT.exec(given);
  const host = canonicalHost(match?.[1] ?? "");
  const port = match?.[2] === undefined ? null : Number(match[2]);
  return host === null || (port !== null && (port < 1 || port > 65_535)) ? null : { host, port };
}

/** `http://2130706433` and `http://0x7f.1` are 127.0.0.1 to whoever looks them up, so they are to us. */
function canonicalHost(given: string): string | null {
  const url = `http://${given}/`;
  if (given === "" || given.includes("*") || !URL.canParse(url)) return null;
  return bareHost(new URL(url).hostname) || null;
}
