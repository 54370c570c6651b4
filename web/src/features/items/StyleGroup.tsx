// A folded part of a text's look, with what it comes to beside its name.
import type { ReactNode } from "react";
import { Disclosure } from "@/ui/Disclosure";
import type { StyleForm } from "./styleForm";

interface StyleGroupProps {
  title: string;
  aside: string;
  /** Names of those that are in it: it opens when one of them cannot be. */
  fields: readonly string[];
  style: StyleForm;
  children: ReactNode;
}

export function StyleGroup({ title, aside, fields, style, children }: StyleGroupProps) {
  const isWrong = fields.some((name) => style.find(`style.${name}`) !== undefined);
  return (
    <Disclosure title={title} aside={aside} isOpen={isWrong || undefined}>
      <fieldset aria-label={title} className="flex min-w-0 flex-col gap-3 pb-3 pl-1">
        {children}
      </fieldset>
    </Disclosure>
  );
}
