"""What the cluster tests share: a cluster without faults. They are left out, naming the package,
on a machine that lacks a component."""

from collections.abc import Iterator

import pytest
from tests.cluster.cluster import COMPONENTS, Cluster, Shape, running_cluster

from video_foundry.testing.ledger import Behaviour
from video_foundry.testing.stack.base import NotInstalled


@pytest.fixture(scope="session")
def components() -> None:
    """Leaves a test out where a component is not installed."""
    try:
        for kind in COMPONENTS:
            kind.require()
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def calm(components: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two replicas and two workers, up, each of which makes no more than four clips at once, and a
    provider that does what it is asked."""
    shape = Shape(workers=2, generate=4, submit_seconds=10, poll_seconds=0.3)
    behaviour = Behaviour(seconds=1.0, clips=40)
    with running_cluster(tmp_path_factory.mktemp("calm"), shape, behaviour) as cluster:
        cluster.start()
        yield cluster
