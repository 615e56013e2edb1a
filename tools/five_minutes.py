"""Run the Python of README's five safe minutes with what is installed.

Usage:
    ENVIRONMENT/bin/python -I tools/five_minutes.py README.md
"""

import re
import sys
from pathlib import Path

text = Path(sys.argv[1]).read_text(encoding="utf-8").partition("## Five safe minutes\n")[2]
found = re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
if found is None:
    sys.exit("README.md has no Python below its five safe minutes")
exec(compile(found[1], "README.md", "exec"))  # noqa: S102 - it is our own
