// Requests about accounts at providers. A key is only ever sent, and forgotten here at once.
import { http, only } from "./client";
import type { components } from "./schema";
import type { Full } from "./types";

type Schemas = components["schemas"];

export type Account = Full<Schemas["Account"]>;
export type Accounts = Full<Schemas["Accounts"]>;
export type Provider = Full<Schemas["ProviderOut"]>;
export type NewAccount = Schemas["NewAccountBody"];
export type AccountPatch = Schemas["AccountUpdate"];

const at = (id: string) => ({ params: { path: { account_id: id } } });

export const listAccounts = (): Promise<Accounts> => only(http.GET("/api/accounts"));

export const addAccount = (body: NewAccount): Promise<Account> =>
  only(http.POST("/api/accounts", { body }));

export const changeAccount = (id: string, body: AccountPatch): Promise<Account> =>
  only(http.PATCH("/api/accounts/{account_id}", { ...at(id), body }));

export const removeAccount = (id: string): Promise<unknown> =>
  only(http.DELETE("/api/accounts/{account_id}", at(id)));

export const tryAccount = (id: string): Promise<Account> =>
  only(http.POST("/api/accounts/{account_id}/test", at(id)));

export const resumeAccount = (id: string): Promise<Account> =>
  only(http.POST("/api/accounts/{account_id}/resume", at(id)));
