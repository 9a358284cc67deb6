"""What `make run` prints: every line is whole, so that it can be copied."""

from pathlib import Path

from simulators.run import addresses
from simulators.stage import Accounts, Stage


def test_each_address_stands_whole_on_a_line_of_its_own() -> None:
    folder = Path("/srv/somewhere/far/down/in/a/tree/of/folders/with/long/names/than/which/no/window/is/wider")
    standing = Stage(
        folder,
        {"control": {"url": "http://127.0.0.1:3"}},
        {
            "desk": "http://127.0.0.1:1/desk/",
            "api": "http://127.0.0.1:1",
            "sftp": {"host": "127.0.0.1", "port": 2, "host_key": ""},
        },
        Accounts("gw_key", "erp-demo", folder / "sftp_key", "support@gateway.example", "secret [b]words[/b]"),
    )
    assert list(addresses(standing)) == [
        "desk               http://127.0.0.1:1/desk/",
        "  login            support@gateway.example / secret [b]words[/b]",
        "API                http://127.0.0.1:1",
        "  key              gw_key",
        "  description      http://127.0.0.1:1/v1/openapi.json",
        f"SFTP               sftp -P 2 -i {folder}/sftp_key erp-demo@127.0.0.1",
        "the twin's script  http://127.0.0.1:3",
        f"logs               {folder}",
    ]
