"use client";

import { useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Button, Say } from "@/components/ui/parts";
import type { ApiToken } from "@/core/rules/roles";
import { MadeTokenBox } from "./made-token-box";
import { NewToken } from "./new-token";
import { inOrder } from "./token-state";
import { TokenTable } from "./token-table";

/** Lists the API tokens with role, expiry and last use. */
export function TokensView({ tokens, now }: { tokens: ApiToken[]; now: number }) {
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<(ApiToken & { token: string }) | null>(null);
  const [notice, setNotice] = useState<Outcome | null>(null);
  const { live, over } = inOrder(tokens, now);

  function take(token: ApiToken & { token: string }): void {
    setMade(token);
    setMaking(false);
    setNotice(null);
    refreshPage();
  }

  function revoked(outcome: Outcome): void {
    setNotice(outcome);
    refreshPage();
  }

  return (
    <section aria-labelledby="tokens">
      <div className="mb-3 flex min-h-control flex-wrap items-center gap-2">
        <h2 id="tokens">API tokens</h2>
        <span className="text-ink-3">{live.length} active</span>
        <span className="flex-auto min-w-0" />
        {isMaking ? null : (
          <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
            Create token
          </Button>
        )}
      </div>
      {isMaking ? <NewToken onMade={take} onCancel={() => setMaking(false)} /> : null}
      {made ? <MadeTokenBox made={made} onClose={() => setMade(null)} /> : null}
      <div aria-live="polite">
        {notice ? (
          <div className="my-3">
            <Say look={notice.ok ? "good" : "bad"}>{notice.sentence}</Say>
          </div>
        ) : null}
      </div>
      {live.length > 0 ? (
        <TokenTable tokens={live} now={now} onRevoked={revoked} />
      ) : (
        <p className="text-ink-2 py-2">
          No tokens yet. A program needs a token to call the HTTP API or the MCP endpoint, and sends it as{" "}
          <code>Authorization: Bearer …</code>.
        </p>
      )}
      {over.length > 0 ? (
        <details className="mt-4">
          <summary className="text-ink-2">Expired or revoked: {over.length}</summary>
          <TokenTable tokens={over} now={now} onRevoked={revoked} />
        </details>
      ) : null}
    </section>
  );
}
