"""The core needs nothing but the standard library."""

import pkgutil
import subprocess
import sys

import desktop_app.core


def test_core_imports_only_the_standard_library() -> None:
    modules = [m.name for m in pkgutil.iter_modules(desktop_app.core.__path__)]
    program = (
        "import sys\n"
        + "".join(f"import desktop_app.core.{name}\n" for name in modules)
        + "tops = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(tops - set(sys.stdlib_module_names) - {'desktop_app', '__main__'}))"
    )
    # Without site-packages (-S) a library that crept in could not even be found.
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "[]"
