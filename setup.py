"Package metadata comes from settings.ini, which the notebooks' exporter reads too."
import shlex
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).parent
config = ConfigParser(delimiters=["="])
config.read(here/"settings.ini", encoding="utf-8")
s = config["DEFAULT"]

setup(
    name=s["lib_name"], version=s["version"], description=s["description"], keywords=s["keywords"],
    author=s["author"], license="Apache-2.0", url=f"https://github.com/{s['user']}/{s['repo']}",
    long_description=(here/"README.md").read_text(encoding="utf-8"), long_description_content_type="text/markdown",
    packages=find_packages(include=["textpromptir", "textpromptir.*"]), include_package_data=True,
    package_data={"textpromptir": ["weights/*/*", "manifests/*"]},
    python_requires=f">={s['min_python']}",
    install_requires=shlex.split(s["requirements"]), extras_require={"dev": shlex.split(s["dev_requirements"])},
    entry_points={"console_scripts": shlex.split(s["console_scripts"])},
)
