/** Passes a client's bytes into a tunnel once its TLS hello asks for the tunnel's host. */
import net from "node:net";
import { Transform } from "node:stream";
import { type Opening, openingOf } from "./client-hello";

/**
 * Calls `refuse` with the other name that the client asked for; the stream then fails. Data that is not TLS passes, and
 * so does all data to an address without a name: allowing an address allows every host on it.
 */
export function openNameGate(host: string, refuse: (other: string) => void): Transform {
  let held: Buffer | null = net.isIP(host.replace(/^\[|\]$/g, "")) ? null : Buffer.alloc(0);
  const wanted = host.toLowerCase().replace(/\.$/, "");

  return new Transform({
    transform(chunk: Buffer, _, done) {
      if (held === null) return done(null, chunk);
      held = Buffer.concat([held, chunk]);
      const opening = openingOf(held);
      if (opening.kind === "unfinished") return done();
      const other = otherThan(wanted, opening);
      if (other !== null) {
        refuse(other);
        return done(new Error("The client asked for another host."));
      }
      const all = held;
      held = null;
      done(null, all);
    },
    flush(done) {
      if (!held?.length) return done();
      refuse(UNREADABLE);
      done(new Error("The client hung up before it named a host."));
    },
  });
}

const UNREADABLE = "a name that cannot be read";

/** Returns the other name that the client asks for; null when it asks for the host itself. */
function otherThan(wanted: string, opening: Opening): string | null {
  if (opening.kind === "other") return null;
  if (opening.kind !== "hello") return UNREADABLE;
  if (opening.hides) return "a name that is encrypted";
  if (opening.name === null) return "no name";
  return opening.name === wanted ? null : opening.name;
}
