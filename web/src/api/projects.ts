// Requests about projects.
import { type Answer, basedOn, http, only, unwrap } from "./client";
import type { Project, ProjectCreate, ProjectPatch, ProjectSummary } from "./types";

export const listProjects = (): Promise<ProjectSummary[]> => only(http.GET("/api/projects"));

export const getProject = (id: string): Promise<Project> =>
  only(http.GET("/api/projects/{project_id}", { params: { path: { project_id: id } } }));

export const createProject = (body: ProjectCreate): Promise<Project> =>
  only(http.POST("/api/projects", { body }));

export const updateProject = (
  id: string,
  body: ProjectPatch,
  revision: number,
): Promise<Answer<Project>> =>
  unwrap(
    http.PATCH("/api/projects/{project_id}", {
      params: { path: { project_id: id }, header: basedOn(revision) },
      body,
    }),
  );

export const deleteProject = (id: string): Promise<unknown> =>
  only(http.DELETE("/api/projects/{project_id}", { params: { path: { project_id: id } } }));
