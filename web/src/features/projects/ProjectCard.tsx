// One project in the list.
import { Film, MoreHorizontal, Trash2 } from "lucide-react";
import { Link } from "wouter";
import type { ProjectSummary } from "@/api/types";
import { ago } from "@/engine/timecode";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";

interface ProjectCardProps {
  project: ProjectSummary;
  now: number;
  onDelete: () => void;
}

export function ProjectCard({ project, now, onDelete }: ProjectCardProps) {
  const count = countWords(project.segment_count);
  return (
    <article className="group relative flex flex-col overflow-hidden rounded-2xl border border-line bg-panel transition-colors focus-within:border-line-strong hover:border-line-strong">
      <div className="relative aspect-video overflow-hidden bg-field">
        {project.thumbnail_url ? (
          <img
            src={project.thumbnail_url}
            alt=""
            loading="lazy"
            className="size-full object-cover transition-transform duration-300 group-hover:scale-[1.02]"
          />
        ) : (
          <span className="flex size-full items-center justify-center text-faint/60">
            <Film aria-hidden className="size-8" strokeWidth={1.25} />
          </span>
        )}
      </div>
      <div className="flex items-start gap-2 py-3 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          <h2 dir="auto" title={project.name} className="truncate text-sm font-semibold">
            <Link
              href={`/projects/${project.id}`}
              className="outline-none after:absolute after:inset-0 after:rounded-2xl focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            >
              {project.name}
            </Link>
          </h2>
          <p className="text-xs text-muted">
            {count}
            <span className="text-faint"> · edited {ago(project.updated_at, now)}</span>
          </p>
        </div>
        <Menu
          items={[{ label: "Delete project", icon: <Trash2 />, isDanger: true, run: onDelete }]}
        >
          <IconButton label={`More for ${project.name}`} className="relative">
            <MoreHorizontal />
          </IconButton>
        </Menu>
      </div>
    </article>
  );
}

function countWords(count: number): string {
  if (count === 0) return "No segments yet";
  return count === 1 ? "1 segment" : `${count} segments`;
}
