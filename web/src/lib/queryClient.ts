// The one cache of server lists (projects, models, renders, plans, takes) and the keys into it.
import { type Query, QueryClient, type QueryKey } from "@tanstack/react-query";
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

const isFirst = ({ state }: Query): boolean =>
  state.data === undefined && state.fetchStatus !== "idle";

/**
 * What was answered until now is out of date. `invalidateQueries` alone lets a list that is on its way
 * for the first time arrive, and takes it for new though it was asked for before.
 */
export async function askAnew(queryKey: QueryKey): Promise<void> {
  const onTheirWay = queryClient.getQueryCache().findAll({ queryKey, predicate: isFirst });
  const afterwards = onTheirWay.map(async (query) => {
    await query.fetch().catch(() => undefined); // the fetch that is under way
    await queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
  });
  await Promise.all([queryClient.invalidateQueries({ queryKey }), ...afterwards]);
}

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
