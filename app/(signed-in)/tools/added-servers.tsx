import Link from "next/link";
import type { ImportedServer } from "@/agents/application";
import { Button, Say } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";
import { LeftOut } from "./parts/left-out";

export interface Added {
  sentence: string;
  servers: ImportedServer[];
  problems: string[];
  already: string[];
}

/** The result for each added server, with the next step. */
export function AddedServers({ added, onClose }: { added: Added; onClose: () => void }) {
  return (
    <div className="stack mt-4">
      {added.servers.map((server) => (
        <AddedServer key={server.name} server={server} />
      ))}
      {[...added.already, ...added.problems].map((sentence) => (
        <Say key={sentence}>{sentence}</Say>
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={onClose}>Close</Button>
      </div>
    </div>
  );
}

function AddedServer({ server: { name, tools, left_out, problem, sign_in } }: { server: ImportedServer }) {
  const link = (
    <Link className="link" href={`/tools/${encodeURIComponent(name)}`}>
      {name}
    </Link>
  );
  if (sign_in !== null)
    return (
      <Say role="status">
        {link} is added and requires a sign-in. Its tools are off until then.{" "}
        <a className="link" href={sign_in} rel="noreferrer">
          Sign in at {new URL(sign_in).host}
        </a>
      </Say>
    );
  if (problem !== null)
    return (
      <Say look="bad" role="alert">
        {link} is added, but off: {problem} Open it to fix and test it.
      </Say>
    );
  return (
    <>
      <Say look="good" role="status">
        {link} is added and offers {plural(tools.length, "tool")}. No agent uses it yet: add it to an agent’s tools.
      </Say>
      <LeftOut sentences={left_out} />
    </>
  );
}
