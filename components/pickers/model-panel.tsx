"use client";

import { useEffect, useState } from "react";
import type { ListedModel } from "@/core/shapes/models";
import { PickGroup, PickItem, PickList, PickNote } from "./list";
import { contextText, modelGroups, priceText } from "./model-list";
import { Loading, type Typed as TypedText } from "./picker";
import { useFetched } from "./use-fetched";
import { useTyped } from "./use-typed";

interface ModelPanelProps {
  value: string;
  choose: (model: string) => void;
  unset: string | undefined;
  connected: readonly string[];
  kept: TypedText;
}

const TYPING_MS = 250;
const DEFAULT = " default";

/** The list of models. A name that no provider lists is checked while it is typed. */
export function ModelPanel({ value, choose, unset, connected, kept }: ModelPanelProps) {
  const [typed, type] = useTyped(kept);
  const [marked, mark] = useState("");
  const { body, problem } = useFetched("models");
  const name = typed.trim();
  const groups = modelGroups(body?.items ?? [], connected, name);
  const all = groups.flatMap(({ models }) => models);
  const isListed = all.some((model) => model.name === name);
  const asks = body !== null && name !== "" && !isListed && (all.length === 0 || name.includes("/"));
  const first = name === "" ? value || DEFAULT : (all[0]?.name ?? "");
  useEffect(() => mark(first), [first]);
  const take = (model: string) => {
    type("");
    choose(model === DEFAULT ? "" : model);
  };
  return (
    <PickList
      typed={typed}
      type={type}
      marked={marked}
      mark={mark}
      label="Model"
      placeholder="Find a model, or type provider/model"
      status={body === null ? "" : `${all.length} models`}
    >
      {problem ? <PickNote isBad>{problem}</PickNote> : null}
      {body === null && !problem ? <Loading /> : null}
      {name === "" && unset ? (
        <PickItem value={DEFAULT} take={take} isChosen={value === ""}>
          {unset}
        </PickItem>
      ) : null}
      {asks ? <Typed name={name} take={take} mark={mark} isAlone={all.length === 0} /> : null}
      {groups.map(({ provider, models }) => (
        <PickGroup key={provider} heading={<Heading provider={provider} />}>
          {models.map((model) => (
            <PickItem key={model.name} value={model.name} take={take} isChosen={model.name === value}>
              <ModelRow model={model} provider={provider} />
            </PickItem>
          ))}
        </PickGroup>
      ))}
      {connected.length === 0 ? <PickNote>No provider is connected. Connect one in Settings.</PickNote> : null}
    </PickList>
  );
}

function Heading({ provider }: { provider: string }) {
  return (
    <span className="flex justify-between gap-4">
      <span>{provider}</span>
      <span className="font-normal">context · price of a million tokens</span>
    </span>
  );
}

function ModelRow({ model, provider }: { model: ListedModel; provider: string }) {
  return (
    <>
      <span className="flex min-w-0 items-baseline gap-3 phone:flex-wrap phone:gap-x-2 phone:gap-y-0">
        <span className="min-w-0 flex-auto truncate phone:basis-full">{model.name.slice(provider.length + 1)}</span>
        <span className="flex-none text-small text-ink-3">
          {contextText(model)} · {priceText(model)}
        </span>
      </span>
      {model.retires_at && model.sentence ? (
        <span className="block text-small text-ink-3">{model.sentence}</span>
      ) : null}
    </>
  );
}

interface TypedProps {
  name: string;
  take: (model: string) => void;
  mark: (model: string) => void;
  /** No listed model contains the text. */
  isAlone: boolean;
}

/** What the server says to a name that was typed: the item that takes it, or why not and the nearest one instead. */
function Typed({ name, take, mark, isAlone }: TypedProps) {
  const { body, isNewest, problem } = useFetched(`models/${encodeURIComponent(name)}`, TYPING_MS);
  const offered = isNewest ? (body?.isUsable ? name : (body?.nearest ?? null)) : null;
  useEffect(() => {
    if (isAlone && offered) mark(offered);
  }, [isAlone, offered, mark]);
  if (problem) return <PickNote isBad>{problem}</PickNote>;
  if (!isNewest || !body) return isAlone ? <PickNote>Checking {name}</PickNote> : null;
  return (
    <>
      {body.sentence && (isAlone || body.isUsable) ? <PickNote isBad={!body.isUsable}>{body.sentence}</PickNote> : null}
      {offered && (isAlone || body.isUsable) ? (
        <PickItem value={offered} take={take}>
          Use {offered}
        </PickItem>
      ) : null}
    </>
  );
}
