"""What the window may import before it is on screen."""

import subprocess
import sys


def test_heavy_libraries_wait_until_they_are_used() -> None:
    program = (
        "import sys\n"
        "import desktop_app.services.session, desktop_app.services.importing\n"
        "import desktop_app.services.exporting, desktop_app.services.doctor\n"
        "heavy = {'httpx', 'openpyxl', 'xlsxwriter', 'pymongo', 'keyring', 'truststore'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"
