"use client";

import Link from "next/link";
import { useState } from "react";
import { Sentence } from "@/components/alert-strip";
import { useServerStatus } from "@/components/feed/server-status";
import { usePolled } from "@/components/http/use-polled";
import { loudAgain, quietForAnHour, useQuiet } from "@/components/quiet-alerts";
import { buttonLook } from "@/components/ui/button-look";
import { Section } from "@/components/ui/page/section";
import { Button, Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { LIMIT_NAMES, type LimitName } from "@/core/log/limits";
import type { MachineAlert } from "@/core/shapes/health";
import type { History } from "@/core/shapes/operations";
import { LIMIT_WORDS } from "@/core/words/spending/limits";
import { OldTreesDialog } from "./old-trees-dialog";

const POLL_MS = 60_000;

interface AlertsProps {
  start: History;
  /** The person may delete trees. */
  mayDelete: boolean;
}

/** The alerts of the machine: what runs short, since when, when the disk will be full, and what to do. */
export function Alerts({ start, mayDelete }: AlertsProps) {
  const { value: history } = usePolled("history?hours=1", start, POLL_MS);
  const alerts = useServerStatus().monitor?.alerts ?? [];
  const quiet = useQuiet(alerts.map(({ what }) => what));
  if (alerts.length === 0) return null;
  return (
    <Section id="alerts" title="Alerts" beside={alerts.length}>
      <ul>
        {alerts.map((alert) => {
          const until = quiet.get(alert.what);
          return (
            <li key={alert.what} className="mt-2" data-alert={alert.what}>
              {until ? (
                <QuietAlert alert={alert} until={until} />
              ) : (
                <LoudAlert alert={alert} history={history} mayDelete={mayDelete} />
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function QuietAlert({ alert: { what, percent }, until }: { alert: MachineAlert; until: string }) {
  return (
    <p className="text-ink-2">
      {NAMES[what]}
      {percent === null ? "" : `, ${percent} %`}: muted in this browser until <Clock at={until} />.{" "}
      <button type="button" className="link" onClick={() => loudAgain(what)}>
        Unmute
      </button>
    </p>
  );
}

const NAMES_OF_LIMITS = Object.fromEntries(LIMIT_NAMES.map((name) => [name, LIMIT_WORDS[name].name])) as Record<
  LimitName,
  string
>;

const NAMES: Record<MachineAlert["what"], string> = {
  ...NAMES_OF_LIMITS,
  database: "Database",
  backup: "Backups",
  runners: "Runners",
};

/** Where to look; the page of limits for all others. */
const PAGES: Partial<Record<MachineAlert["what"], { href: string; word: string }>> = {
  backup: { href: "/operations/backups", word: "Open backups" },
  runners: { href: "/operations/runners", word: "Open runners" },
};

interface LoudAlertProps {
  alert: MachineAlert;
  history: History;
  mayDelete: boolean;
}

function LoudAlert({ alert: { what, sentence, remedy }, history, mayDelete }: LoudAlertProps) {
  const [isAsking, setAsking] = useState(false);
  const since = what === "cpu" || what === "memory" || what === "disk" ? history.over_since[what] : null;
  const hours = what === "disk" ? history.disk_full_in_hours : null;
  const takesRoom = what === "disk" || what === "database";
  return (
    <Say look="bad">
      <b>{sentence}</b>{" "}
      {since ? (
        <>
          Since <Clock at={since} />
          {hours === null ? ". " : `. Full in about ${hours < 2 ? hours : Math.round(hours)} hours at this rate. `}
        </>
      ) : null}
      <Sentence text={remedy} />
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {takesRoom && mayDelete ? <Button onClick={() => setAsking(true)}>Delete old trees…</Button> : null}
        {takesRoom ? null : (
          <Link className={buttonLook()} href={PAGES[what]?.href ?? "/operations/limits"}>
            {PAGES[what]?.word ?? "Open limits"}
          </Link>
        )}
        <Button look="quiet" onClick={() => quietForAnHour(what)}>
          Mute for 1 hour
        </Button>
      </div>
      {isAsking ? <OldTreesDialog onClosed={() => setAsking(false)} /> : null}
    </Say>
  );
}
