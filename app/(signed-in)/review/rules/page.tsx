import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Page, PageBody } from "@/components/ui/page/page";
import type { ListedTool } from "@/core/shapes/tools";
import { HistoryBar } from "../history-bar";
import { NewRule } from "./new-rule";
import { Rule } from "./rule";
import { ruleState } from "./rule-state";

/** Core tools (version 0) need no approval, and a rule for an MCP server's tool is made from one of its calls. */
function isForRules({ version, source }: ListedTool): boolean {
  return version > 0 && source !== "mcp";
}

export const metadata: Metadata = { title: "Rules" };

/** Page of the rules that approve calls without a person: until when, why, and what they approved. */
export default async function RulesPage() {
  const app = await enter();
  const [rules, tools, agents] = await Promise.all([
    app.queries.listRules(),
    app.queries.listTools(),
    app.queries.listAgents(),
  ]);
  const nowMs = Date.parse(new Date().toISOString());
  const known = rules.map((rule) => ({ rule, state: ruleState(rule, nowMs) }));
  const inForce = known.filter(({ state }) => state === "on");
  const over = known.filter(({ state }) => state !== "on");
  const mayChange = app.may("changeRule");
  return (
    <Page>
      <HistoryBar title="Rules" />
      <PageBody>
        {mayChange ? (
          <NewRule
            tools={tools.filter(isForRules).map(({ name }) => name)}
            agents={agents.flatMap(({ name, inner }) => (inner ? [] : [name]))}
          />
        ) : (
          <p className="py-2 text-ink-2">
            You can only view rules. To make or change them, ask an admin for the role reviewer.
          </p>
        )}
        {inForce.length === 0 ? (
          <p className="py-2 text-ink-2">
            No rule is in force: every call that needs approval waits for a person. To approve identical calls
            automatically, use “Make a rule” on an approval.
          </p>
        ) : (
          <ul className="*:border-b *:border-line" aria-label="In force">
            {inForce.map(({ rule, state }) => (
              <Rule key={rule.id} rule={rule} state={state} mayChange={mayChange} />
            ))}
          </ul>
        )}
        {over.length > 0 ? (
          <details className={`${FOLD} mt-4`} open={inForce.length === 0}>
            <summary>
              <FoldMark />
              <span>Not in force</span> <span className="text-ink-3">{over.length}</span>
            </summary>
            <ul className="*:border-b *:border-line mt-1" aria-label="Not in force">
              {over.map(({ rule, state }) => (
                <Rule key={rule.id} rule={rule} state={state} mayChange={mayChange} />
              ))}
            </ul>
          </details>
        ) : null}
      </PageBody>
    </Page>
  );
}
