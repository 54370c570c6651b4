"""Texts, captions, images and sounds beside a project's segments."""

from fastapi import APIRouter, Response
from pydantic import ValidationError

from video_foundry.api.deps import BasedOn, Ctx, Id
from video_foundry.api.problems import documented, field_problems
from video_foundry.api.schemas.item import Item, ItemOrder, ItemUpdate, NewItem
from video_foundry.errors import BadInput
from video_foundry.services import items

router = APIRouter(prefix="/api", tags=["items"], responses=documented(400, 404, 413, 422, 503))


@router.post("/projects/{project_id}/items", status_code=201, responses=documented(409))
async def add_item(
    ctx: Ctx, project_id: Id, body: NewItem, revision: BasedOn, response: Response
) -> Item:
    """Put a text, captions, an image or a sound on the timeline, above the others."""
    row = await items.add_item(ctx, str(project_id), body.content(), based_on=revision)
    response.headers["Location"] = f"/api/items/{row.id}"
    return Item.of(row)


@router.get("/projects/{project_id}/items")
async def list_items(ctx: Ctx, project_id: Id) -> list[Item]:
    """A project's items, from the lowest to the topmost."""
    return [Item.of(row) for row in await items.list_items(ctx, str(project_id))]


@router.post("/projects/{project_id}/items/reorder", responses=documented(409))
async def reorder_items(ctx: Ctx, project_id: Id, body: ItemOrder, revision: BasedOn) -> list[Item]:
    """Put the items into another order; name each exactly once."""
    ids = [str(i) for i in body.item_ids]
    ordered = await items.reorder_items(ctx, str(project_id), ids, based_on=revision)
    return [Item.of(row) for row in ordered]


@router.get("/items/{item_id}")
async def get_item(ctx: Ctx, item_id: Id) -> Item:
    """One item."""
    return Item.of(await items.get_item(ctx, str(item_id)))


@router.patch("/items/{item_id}", responses=documented(409))
async def patch_item(ctx: Ctx, item_id: Id, body: ItemUpdate, revision: BasedOn) -> Item:
    """Change the fields that are sent."""
    try:
        data, tied = body.change()
    except ValidationError as error:
        raise _wrong_fields(error) from error
    row = await items.update_item(
        ctx,
        str(item_id),
        body.kind,
        data,
        tied=tied,
        unset=body.unset,
        based_on=revision,
    )
    return Item.of(row)


def _wrong_fields(error: ValidationError) -> BadInput:
    found = error.errors(include_url=False, include_input=False)
    problems = field_problems([{**one, "loc": ("fields", *one["loc"])} for one in found])
    return BadInput(f"{problems[0].field}: {problems[0].message}", problems=problems)


@router.delete("/items/{item_id}", status_code=204, responses=documented(409))
async def delete_item(ctx: Ctx, item_id: Id, revision: BasedOn) -> None:
    """Take an item off the timeline."""
    await items.delete_item(ctx, str(item_id), based_on=revision)
