"""The post channel in front of the twin's print house."""

from collections.abc import Callable, Iterator

import pytest

from channels.post import CHANNEL
from channels.post.channel import PostChannel
from simulators.twin import Twin

Open = Callable[..., PostChannel]


@pytest.fixture
def settings(twin: Twin) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": twin.print_house.port,
        "host_key": twin.print_house.host_key_line,
        "username": "gateway",
        "password": twin.sftp_password,
        "connect_seconds": 5,
        "answer_seconds": 0.5,
    }


@pytest.fixture
def open_channel(settings: dict[str, object]) -> Iterator[Open]:
    """Makes channels to the twin's print house, and closes them."""
    made: list[PostChannel] = []

    def make(**more: object) -> PostChannel:
        channel = CHANNEL.build(settings | more, {})
        assert isinstance(channel, PostChannel)
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()
