// Which rows of a long list are near enough to its visible part to be worth drawing. What they are is
// the list's business.
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** Hears whether an element is near, and how high it was when it left; returns how to stop. */
export type WatchNearby = (
  element: Element,
  hear: (isNear: boolean, height: number) => void,
) => () => void;

const MARGIN_PX = 600;

/** One observer for all rows of a list that scrolls. */
export function useNearby(list: RefObject<HTMLElement | null>): WatchNearby {
  const observer = useRef<IntersectionObserver | null>(null);
  const listeners = useRef(new Map<Element, Parameters<WatchNearby>[1]>());
  useEffect(
    () => () => {
      observer.current?.disconnect();
      observer.current = null;
    },
    [],
  );
  return useCallback(
    (element, hear) => {
      observer.current ??= new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting, boundingClientRect } of entries)
            listeners.current.get(target)?.(isIntersecting, boundingClientRect.height);
        },
        { root: list.current, rootMargin: `${MARGIN_PX}px 0px` },
      );
      listeners.current.set(element, hear);
      observer.current.observe(element);
      return () => {
        listeners.current.delete(element);
        observer.current?.unobserve(element);
      };
    },
    [list],
  );
}

/** Whether this row is to be drawn now, and the px that it takes up meanwhile. One that has the
 * focus stays. */
export function useIsNear(watch: WatchNearby, startsNear: boolean, guessedHeight: number) {
  const row = useRef<HTMLLIElement>(null);
  const [isNear, setNear] = useState(startsNear);
  const height = useRef(guessedHeight);
  useEffect(() => {
    const element = row.current;
    if (element === null) return;
    return watch(element, (near, px) => {
      if (!near && element.contains(document.activeElement)) return;
      if (!near && px > 0) height.current = px;
      setNear(near);
    });
  }, [watch]);
  return { row, isNear, height: height.current };
}
