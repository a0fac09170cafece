import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { Icon } from "@/components/ui/icon";
import { HistoryBar } from "../history-bar";
import { Rule } from "./rule";

export const metadata: Metadata = { title: "Rules" };

/** What is approved without a person, until when, why, and what came of it. */
export default async function RulesPage() {
  const app = await enter();
  const rules = await app.queries.listRules();
  const nowMs = Date.parse(new Date().toISOString());
  const isOver = (rule: (typeof rules)[number]) =>
    rule.revoked_at !== null ||
    Date.parse(rule.expires_at) <= nowMs ||
    (rule.most_uses !== null && rule.uses >= rule.most_uses);
  const inForce = rules.filter((rule) => !isOver(rule));
  const over = rules.filter(isOver);
  const mayRevoke = app.may("revokeRule");
  return (
    <main className="main" id="main">
      <HistoryBar title="Rules" />
      <div className="page hist">
        {mayRevoke ? null : (
          <p className="dim py-2">You see the rules; making and revoking them needs the role reviewer: ask an admin.</p>
        )}
        {inForce.length === 0 ? (
          <p className="dim py-2">
            No rule is in force: every call that needs approval is put before a person. “Make a rule” at an approval
            makes one.
          </p>
        ) : (
          <ul className="rows" aria-label="In force">
            {inForce.map((rule) => (
              <Rule key={rule.id} rule={rule} mayRevoke={mayRevoke} />
            ))}
          </ul>
        )}
        {over.length > 0 ? (
          <details className="inst mt-4" open={inForce.length === 0}>
            <summary>
              <Icon name="chev" className="i tw" />
              <span>Over</span> <span className="faint">{over.length}</span>
            </summary>
            <ul className="rows mt-1" aria-label="Over">
              {over.map((rule) => (
                <Rule key={rule.id} rule={rule} over mayRevoke={false} />
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </main>
  );
}
