// The files of a finished render beside its main film: what each is, and a link to keep it.

import { Download } from "lucide-react";
import { downloadAddress } from "@/api/renders";
import type { RenderOutput } from "@/api/types";
import { fileSize } from "@/engine/fileSize";

export function OutputLinks({ outputs }: { outputs: readonly RenderOutput[] }) {
  const others = outputs.filter((output) => output.name !== "main" && output.url !== null);
  if (others.length === 0) return null;
  return (
    <ul aria-label="Other outputs" className="flex flex-wrap gap-1.5 pr-2 pb-2.5 pl-9.5">
      {others.map((output) => (
        <li key={output.name}>
          <a
            href={downloadAddress(output.url ?? "")}
            download
            title={`Download ${output.name}: ${about(output)}`}
            className="flex items-center gap-1.5 rounded-md border border-line px-2 py-1 text-2xs text-muted hover:border-line-strong hover:bg-hover hover:text-ink"
          >
            <Download aria-hidden className="size-3" />
            <span className="font-medium">{output.name}</span>
            <span className="text-faint tabular-nums">{about(output)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function about(output: RenderOutput): string {
  const size = output.size === null ? "" : `, ${fileSize(output.size)}`;
  return `${output.width}×${output.height} ${output.container}${size}`;
}
