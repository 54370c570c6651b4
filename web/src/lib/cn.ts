// Joins class names; of two that set the same property, the later one wins.
import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: { classGroups: { "font-size": [{ text: ["2xs"] }] } },
});

export function cn(...parts: ClassValue[]): string {
  return merge(clsx(parts));
}
