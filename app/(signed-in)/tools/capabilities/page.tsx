import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { TOOL_PAGES } from "@/components/navigation-entries";
import { Page, PageBar } from "@/components/ui/page/page";
import { PageTabs } from "@/components/ui/page/page-tabs";
import { askedOf } from "./address";
import { CapabilitiesView } from "./capabilities-view";

export const metadata: Metadata = { title: "Capabilities" };

/** The newest trees, whose libraries a person can choose. */
const MOST_TREES = 30;

interface CapabilitiesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function CapabilitiesPage({ searchParams }: CapabilitiesPageProps) {
  const { queries } = await enter();
  const { need, tree } = askedOf(await searchParams);
  const place = { tree: tree || undefined };
  const [all, trees, found] = await Promise.all([
    orNotFound(queries.listCapabilities(place)),
    queries.listTrees({ limit: MOST_TREES }),
    need === "" ? null : orNotFound(queries.findCapabilities(need, place)),
  ]);
  return (
    <Page>
      <PageBar>
        <h1>Capabilities</h1>
      </PageBar>
      <PageTabs label="Tools" pages={TOOL_PAGES} />
      <CapabilitiesView
        key={need}
        items={all.items}
        problems={all.problems}
        found={found}
        need={need}
        tree={tree}
        trees={trees.items.map(({ id, title }) => ({ id, title }))}
      />
    </Page>
  );
}
