// Requests about the models that can be named.
import { http, only } from "./client";
import type { Model } from "./types";

export const listModels = async (): Promise<Model[]> =>
  (await only(http.GET("/api/models"))).models;
