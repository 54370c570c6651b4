// The picture formats that the server offers; none until it has told them.
import { useMemo } from "react";
import { formatsOf } from "@/engine/formats";
import { useVocabulary } from "@/lib/queries";

export function useFormats() {
  const sizes = useVocabulary().data?.sizes;
  return useMemo(() => formatsOf(sizes ?? []), [sizes]);
}
