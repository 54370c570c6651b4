// Uploaded files become segments at the end of the film.
import { useUpload } from "@/features/upload/useUpload";
import { addSegment } from "@/lib/actions/addSegment";

export function useAddFootage() {
  return useUpload(async (media) => {
    await addSegment({ media: media.id });
  });
}
