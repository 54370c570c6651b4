// Uploaded files become segments at the end of the film.

import { addSegment } from "@/lib/actions/addSegment";
import { useUpload } from "@/lib/hooks/useUpload";

export function useAddFootage() {
  return useUpload(async (media) => {
    await addSegment({ media: media.id });
  });
}
