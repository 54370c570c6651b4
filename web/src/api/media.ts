// Sending files, with progress, and asking about those already sent.
import { http, only } from "./client";
import { ApiProblem } from "./problem";
import type { Media } from "./types";

export const getMedia = (media_id: string): Promise<Media> =>
  only(http.GET("/api/media/{media_id}", { params: { path: { media_id } } }));

/** Sends one file; `onProgress` hears 0..1. XMLHttpRequest, because fetch cannot tell upload progress. */
export function uploadMedia(file: File, onProgress: (share: number) => void): Promise<Media> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    request.open("POST", "/api/media");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onerror = () => reject(new ApiProblem(0, {}));
    request.onload = () => {
      const answer = (request.response ?? {}) as Record<string, unknown>;
      if (request.status < 300) resolve(answer as unknown as Media);
      else reject(new ApiProblem(request.status, answer));
    };
    request.send(body);
  });
}
