"use client";

import { usePathname } from "next/navigation";
import { useServerStatus } from "./feed/server-status";
import { useQuiet } from "./quiet-alerts";
import { lazily } from "./ui/page/lazily";

/** Most machines have none. */
const AlertStrip = lazily(() => import("./alert-strip").then((file) => file.AlertStrip));

/** Shows the machine's alerts on every page but that of operations. */
export function MachineAlerts() {
  const alerts = useServerStatus().monitor?.alerts ?? [];
  const quiet = useQuiet(alerts.map(({ what }) => what));
  // That page shows the alerts with more detail.
  if (usePathname() === "/operations") return null;
  const loud = alerts.filter(({ what }) => !quiet.has(what));
  return loud.length > 0 ? <AlertStrip alerts={loud} /> : null;
}
