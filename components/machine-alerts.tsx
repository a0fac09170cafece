"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { MachineAlert } from "@/core/shapes/shapes";
import { NoticeBar } from "./feed/notice-bar";
import { useServerStatus } from "./feed/server-status";
import { useQuiet } from "./quiet-alerts";

/** Notice with the machine's alerts. It is small and grey, because nothing has failed and nobody has to respond. */
export function MachineAlerts() {
  const alerts = useServerStatus().monitor?.alerts ?? [];
  const quiet = useQuiet(alerts.map(({ what }) => what));
  // That page shows the alerts with more detail.
  if (usePathname() === "/operations") return null;
  return <AlertStrip alerts={alerts.filter(({ what }) => !quiet.has(what))} />;
}

/** What to do is in the tooltip, for screen readers, and on the page that it leads to. */
export function AlertStrip({ alerts }: { alerts: MachineAlert[] }) {
  if (alerts.length === 0) return null;
  return (
    <NoticeBar icon="info" look="quiet" aria-label="Machine alerts">
      <ul className="flex flex-col gap-1">
        {alerts.map(({ what, sentence, remedy }) => (
          <li key={what} data-alert={what}>
            <span className="relative" title={`${sentence} ${remedy.replaceAll("`", "")}`}>
              {sentence}
              <span className="sr-only">
                {" "}
                <Sentence text={remedy} />
              </span>
            </span>{" "}
            <Link className="link" href="/operations" prefetch={false}>
              What to do
            </Link>
          </li>
        ))}
      </ul>
    </NoticeBar>
  );
}

/** Renders a sentence, with text between backticks as code. */
export function Sentence({ text }: { text: string }) {
  const [first, code, ...rest] = text.split("`");
  if (code === undefined) return first;
  return (
    <>
      {first}
      <code>{code}</code>
      {rest.length > 0 ? <Sentence text={rest.join("`")} /> : null}
    </>
  );
}
