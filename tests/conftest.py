"What several tests start: the command line, as a shell does."
import os
import subprocess
import sysconfig
from pathlib import Path

command = str(Path(sysconfig.get_path("scripts"))/"textpromptir")


def restore(*arguments, **env):
    return subprocess.run([command, "restore", *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **env})
