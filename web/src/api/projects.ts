// Requests about projects.
import { http, only } from "./client";
import type { Project, ProjectCreate, ProjectSummary } from "./types";

export const listProjects = (): Promise<ProjectSummary[]> => only(http.GET("/api/projects"));

export const getProject = (id: string): Promise<Project> =>
  only(http.GET("/api/projects/{project_id}", { params: { path: { project_id: id } } }));

export const createProject = (body: ProjectCreate): Promise<Project> =>
  only(http.POST("/api/projects", { body }));

export const deleteProject = (id: string): Promise<unknown> =>
  only(http.DELETE("/api/projects/{project_id}", { params: { path: { project_id: id } } }));
