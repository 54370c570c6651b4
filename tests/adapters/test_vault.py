"""The vault: what one key seals another does not open, rotation loses nothing, a file is made once
and for its owner alone, and every complaint says what to do."""

import threading
from pathlib import Path

import pytest

from video_foundry.adapters.vault import FernetVault, new_secret
from video_foundry.errors import BadInput

SECRET = "key_canary_9c1f"


def in_file(file: Path, *, may_make_file: bool = True) -> FernetVault:
    """A vault whose key lies in a file."""
    return FernetVault((), file, may_make_file=may_make_file)


def by_setting(*secrets: str) -> FernetVault:
    """A vault whose keys a setting names."""
    return FernetVault(secrets, Path("/nowhere/secret.key"), may_make_file=False)


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    vault = by_setting(new_secret())
    sealed = vault.seal(SECRET)
    assert SECRET not in sealed
    assert vault.unseal(sealed) == SECRET
    assert sealed != vault.seal(SECRET), "the same secret twice looks the same"


def test_the_first_key_seals_and_all_open() -> None:
    old, new = new_secret(), new_secret()
    sealed_before = by_setting(old).seal(SECRET)
    both = by_setting(new, old)
    assert both.unseal(sealed_before) == SECRET
    assert by_setting(new).unseal(both.seal(SECRET)) == SECRET


def test_another_secret_is_said_to_be_another_one() -> None:
    sealed = by_setting(new_secret()).seal(SECRET)
    with pytest.raises(BadInput, match="VIDEO_FOUNDRY_SECRET_KEY") as caught:
        by_setting(new_secret()).unseal(sealed)
    assert caught.value.code == "wrong_secret_key"
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "nonsense", ["hunter2", "a" * 44, new_secret()[:-2]], ids=["short", "no-key", "cut"]
)
def test_nonsense_is_no_secret_and_is_not_repeated(nonsense: str) -> None:
    with pytest.raises(BadInput, match="no secret of ours") as caught:
        by_setting(nonsense).seal(SECRET)
    assert nonsense not in str(caught.value)


def test_a_file_is_made_when_it_is_first_needed_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "config" / "secret.key"
    vault = in_file(file)
    assert "none yet" in vault.describe()
    assert not file.exists(), "looking made it"
    sealed = vault.seal(SECRET)
    assert file.stat().st_mode & 0o077 == 0
    assert in_file(file).unseal(sealed) == SECRET
    assert list(file.parent.iterdir()) == [file]


def test_two_that_begin_at_once_use_one_secret(tmp_path: Path) -> None:
    file, sealed = tmp_path / "secret.key", []
    gate = threading.Barrier(8)

    def begin() -> None:
        gate.wait()
        sealed.append(in_file(file).seal(SECRET))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {in_file(file).unseal(one) for one in sealed} == {SECRET}
    assert len(sealed) == 8


def test_where_no_file_may_be_made_the_setting_is_asked_for(tmp_path: Path) -> None:
    vault = in_file(tmp_path / "secret.key", may_make_file=False)
    with pytest.raises(BadInput, match="no secret"):
        vault.describe()
    with pytest.raises(BadInput) as caught:
        vault.seal(SECRET)
    (problem,) = caught.value.problems
    assert problem.field == "VIDEO_FOUNDRY_SECRET_KEY"
    assert "keys new-secret" in (problem.fix or "")


def test_a_rotation_of_the_file_loses_nothing_on_the_way(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    vault, elsewhere = in_file(file), in_file(file)
    sealed = vault.seal(SECRET)
    vault.begin_rotation()
    assert elsewhere.unseal(sealed) == SECRET, "whoever runs beside it reads the old ones still"
    renewed = elsewhere.seal(vault.unseal(sealed))
    vault.end_rotation()
    assert elsewhere.unseal(renewed) == SECRET
    with pytest.raises(BadInput):
        elsewhere.unseal(sealed)


def test_every_secret_that_passes_is_told_so_that_logs_can_hide_it() -> None:
    told: list[str] = []
    vault = FernetVault((new_secret(),), Path("/nowhere"), may_make_file=False, tell=told.append)
    vault.unseal(vault.seal(SECRET))
    assert told == [SECRET, SECRET]
