"""The version resource that Windows shows in a program's properties."""

from __future__ import annotations

COMPANY = "Evaluation Console"
PRODUCT = "Evaluation Console"

_TEMPLATE = """\
VSVersionInfo(
    ffi=FixedFileInfo(
        filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
        fileType=0x1, subtype=0x0, date=(0, 0),
    ),
    kids=[
        StringFileInfo([StringTable("040904B0", [{strings}])]),
        VarFileInfo([VarStruct("Translation", [1033, 1200])]),
    ],
)
"""


def version_info(version: str, program: str, description: str) -> str:
    """The text that PyInstaller turns into the version resource of ``program``.

    ``version`` is "major.minor.patch"; Windows wants a fourth number, which is 0.
    """
    numbers = tuple(int(part) for part in version.split(".")[:3])
    strings = {
        "CompanyName": COMPANY,
        "FileDescription": description,
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "Copyright (c) 2026. All rights reserved.",
        "OriginalFilename": f"{program}.exe",
        "ProductName": PRODUCT,
        "ProductVersion": version,
    }
    pairs = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in strings.items())
    return _TEMPLATE.format(numbers=(*numbers, 0), strings=pairs)
