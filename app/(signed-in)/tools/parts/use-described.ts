"use client";

import { useState } from "react";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import type { ApiRequest } from "@/core/shapes/servers/outside";

/** How requests to an API or an outside agent are signed. */
interface AuthValues {
  auth: NonNullable<ApiRequest["auth"]>;
  header: string;
  secret: string;
}

/** The fields that an API and an outside agent have both. */
export interface DescribedValues extends AuthValues {
  name: string;
}

/** An added server of these kinds, to change. */
interface Known {
  name: string;
  auth: AuthValues["auth"];
  header: string | null;
}

export interface DescribedForm {
  form: Form;
  values: DescribedValues;
  change: (some: Partial<DescribedValues>) => void;
  /** Whether a server is changed. It keeps its name, and its secret when none is given. */
  isKnown: boolean;
  /** The keys of the operations or skills that agents can use. */
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
  /** Keys that agents could use until now, and that are no longer offered. */
  gone: readonly string[];
  /** What the operation gets of these fields. */
  request: { name: string; auth: AuthValues["auth"]; header: string; secret?: string };
}

/** What was read: a name for the server, and the keys that it offers. */
interface Read {
  name: string;
  keys: readonly string[];
}

/** Holds what a person chooses of a description that was read. `first` are the keys that are chosen at first. */
export function useDescribed(known: Known | undefined, { name, keys }: Read, first: readonly string[]): DescribedForm {
  const form = useForm();
  const [values, setValues] = useState<DescribedValues>({
    name: known?.name ?? name,
    auth: known?.auth ?? "none",
    header: known?.header ?? "X-API-Key",
    secret: "",
  });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(first.filter((key) => keys.includes(key))));
  const { auth, header, secret } = values;
  return {
    form,
    values,
    change: (some) => setValues({ ...values, ...some }),
    isKnown: known !== undefined,
    chosen,
    choose: setChosen,
    gone: first.filter((key) => !keys.includes(key)),
    request: { name: values.name.trim(), auth, header, ...(secret && { secret }) },
  };
}
