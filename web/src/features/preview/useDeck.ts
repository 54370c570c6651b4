// Gives the preview's canvas a deck that plays the open project, and keeps both told of what changes.
import { type RefObject, useEffect, useMemo, useState } from "react";
import type { Project } from "@/api/types";
import { usePlacedItems } from "@/lib/hooks/usePlacedItems";
import { useVocabulary } from "@/lib/queries";
import { useDocument, useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { toggleFullScreen } from "./fullScreen";
import { Deck, type Reel } from "./player/deck";

/** `stage`: what fills the screen. `project`: what is shown, as long as the cut. */
export function useDeck(
  canvas: RefObject<HTMLCanvasElement | null>,
  stage: RefObject<HTMLElement | null>,
  project: Project,
) {
  const [deck, setDeck] = useState<Deck | null>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const made = new Deck(canvas.current, true);
    const fullScreen = () => toggleFullScreen(stage.current);
    const { toggle, seek, step, shuttle, stop } = made;
    usePlayer.setState({ player: { toggle, seek, step, shuttle, stop, fullScreen } });
    setDeck(made);
    return () => {
      usePlayer.setState({ player: null, isPlaying: false, speed: 0 });
      made.dispose();
    };
  }, [canvas, stage]);
  useReel(deck, project);
  useLoudness(deck);
  useSize(deck, canvas);
}

/** Another picture of the same moment: it has no clock and no sound of its own. */
export function useFollower(canvas: RefObject<HTMLCanvasElement | null>, project: Project) {
  const [deck, setDeck] = useState<Deck | null>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const made = new Deck(canvas.current, false);
    setDeck(made);
    const stop = usePlayer.subscribe(({ time }, before) => {
      if (time !== before.time) made.redraw();
    });
    return () => {
      stop();
      made.dispose();
    };
  }, [canvas]);
  useReel(deck, project);
  useSize(deck, canvas);
}

function useReel(deck: Deck | null, project: Project) {
  const items = useDocument((state) => state.items);
  const placed = usePlacedItems();
  const told = useVocabulary().data?.presets;
  const presets = useMemo(() => new Map(told?.map((one) => [one.name, one])), [told]);
  const media = new Map(
    placed.flatMap(({ media }) =>
      media ? [[media.id, { url: media.url, seconds: media.duration_seconds }] as const] : [],
    ),
  );
  const known = [...media.keys()].join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `known` says when `media` differs.
  useEffect(() => {
    const reel: Reel = { project, items, media, presets };
    deck?.load(reel);
  }, [deck, project, items, known, presets]);
}

function useLoudness(deck: Deck | null) {
  useEffect(
    () =>
      usePlayer.subscribe(({ isMuted, volume }, before) => {
        if (isMuted !== before.isMuted || volume !== before.volume)
          deck?.setVolume(isMuted ? 0 : volume);
      }),
    [deck],
  );
}

/** The canvas has as many pixels as it is shown with, and no more than the film. */
function useSize(deck: Deck | null, canvas: RefObject<HTMLCanvasElement | null>) {
  const { width, height } = useProject().settings;
  useEffect(() => {
    const element = canvas.current;
    if (element === null || deck === null) return;
    const resize = () => {
      const shown = element.clientWidth * devicePixelRatio;
      const wide = Math.max(16, Math.min(width, Math.round(shown)));
      const high = Math.round((wide * height) / width);
      if (element.width === wide && element.height === high) return;
      Object.assign(element, { width: wide, height: high });
      deck.redraw();
    };
    const observer = new ResizeObserver(resize);
    observer.observe(element);
    resize();
    return () => observer.disconnect();
  }, [deck, canvas, width, height]);
}
