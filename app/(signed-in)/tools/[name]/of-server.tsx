import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { Say } from "@/components/ui/parts";

/** Says why agents cannot call this tool of a server, with a link to the server. */
export function OfServer({ tool, server }: { tool: ListedTool; server: string }) {
  const why = tool.held_back ?? tool.unavailable_reason ?? "";
  return (
    <Say look={tool.held_back ? "you" : undefined}>
      The server {server} is {tool.held_back ? "held back" : "off"}: {why}{" "}
      <Link className="link" href={`/tools/${encodeURIComponent(server)}`}>
        Open the server
      </Link>
    </Say>
  );
}
