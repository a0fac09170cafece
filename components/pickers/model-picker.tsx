"use client";

import { lazily } from "@/components/ui/page/lazily";
import { Loading, PickerFrame, type PickerProps } from "./picker";

const ModelPanel = lazily(() => import("./model-panel").then((file) => file.ModelPanel), { meanwhile: Loading });

interface ModelPickerProps extends PickerProps {
  /** What an empty value means. Absent: a model has to be chosen. */
  unset?: string;
  /** Names of the providers that are connected. */
  connected: readonly string[];
}

/** Choice of a model from the lists of the connected providers, or by its name. */
export function ModelPicker({ value, choose, unset, connected, ...frame }: ModelPickerProps) {
  return (
    <PickerFrame
      {...frame}
      shown={value ? <Chosen value={value} /> : <span className="text-ink-2">{unset ?? "Choose a model"}</span>}
      panel={(close, typed) => (
        <ModelPanel
          kept={typed}
          value={value}
          unset={unset}
          connected={connected}
          choose={(model) => {
            choose(model);
            close();
          }}
        />
      )}
    />
  );
}

/** Returns the name without its provider. */
export function shortName(model: string): string {
  return model.slice(model.indexOf("/") + 1);
}

function Chosen({ value }: { value: string }) {
  const provider = value.slice(0, Math.max(0, value.indexOf("/")));
  return (
    <span title={value}>
      {shortName(value)}
      {provider ? <span className="text-ink-2">, {provider}</span> : null}
    </span>
  );
}
