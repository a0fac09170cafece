import { EntryMissing } from "../../entries/entry-missing";

export default function Missing() {
  return <EntryMissing kind="runbook" />;
}
