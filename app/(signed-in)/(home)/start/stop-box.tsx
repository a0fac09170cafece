"use client";

import { stopForSeconds } from "@/app/actions/server";
import { CopyButton } from "@/components/text/copy-button";
import { useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useNow } from "@/components/ui/time";
import { duration } from "@/core/words/figures";

/**
 * Who can stop the server and start it again: its launcher, a person at its terminal, or only an admin; and how it is
 * started.
 */
export interface StopBy {
  who: "launcher" | "terminal" | "admin";
  start: string;
  /** Stops a server whose terminal is not open. */
  stop: string;
}

const SECONDS = 10;

const BOX = "mt-3 flex flex-wrap items-center gap-3 rounded-lg border px-4 py-3 [&>svg]:flex-none";

/** Stops the server for a while, and says so while it is away. */
export function StopBox({ by, awaySinceMs }: { by: StopBy; awaySinceMs: number | null }) {
  const { pending, outcome, run } = useAction();
  if (awaySinceMs !== null) return <Away sinceMs={awaySinceMs} />;
  if (by.who === "admin") return null;
  return (
    <div className={`${BOX} border-line bg-raised`}>
      <Icon name="power" />
      <p className="min-w-60 flex-1">
        <b className="font-medium">Stop the server now and watch it go on.</b>{" "}
        <span className="text-ink-2">
          {by.who === "launcher" ? (
            `It stops for ${SECONDS} seconds and starts by itself. Or press Ctrl+C in its terminal and run `
          ) : (
            <>
              Press Ctrl+C in its terminal, or run <code className="whitespace-nowrap">{by.stop}</code>. Then run{" "}
            </>
          )}
          <code>{by.start}</code>. No step is lost.
        </span>
      </p>
      {by.who === "launcher" ? (
        <Button disabled={pending || outcome?.ok} onClick={() => run(() => stopForSeconds(SECONDS))}>
          Stop it for {SECONDS} s
        </Button>
      ) : (
        <CopyButton text={by.start}>Copy the command</CopyButton>
      )}
      <Refusal outcome={outcome} />
    </div>
  );
}

function Away({ sinceMs }: { sinceMs: number }) {
  const now = useNow();
  return (
    <div className={`${BOX} border-transparent bg-idle-bg`} role="status">
      <Icon name="power" />
      <p>
        <b className="font-medium">The server is stopped. Nothing is lost.</b>{" "}
        <span className="text-ink-2">
          This page looks again every second. The server has been away for{" "}
          <span aria-hidden="true">{duration(now - sinceMs)}</span>
          <span className="sr-only">a moment</span>.
        </span>
      </p>
    </div>
  );
}
