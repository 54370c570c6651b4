// Files dropped anywhere on the page.
import { Upload as UploadIcon } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";

interface DropZoneProps {
  onFiles: (files: File[]) => void;
  children: ReactNode;
  className?: string;
}

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");

export function DropZone({ onFiles, children, className }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  const depth = useRef(0);
  const leave = () => {
    depth.current = 0;
    setOver(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut; the button for own footage does the same
    <div
      className={className}
      onDragEnter={(event) => {
        if (!hasFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!hasFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) leave();
      }}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        leave();
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none fixed inset-0 z-50 flex animate-fade items-center justify-center bg-canvas/80">
          <div className="flex flex-col items-center gap-3 rounded-2xl border-2 border-dashed border-accent bg-panel px-16 py-12">
            <UploadIcon aria-hidden className="size-8 text-accent" strokeWidth={1.5} />
            <p className="text-base font-semibold">Drop to add your footage</p>
            <p className="text-muted">MP4, MOV, WebM, PNG, JPEG or WebP</p>
          </div>
        </div>
      )}
    </div>
  );
}
