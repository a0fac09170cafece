import { EntriesLoading } from "../entries/entries-loading";

export default function Loading() {
  return <EntriesLoading title="Runbooks" />;
}
