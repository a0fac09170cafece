import Link from "next/link";
import type { ListedTool } from "@/agents/application";
import { Facts } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { levelWord } from "@/core/words/policy";
import { PolicySelect } from "../policy-select";

interface PolicyCardProps {
  tool: ListedTool;
  /** What "inherit" comes to. */
  inherited: string;
  /** Why it cannot be changed; null: it can. */
  locked: string | null;
}

/** Which right a call needs, and whether it runs by itself. */
export function PolicyCard({ tool, inherited, locked }: PolicyCardProps) {
  return (
    <Card as="section">
      <h2>When it is called</h2>
      {tool.core ? (
        <p className="text-ink-2">
          Always allowed: it works on the tree that the task belongs to, and on nothing else.
        </p>
      ) : (
        <PolicySelect tool={tool.name} policy={tool.policy} inherited={inherited} locked={locked} />
      )}
      <Facts className="mt-3">
        <dt>Reaches</dt>
        <dd>{levelWord(tool.level).toLowerCase()}</dd>
        <dt>Right</dt>
        <dd>{tool.core ? "none: every task may" : `a task needs “${tool.level}”`}</dd>
      </Facts>
      {tool.core ? null : (
        <Hint>
          A choice counts for calls from now on.{" "}
          <Link className="link" href="/settings/policy">
            Policies of levels
          </Link>
        </Hint>
      )}
      {locked && !tool.core ? <Hint>{locked}</Hint> : null}
    </Card>
  );
}
