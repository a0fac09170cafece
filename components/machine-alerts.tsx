"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { MachineAlert } from "@/core/shapes/shapes";
import { useServerStatus } from "./feed/server-status";
import { useQuiet } from "./quiet-alerts";
import { Icon } from "./ui/icon";

/** Line with the machine's alerts. It is small and grey, because nothing has failed and nobody has to respond. */
export function MachineAlerts() {
  const alerts = useServerStatus().monitor?.alerts ?? [];
  const quiet = useQuiet(alerts.map(({ what }) => what));
  // That page shows the alerts with more detail.
  if (usePathname() === "/operations") return null;
  return <AlertStrip alerts={alerts.filter(({ what }) => !quiet.has(what))} />;
}

/** One line at every width. What to do is in the tooltip, for screen readers, and on the page that it leads to. */
export function AlertStrip({ alerts }: { alerts: MachineAlert[] }) {
  if (alerts.length === 0) return null;
  return (
    <section aria-label="Machine alerts">
      <ul className="flex min-w-0 gap-x-4 overflow-x-auto border-b border-line bg-sunk px-6 py-1 text-small whitespace-nowrap text-ink-2 [scrollbar-width:none] phone:px-4">
        {alerts.map(({ what, sentence, remedy }) => (
          <li className="flex min-w-0 flex-initial items-center gap-1.5" key={what} data-alert={what}>
            <Icon name="info" className="size-3.5 flex-none" />
            <span className="relative truncate" title={`${sentence} ${remedy.replaceAll("`", "")}`}>
              {sentence}
              <span className="sr-only">
                {" "}
                <Sentence text={remedy} />
              </span>
            </span>
            <Link className="link flex-none" href="/operations" prefetch={false}>
              What to do
            </Link>
          </li>
        ))}
      </ul>
    </section>
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
