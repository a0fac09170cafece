import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { Facts } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { levelWord } from "@/core/words/policy";
import { PolicySelect } from "../policy-select";

interface PolicyCardProps {
  tool: ListedTool;
  /** The word for "inherit", with the policy that it resolves to. */
  inherited: string;
  /** Why the person cannot change the policy; null if they can. */
  locked: string | null;
}

/** The policy of a tool, and the right that its calls need. */
export function PolicyCard({ tool, inherited, locked }: PolicyCardProps) {
  return (
    <Card as="section">
      <h2>Policy</h2>
      {tool.core ? (
        <p className="text-ink-2">Always allowed: it affects only the tree of the task that calls it.</p>
      ) : (
        <PolicySelect tool={tool.name} policy={tool.policy} inherited={inherited} locked={locked} />
      )}
      <Facts className="mt-3">
        <dt>Access</dt>
        <dd>{levelWord(tool.level).toLowerCase()}</dd>
        <dt>Required right</dt>
        <dd>{tool.core ? "none; every task may call it" : tool.level}</dd>
      </Facts>
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
