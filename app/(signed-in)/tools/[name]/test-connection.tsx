"use client";

import { type ReactNode, useState } from "react";
import type { TestedServer } from "@/agents/application";
import { sendJson } from "@/components/http/send-json";
import { refreshPage } from "@/components/refresh/refresh-page";
import { buttonLook } from "@/components/ui/button-look";
import { Button, Say } from "@/components/ui/parts";
import { duration } from "@/core/words/figures";
import { useLongCall } from "../use-long-call";
import { WaitingLine } from "../waiting-line";
import { ServerChanges } from "./server-changes";

interface TestConnectionProps {
  name: string;
  heldBack: boolean;
  may: boolean;
  /** Another button on the page is the primary one. */
  isAside: boolean;
  others: ReactNode;
}

/**
 * Starts the server and lists its tools. If they differ from the approved tools, it shows the diff to accept or leave
 * held back.
 */
export function TestConnection({ name, heldBack, may, isAside, others }: TestConnectionProps) {
  const { since, problem, run, giveUp } = useLongCall();
  const [tested, setTested] = useState<(TestedServer & { ms: number }) | null>(null);

  async function test(body: { accept?: true; listing?: string }): Promise<void> {
    const begun = performance.now();
    setTested(null);
    const path = `tools/${encodeURIComponent(name)}/test`;
    const done = await run((signal) => sendJson<TestedServer>("POST", path, body, { signal }));
    if (done) setTested({ ...done, ms: performance.now() - begun });
    refreshPage();
  }

  return (
    <div className="stack mt-3" data-test-connection>
      <div className="flex flex-wrap items-center gap-2">
        {may ? (
          <Button look={isAside ? "plain" : "primary"} disabled={since !== null} onClick={() => void test({})}>
            {heldBack ? "Review changes" : "Test connection"}
          </Button>
        ) : null}
        {others}
      </div>
      {since ? <WaitingLine what={`Starting ${name} and listing its tools.`} since={since} giveUp={giveUp} /> : null}
      {problem ? (
        <Say look="bad" role="alert">
          {problem}
        </Say>
      ) : null}
      {tested ? (
        <Outcome
          name={name}
          tested={tested}
          accept={(listing) => void test({ accept: true, listing })}
          close={() => setTested(null)}
        />
      ) : null}
    </div>
  );
}

interface OutcomeProps {
  name: string;
  tested: TestedServer & { ms: number };
  accept: (listing: string) => void;
  close: () => void;
}

function Outcome({ name, tested, accept, close }: OutcomeProps) {
  if (tested.sign_in !== null)
    return (
      <Say look="you" role="status">
        <p>{name} requires a sign-in. It brings you back to this page.</p>
        <p className="text-ink-2 text-small">Sign in with this browser, on the machine that runs Banyan.</p>
        <p className="mt-2 flex flex-wrap items-center gap-2">
          <a className={buttonLook("primary")} href={tested.sign_in} rel="noreferrer">
            Sign in at {new URL(tested.sign_in).host}
          </a>
        </p>
      </Say>
    );
  if (!tested.ok)
    return <ServerChanges name={name} tested={tested} accept={() => accept(tested.listing)} close={close} />;
  return (
    <Say look="good" role="status">
      {tested.sentence} It took {tested.ms < 1_000 ? `${Math.round(tested.ms)} ms` : duration(tested.ms)}.
    </Say>
  );
}
