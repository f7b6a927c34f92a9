"""The shape of the register's file, as pydantic models."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from policies.casework.words import Office

_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Word = Annotated[str, Field(max_length=200)]
_Fake = Annotated[str, Field(pattern=r"^(@[\w.-]{3,60}|(https?://)?([\w-]+\.)+[A-Za-z]{2,}(/\S*)?)$", max_length=300)]
_Account = Annotated[
    str, Field(pattern=r"^(discord/[0-9]{15,20}/[0-9]{15,20}|slack/[TE][A-Z0-9]{5,}/[UW][A-Z0-9]{5,})$")
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OfficerPart(_Part):
    """Somebody who works on cases."""

    id: _Id
    name: _Name
    offices: list[Office] = Field(min_length=1, max_length=len(Office))
    accounts: list[_Account] = Field(default=[], max_length=20)
    logins: list[_Name] = Field(default=[], max_length=20)
    branch: _Word = ""
    slate: _Word = ""
    employer: _Word = ""
    external: bool = False


class ProtectedPart(_Part):
    """Somebody whose name nobody else may borrow."""

    id: _Id
    name: _Name
    roles: list[_Name] = Field(default=[], max_length=20)
    handles: list[_Name] = Field(default=[], max_length=50)
    accounts: list[_Account] = Field(default=[], max_length=20)
    fakes: list[_Fake] = Field(default=[], max_length=100)
    branch: _Word = ""
    slate: _Word = ""
    employer: _Word = ""


class RegisterPart(_Part):
    """Both lists; each may be left out."""

    officers: list[OfficerPart] = Field(default=[], max_length=500)
    protected: list[ProtectedPart] = Field(default=[], max_length=2000)
