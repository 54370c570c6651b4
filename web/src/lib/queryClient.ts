// The one cache of server lists (projects, models, renders, plans, takes) and the keys into it.
import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => count < 2 && asProblem(error).status === 0,
      refetchOnWindowFocus: false,
    },
  },
});

export const keys = {
  projects: ["projects"] as const,
  models: ["models"] as const,
  plan: (projectId: string) => ["plan", projectId] as const,
  renders: (projectId: string) => ["renders", projectId] as const,
  takes: (segmentId: string) => ["takes", segmentId] as const,
  allTakes: ["takes"] as const,
  projectTakes: (projectId: string) => ["takes", "project", projectId] as const,
  vocabulary: ["vocabulary"] as const,
  allMedia: ["all-media"] as const,
  media: (mediaId: string) => ["media", mediaId] as const,
};
