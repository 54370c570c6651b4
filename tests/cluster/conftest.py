"""What the cluster tests share: they need the real components and are left out, with the package's
name as the reason, on a machine that lacks one."""

import pytest

from video_foundry.testing.stack.base import NotInstalled


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Skip where a component is not installed."""
    try:
        return (yield)
    except NotInstalled as missing:
        pytest.skip(str(missing))
