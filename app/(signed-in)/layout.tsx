import { headers } from "next/headers";
import type { ReactNode } from "react";
import { keepTheme } from "@/app/actions/theme";
import { enter } from "@/app/enter";
import { Attention } from "@/components/attention/attention";
import { KeptClicksNotice } from "@/components/away/kept-clicks-notice";
import { ServiceWorker } from "@/components/away/service-worker";
import { ConnectionBar } from "@/components/feed/connection-bar";
import { NoticeDock } from "@/components/feed/notice-bar";
import { StatusProvider } from "@/components/feed/server-status";
import { VersionBar } from "@/components/feed/version-bar";
import { GlobalKeys } from "@/components/global-keys";
import { GoingBar } from "@/components/going/going-bar";
import { KeysDialog } from "@/components/keys-dialog";
import { MachineAlerts } from "@/components/machine-alerts";
import { Navigation } from "@/components/navigation";
import { PaletteButton, PaletteTab } from "@/components/palette/palette-button";
import { PaletteDialog } from "@/components/palette/palette-dialog";
import { PageRefresher } from "@/components/refresh/page-refresher";
import { RightsProvider } from "@/components/ui/rights";
import { HaltBar } from "./halt-bar";
import { SeenMarker } from "./seen-marker";

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const { actor, queries, may, whyNot } = await enter();
  const status = await queries.getStatus();
  const nonce = /'nonce-([^']+)'/.exec((await headers()).get("content-security-policy") ?? "")?.[1];
  return (
    <StatusProvider start={status}>
      <script async src="/early-clicks.js" nonce={nonce} />
      <RightsProvider
        name={actor.name}
        rights={{
          run: whyNot("steer"),
          answer: whyNot("answer"),
          decide: whyNot("decide"),
          configure: whyNot("saveEntry"),
        }}
      >
        <div className="grid min-h-screen grid-cols-[var(--spacing-nav)_minmax(0,1fr)] phone:flex phone:flex-col phone:pb-14 phone:has-[>div>[data-fills]]:h-dvh phone:has-[>div>[data-fills]]:min-h-0 print:block print:pb-0">
          <Navigation
            find={<PaletteButton />}
            findTab={<PaletteTab />}
            name={actor.name}
            role={actor.role}
            version={status.version}
            keepTheme={keepTheme}
          />
          <NoticeDock>
            <HaltBar mayResume={may("resumeEverything")} />
            <ConnectionBar />
            <KeptClicksNotice />
            <VersionBar />
            <MachineAlerts />
          </NoticeDock>
          <div className="flex min-w-0 flex-col has-[>[data-fills]]:h-screen phone:flex-1 phone:has-[>[data-fills]]:h-auto phone:has-[>[data-fills]]:min-h-0">
            {children}
          </div>
        </div>
        <GoingBar />
        <ServiceWorker />
        <KeysDialog />
        <GlobalKeys />
        <PageRefresher />
        <SeenMarker />
        <Attention />
        <PaletteDialog role={actor.role} keepTheme={keepTheme} />
      </RightsProvider>
    </StatusProvider>
  );
}
