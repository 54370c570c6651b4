// The editor's frame: on a phone what is needed to look and approve, from 1024 px on the whole editor.
import { lazy, Suspense } from "react";
import { useHandler } from "@/commands/handlers";
import { ROOM } from "@/commands/room";
import { THEME } from "@/commands/view";
import { switchTheme } from "../theme";
import { CommandWindows } from "./CommandWindows";
import { useFetchLater } from "./later";
import { Panels } from "./Panels";
import { useEditorKeys } from "./useEditorKeys";
import { useMatches } from "./useMatches";
import { useRenderNews } from "./useRenderNews";

const ReviewLayout = lazy(() => import("./ReviewLayout"));

export function EditorLayout() {
  useEditorKeys();
  useFetchLater();
  useRenderNews();
  useHandler(THEME, switchTheme);
  const isRoomy = useMatches(ROOM);
  return (
    <>
      {isRoomy ? (
        <Panels />
      ) : (
        <Suspense>
          <ReviewLayout />
        </Suspense>
      )}
      <CommandWindows />
    </>
  );
}
