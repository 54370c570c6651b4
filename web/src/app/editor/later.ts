// Parts of the editor that are fetched beside it: the inspector together with the project, what is not
// seen at first once the page stands.
import { lazy, useEffect } from "react";

const inspector = () => import("./InspectorPanel");
const library = () => import("./LibraryContent");

export const InspectorPanel = lazy(inspector);
export const LibraryContent = lazy(library);

/** A part that does not come now is asked for again when it is shown. */
const fetchAhead = (part: () => Promise<unknown>) => void part().catch(() => undefined);

const AFTER_MS = 300;

fetchAhead(inspector);

export function useFetchLater(): void {
  useEffect(() => {
    const timer = setTimeout(() => fetchAhead(library), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}
