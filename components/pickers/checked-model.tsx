"use client";

import { Hint } from "@/components/ui/hint";
import type { CheckedModel } from "@/core/shapes/models";
import { useFetched } from "./use-fetched";

/** Returns the server's answer about a model's name; null until it answers, and for no name. */
function useCheckedModel(model: string): CheckedModel | null {
  const { body, isNewest } = useFetched(model ? `models/${encodeURIComponent(model)}` : null);
  return model && isNewest ? body : null;
}

interface CheckedModelSaysProps {
  id: string;
  model: string;
  choose: (model: string) => void;
  className?: string;
}

/** What a person who has chosen the model should know; for one that is not there, the nearest to take instead. */
export function CheckedModelSays({ id, model, choose, className = "" }: CheckedModelSaysProps) {
  const checked = useCheckedModel(model);
  const nearest = checked && !checked.isUsable ? checked.nearest : null;
  return (
    <div className={`empty:absolute ${className}`} id={id} role="status">
      {checked?.sentence ? (
        <Hint className="mt-0!" isBad={!checked.isUsable}>
          {checked.sentence}
          {nearest ? (
            <button type="button" className="link ml-1" onClick={() => choose(nearest)}>
              Use it
            </button>
          ) : null}
        </Hint>
      ) : null}
    </div>
  );
}
