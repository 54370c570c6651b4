// What moving segments to a model would do, asked anew whenever the film changes.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Retarget, tryRetarget } from "@/api/retarget";
import { saveEdits } from "@/lib/actions/editSegment";
import { useDocument, useProject } from "@/lib/store/document";

export type Scope = "selected" | "all";

export interface Outlook {
  told: Retarget | undefined;
  error: Error | null;
  /** Whether what is told is about the film, the model and the segments of this moment. */
  isCurrent: boolean;
  retry: () => void;
}

/** `to` is a model's id, null while none is chosen; `segments` null for all that are generated. */
export function useRetarget(to: string | null, segments: readonly string[] | null): Outlook {
  const { id } = useProject();
  const revision = useDocument(({ base }) => base?.revision);
  const isSaved = useDocument(({ save }) => save === "saved");
  const asked = useQuery({
    queryKey: ["retarget", id, revision, to, segments],
    queryFn: async () => {
      await saveEdits();
      return tryRetarget(id, to ?? "", segments);
    },
    enabled: to !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
    staleTime: 0,
  });
  return {
    told: asked.data,
    error: asked.error,
    isCurrent: asked.isSuccess && !asked.isPlaceholderData && !asked.isFetching && isSaved,
    retry: () => void asked.refetch(),
  };
}
