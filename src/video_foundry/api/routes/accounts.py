"""Accounts at providers: their keys go in here and never come out."""

from typing import Annotated

from fastapi import APIRouter, Path

from video_foundry.api.deps import Ctx
from video_foundry.api.problems import documented
from video_foundry.api.schemas.account import Account, Accounts, AccountUpdate, NewAccountBody
from video_foundry.services import accounts
from video_foundry.services.accounts import AccountChange, NewAccount

router = APIRouter(
    prefix="/api/accounts", tags=["accounts"], responses=documented(400, 404, 413, 422, 503)
)

AccountId = Annotated[
    str,
    Path(pattern=r"^[\w.-]{1,100}(:default)?$", description="A UUID, or `PROVIDER:default`."),
]


@router.get("")
async def list_accounts(ctx: Ctx) -> Accounts:
    """Every account in the order of use, the environment's first. Nobody is asked anything."""
    return Accounts.of(await accounts.list_accounts(ctx))


@router.post("", status_code=201, responses=documented(409))
async def add_account(ctx: Ctx, body: NewAccountBody) -> Account:
    """Store an account's key, encrypted; it comes after the others of its provider."""
    new = NewAccount(
        provider=body.provider,
        name=body.name,
        key=body.key.get_secret_value(),
        base_url=body.base_url,
        settings=body.settings,
    )
    return Account.of(await accounts.add_account(ctx, new))


@router.patch("/{account_id}", responses=documented(409))
async def patch_account(ctx: Ctx, account_id: AccountId, body: AccountUpdate) -> Account:
    """Rename it, move it, or give it a new key, with which it goes on if it stood still."""
    change = AccountChange(
        name=body.name,
        key=body.key.get_secret_value() if body.key else None,
        base_url=body.base_url,
        settings=body.settings,
        position=body.position,
    )
    return Account.of(await accounts.change_account(ctx, account_id, change))


@router.delete("/{account_id}", status_code=204, responses=documented(409))
async def delete_account(ctx: Ctx, account_id: AccountId) -> None:
    """Forget an account and its key; 409 while generations are under way there."""
    await accounts.remove_account(ctx, account_id)


@router.post("/{account_id}/test")
async def try_account(ctx: Ctx, account_id: AccountId) -> Account:
    """Try its key without spending anything; one that works goes on if it stood still."""
    return Account.of(await accounts.try_account(ctx, account_id))


@router.post("/{account_id}/resume")
async def resume_account(ctx: Ctx, account_id: AccountId) -> Account:
    """Let an account go on that stood still: the money has been seen to."""
    return Account.of(await accounts.resume_account(ctx, account_id))
