// Reading server lists from components.
import { useQuery } from "@tanstack/react-query";
import { getMedia } from "@/api/media";
import { listModels } from "@/api/models";
import { listProjects } from "@/api/projects";
import { getPlan, listRenders } from "@/api/renders";
import { listTakes } from "@/api/segments";
import type { Model, Segment } from "@/api/types";
import { isClip } from "@/engine/takes";
import { getVocabulary, listMedia } from "./itemRequests";
import { keys, queryClient } from "./queryClient";

export const useProjects = () =>
  useQuery({ queryKey: keys.projects, queryFn: listProjects, staleTime: 0 });

export const useModels = () =>
  useQuery({ queryKey: keys.models, queryFn: listModels, staleTime: 300_000 });

const VOCABULARY = { queryKey: keys.vocabulary, queryFn: getVocabulary, staleTime: Infinity };

/** Transitions, presets and animations: what can be named, with labels. */
export const useVocabulary = () => useQuery(VOCABULARY);

/** The same, outside of components; asked for once. */
export const vocabulary = () => queryClient.ensureQueryData(VOCABULARY);

/** Uploaded files, newest first. */
export const useAllMedia = () => useQuery({ queryKey: keys.allMedia, queryFn: listMedia });

export const usePlan = (projectId: string) =>
  useQuery({
    queryKey: keys.plan(projectId),
    queryFn: () => getPlan(projectId),
    staleTime: Infinity,
  });

export const useRenders = (projectId: string) =>
  useQuery({ queryKey: keys.renders(projectId), queryFn: () => listRenders(projectId) });

export const useTakes = (segmentId: string, isWanted = true) =>
  useQuery({
    queryKey: keys.takes(segmentId),
    queryFn: () => listTakes(segmentId),
    enabled: isWanted,
  });

export interface Shown {
  asset_url: string | null;
  thumbnail_url: string | null;
  /** Whether it answers an older wording of the segment. */
  isOld: boolean;
}

/** What there is to see of a segment: its clip, else the newest take of what it asked for before. */
export function useShown(segment: Segment | undefined): Shown {
  const isMissing = segment?.asset_url === null && segment.take_count > 0;
  const takes = useTakes(segment?.id ?? "", isMissing).data;
  const old = takes?.find(isClip);
  const { asset_url, thumbnail_url } = (isMissing ? old : segment) ?? NOTHING;
  return { asset_url, thumbnail_url, isOld: isMissing || segment?.is_changed === true };
}

const NOTHING = { asset_url: null, thumbnail_url: null };

export const useMedia = (mediaId: string | null) =>
  useQuery({
    queryKey: keys.media(mediaId ?? ""),
    queryFn: () => getMedia(mediaId ?? ""),
    enabled: mediaId !== null,
    staleTime: Infinity,
  });

/** What a segment is called in lists: its words, or the name of its file. */
export function useSegmentName(segment: Segment): string {
  const { data: media } = useMedia(segment.prompt ? null : segment.media);
  return segment.prompt || media?.filename || (segment.media ? "Own footage" : "No words yet");
}

/** The model of this id or alias. */
export function findModel(models: readonly Model[] | undefined, name: unknown): Model | undefined {
  return models?.find(
    (model) => model.id === name || model.aliases.some((alias) => alias === name),
  );
}
