import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { EntryPage, nameIn } from "../../entries/entries-page";
import type { Search } from "../../entries/entry-data";

interface PageProps {
  params: Promise<{ name: string }>;
  searchParams: Promise<Search>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  await enter();
  return { title: nameIn((await params).name).slice(0, 80) };
}

export default async function RunbookPage({ params, searchParams }: PageProps) {
  const app = await enter();
  const [{ name }, search] = await Promise.all([params, searchParams]);
  return <EntryPage app={app} kind="runbook" name={nameIn(name)} search={search} />;
}
