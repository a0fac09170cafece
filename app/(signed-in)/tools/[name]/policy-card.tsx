import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import type { KindPolicy } from "@/core/rules/policy";
import { kindSentence } from "@/core/words/policy";
import { PolicySelect } from "../policy-select";

interface PolicyCardProps {
  tool: ListedTool;
  /** The word for "inherit", with the policy that it resolves to. */
  inherited: string;
  /** Why the person cannot change the policy; null if they can. */
  locked: string | null;
}

/** Returns the rights that the calls of a kind need. */
function needsWords({ records }: ListedTool, { level, also_needs: also }: KindPolicy): string {
  if (records) return "Needs no right: it only writes records in its own tree.";
  return also === null ? `Needs the right “${level}”.` : `Needs the rights “${level}” and “${also}”.`;
}

/** The policy of a tool, and the right that its calls need. */
export function PolicyCard({ tool, inherited, locked }: PolicyCardProps) {
  return (
    <Card as="section">
      <h2>Policy</h2>
      {tool.core ? (
        <p className="text-ink-2">Always allowed: it affects only the tree of the task that calls it.</p>
      ) : (
        <PolicySelect
          // Only what it shows: a tool also has its schema, which a client component cannot get.
          tool={{ name: tool.name, policy: tool.policy, records: tool.records }}
          inherited={inherited}
          locked={locked}
        />
      )}
      {tool.core || tool.kinds.length > 0 ? null : (
        <p className="mt-2 text-ink-2">
          Each call follows the policy of the server that it reads, or this policy when that is stricter.
        </p>
      )}
      {tool.core || tool.kinds.length === 0 ? null : (
        <ul className="mt-3" aria-label="What happens to a call">
          {tool.kinds.map((kind) => (
            <li className="border-line border-t py-1.5" key={kind.what}>
              {kindSentence(kind)}
              <span className="block text-ink-3 text-small">{needsWords(tool, kind)}</span>
            </li>
          ))}
        </ul>
      )}
      {tool.core ? null : (
        <Hint>
          A change applies to all calls from now on.{" "}
          <Link className="link" href="/settings/policy">
            Level policies
          </Link>
        </Hint>
      )}
      {locked && !tool.core ? <Hint>{locked}</Hint> : null}
    </Card>
  );
}
