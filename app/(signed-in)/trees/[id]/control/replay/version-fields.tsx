"use client";

import { useId } from "react";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { Clock } from "@/components/ui/time";
import type { ForkStart } from "@/core/shapes/forks";
import { useLoaded } from "../../files/use-loaded";
import { chosenVersions, type VersionRow, versionRows, withVersion } from "./replay-draft";
import type { ReplayProps } from "./replay-props";

/** Choices in the list are cut at this length; the whole text is below the list. */
const LONGEST_WHY = 60;

/** A field for the version of the agent, and one for each of its documents. */
export function VersionFields({ task, agent, draft, change, form, start }: ReplayProps & { start: ForkStart | null }) {
  const isSame = agent === task.agent;
  const { body: entry } = useLoaded(`agents/${encodeURIComponent(agent)}`);
  if (isSame && start === null) return null;
  const chosen = chosenVersions(draft, agent);
  return versionRows(agent, isSame ? start : null, entry?.documents ?? []).map((row) => {
    const index = chosen.findIndex(({ kind, name }) => kind === row.kind && name === row.name);
    return (
      <VersionField
        key={`${row.kind} ${row.name}`}
        row={row}
        version={chosen[index]?.version ?? null}
        choose={(version) => change(withVersion(draft, agent, row, version))}
        form={form}
        field={index < 0 ? null : `versions.${index}`}
      />
    );
  });
}

interface VersionFieldProps {
  row: VersionRow;
  /** null: none is chosen. */
  version: number | null;
  choose: (version: number | null) => void;
  form: Form;
  /** Its path in the request; null while none is chosen. */
  field: string | null;
}

function VersionField({ row: { kind, name, inTree, used }, version, choose, form, field }: VersionFieldProps) {
  const id = useId();
  const { body, problem } = useLoaded(`${kind}s/${encodeURIComponent(name)}/versions`);
  const versions = body?.items ?? [];
  const registered = field === null ? {} : form.register(field);
  const about = versions.find((one) => one.version === version);
  const live = versions.find((one) => one.live)?.version;
  const unset = inTree === null ? liveText(live, used) : `As in this tree (v${inTree})`;
  return (
    <>
      <label htmlFor={id}>
        <span className="block pt-1.5 leading-4.5 phone:pt-2">
          {kind === "agent" ? "Agent" : "Document"} {name}
        </span>
      </label>
      <div>
        <select
          {...registered}
          id={id}
          value={version ?? ""}
          onChange={({ target }) => choose(target.value === "" ? null : Number(target.value))}
        >
          <option value="">{unset}</option>
          {versions.map((one) => (
            <option key={one.version} value={one.version}>
              {`v${one.version}${one.live ? ", live" : ""}${one.why ? `: ${cut(one.why)}` : ""}`}
            </option>
          ))}
        </select>
        {field === null ? null : form.fault(field)}
        {problem ? <Hint isBad>{problem}</Hint> : null}
        {about ? (
          <Hint>
            By {about.by}, <Clock at={about.created_at} />: {about.why || "no reason given."}
          </Hint>
        ) : null}
      </div>
    </>
  );
}

function liveText(live: number | undefined, used: number | undefined): string {
  const inTree = used === undefined ? "" : `; this tree used v${used}`;
  return `The live version${live === undefined ? "" : ` (v${live})`}${inTree}`;
}

function cut(text: string): string {
  return text.length > LONGEST_WHY ? `${text.slice(0, LONGEST_WHY).trimEnd()}…` : text;
}
