import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { EntriesPage } from "../entries/entries-page";
import type { Search } from "../entries/entry-data";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const app = await enter();
  return <EntriesPage app={app} kind="agent" search={await searchParams} />;
}
