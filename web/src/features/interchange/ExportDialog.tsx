// The film for another editing program: the formats, in words what each leaves out, and the files.
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { getInterchange, interchangeAddress } from "@/api/interchange";
import { asProblem } from "@/api/problem";
import type { Interchange, InterchangeFormat } from "@/api/types";
import { closeWindow } from "@/commands/windows";
import { fileSize } from "@/engine/fileSize";
import { useProject } from "@/lib/store/document";
import { Dialog } from "@/ui/Dialog";
import { Disclosure } from "@/ui/Disclosure";
import { Notice } from "@/ui/Notice";
import { Spinner } from "@/ui/Spinner";

export default function ExportDialog() {
  return (
    <Dialog
      isOpen
      onClose={closeWindow}
      title="Export for another editor"
      description="The cut as a timeline, with its clips and sounds. Effects stay here."
      className="max-w-2xl"
    >
      <Formats />
    </Dialog>
  );
}

function Formats() {
  const { id } = useProject();
  const { data, error } = useQuery({
    queryKey: ["interchange", id],
    queryFn: () => getInterchange(id),
    staleTime: 0,
    gcTime: 0,
  });
  if (error) return <Refused error={error} />;
  if (data === undefined) return <Spinner />;
  return (
    <div className="flex flex-col gap-3">
      {data.missing.length > 0 && (
        <Notice tone="warn" title={missingWords(data.missing)}>
          Gaps with their prompts stand in their places.
        </Notice>
      )}
      <ul className="flex flex-col gap-3">
        {data.formats.map((format) => (
          <Format key={format.name} format={format} media={data} projectId={id} />
        ))}
      </ul>
    </div>
  );
}

function Refused({ error }: { error: Error }) {
  const { message, fix } = asProblem(error);
  return (
    <Notice tone="bad" title={message}>
      {fix}
    </Notice>
  );
}

interface FormatProps {
  format: InterchangeFormat;
  media: Interchange;
  projectId: string;
}

function Format({ format, media, projectId }: FormatProps) {
  return (
    <li aria-label={format.title} className="rounded-xl border border-line px-3 py-2.5">
      <div className="flex items-start justify-between gap-3 max-sm:flex-wrap">
        <div className="min-w-0 flex-1 max-sm:basis-full">
          <p className="font-medium">
            {format.title} <span className="font-normal text-faint">.{format.extension}</span>
          </p>
          <p className="text-xs text-muted first-letter:uppercase">{format.programs}</p>
        </div>
        {format.refused === null && (
          <div className="flex shrink-0 gap-1.5">
            <Link address={interchangeAddress(projectId, format.name, true)}>
              With media, {fileSize(media.size)}
            </Link>
            <Link address={interchangeAddress(projectId, format.name, false)}>Timeline only</Link>
          </div>
        )}
      </div>
      {format.refused === null ? (
        <Losses losses={format.losses} />
      ) : (
        <p className="pt-1.5 text-xs text-warn first-letter:uppercase">{format.refused}</p>
      )}
    </li>
  );
}

function Losses({ losses }: { losses: readonly string[] }) {
  if (losses.length === 0) return <p className="pt-1.5 text-xs text-faint">Nothing is left out.</p>;
  const many = losses.length === 1 ? "1 thing is" : `${losses.length} things are`;
  return (
    <Disclosure title={`${many} left out or changed`}>
      <ul className="max-h-40 list-disc overflow-y-auto pl-5 text-xs text-muted">
        {losses.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Disclosure>
  );
}

function Link({ address, children }: { address: string; children: ReactNode }) {
  return (
    <a
      href={address}
      download
      className="flex items-center gap-1.5 rounded-lg border border-line px-2 py-1 text-xs text-muted hover:border-line-strong hover:bg-hover hover:text-ink"
    >
      <Download aria-hidden className="size-3.5" />
      <span>{children}</span>
    </a>
  );
}

function missingWords(missing: readonly number[]): string {
  return missing.length === 1
    ? `Segment ${missing[0]} has no clip yet`
    : `${missing.length} segments have no clips yet`;
}
