"""What people write as settings, in its shape: a name that nobody knows is refused, as is a value of another kind.

So a misspelt `retrun_lines` never passes for an absent one.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from gateway.errors import SettingWrong

Shape = TypeVar("Shape", bound=msgspec.Struct)


def shaped(given: Mapping[str, object], shape: type[Shape], setting: str, fix: str = "") -> Shape:
    """The settings in their shape; numbers may be text, as the environment has them.

    setting, fix: what the table is called, and what to do where it is wrong. Raises SettingWrong.
    """
    try:
        return msgspec.convert(dict(given), shape, strict=False)
    except msgspec.ValidationError as error:
        known = ", ".join(field.encode_name for field in msgspec.structs.fields(shape))
        problem = f"{error}; it may hold {known}"
        raise (SettingWrong(setting, problem, fix) if fix else SettingWrong(setting, problem)) from None
