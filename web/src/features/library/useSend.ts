// Files sent into the library, without putting them on the film.
import { useUpload } from "@/lib/hooks/useUpload";
import { askAnew, keys } from "@/lib/queryClient";
import { announce } from "@/lib/store/session";

export function useSend() {
  return useUpload(async (media) => {
    announce(`${media.filename} is in the library`);
    await askAnew(keys.allMedia);
  });
}
