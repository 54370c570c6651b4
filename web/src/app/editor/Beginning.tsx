// What an empty project shows; not fetched for one that has segments.
import { lazy, Suspense } from "react";

const Start = lazy(() => import("@/features/start/Start"));

export function Beginning() {
  return (
    <Suspense fallback={<div className="flex-1" />}>
      <Start />
    </Suspense>
  );
}
