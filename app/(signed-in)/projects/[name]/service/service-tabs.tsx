import { PageTabs } from "@/components/ui/page/page-tabs";
import type { SpecificationView } from "@/core/specification/view";
import { gapCount, type ServiceFacts, waitingOf } from "@/core/words/services/page";
import { partAddress, type ServicePart } from "./parts";

interface ServiceTabsProps {
  facts: ServiceFacts;
  /** null: it has no specification. */
  view: SpecificationView | null;
  part: ServicePart;
}

/** The parts of the page of a service. */
export function ServiceTabs({ facts, view, part }: ServiceTabsProps) {
  const { project, contract } = facts.service;
  const waits = new Set(waitingOf(facts).map((one) => one.part));
  const tab = (name: ServicePart, word: string) => ({ href: partAddress(project, name), word });
  const pages = [
    { ...tab("environments", "Environments"), count: facts.environments.length, waits: waits.has("environments") },
    { ...tab("requirements", "Requirements"), count: view?.requirements.length, waits: waits.has("requirements") },
    { ...tab("contract", "Contract"), count: contract?.operations.length },
    { ...tab("traceability", "Traceability"), count: view === null ? 0 : gapCount(view), unit: "gap" },
  ];
  return <PageTabs label="Service" pages={pages} current={partAddress(project, part)} />;
}
