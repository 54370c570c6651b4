// Sending files one after the other, with progress and words for what goes wrong.
import { useState } from "react";
import { uploadMedia } from "@/api/media";
import type { Media } from "@/api/types";
import { keys, queryClient } from "../queryClient";
import { sayProblem } from "../toast";

export const ACCEPTED_IMAGES = ".png,.jpg,.jpeg,.webp,image/png,image/jpeg,image/webp";
/** What a segment can be. */
export const ACCEPTED_FOOTAGE = `.mp4,.mov,.webm,video/mp4,video/quicktime,video/webm,${ACCEPTED_IMAGES}`;
export const ACCEPTED_SOUND = ".mp3,.wav,.flac,.ogg,.opus,.m4a,.mp4,.webm,audio/*";

export interface Upload {
  name: string;
  /** 0..1 */
  share: number;
}

/** `send` uploads files and hands over each one that arrived. */
export function useUpload(onMedia: (media: Media) => Promise<void> | void) {
  const [upload, setUpload] = useState<Upload | null>(null);

  async function sendOne(file: File): Promise<void> {
    setUpload({ name: file.name, share: 0 });
    try {
      const media = await uploadMedia(file, (share) => setUpload({ name: file.name, share }));
      queryClient.setQueryData(keys.media(media.id), media);
      await onMedia(media);
    } catch (error) {
      sayProblem(`${file.name} was not taken`, error, () => void send([file]));
    }
  }

  async function send(files: Iterable<File>): Promise<void> {
    for (const file of files) await sendOne(file);
    setUpload(null);
  }

  return { upload, send };
}
