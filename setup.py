"Package metadata comes from settings.ini, which the notebooks' exporter reads too."
import shlex
from configparser import ConfigParser
from pathlib import Path

from setuptools import setup

here = Path(__file__).parent
config = ConfigParser(delimiters=["="])
config.read(here/"settings.ini", encoding="utf-8")
s = config["DEFAULT"]

setup(
    name=s["lib_name"], version=s["version"], description=s["description"], keywords=s["keywords"],
    author=s["author"], license="Apache-2.0", url=f"https://github.com/{s['user']}/{s['repo']}",
    long_description=(here/"README.md").read_text(encoding="utf-8"), long_description_content_type="text/markdown",
    packages=["textpromptir", "textpromptir.sentences"], package_dir={"textpromptir.sentences": "data/prompts"}, include_package_data=False,
    package_data={"textpromptir": ["weights/*/*", "manifests/*"], "textpromptir.sentences": ["*.csv"]}, classifiers=[
        "Development Status :: 3 - Alpha", "Intended Audience :: Developers", "Intended Audience :: Science/Research", "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Image Processing"],
    python_requires=f">={s['min_python']}",
    install_requires=shlex.split(s["requirements"]), extras_require={"dev": shlex.split(s["dev_requirements"])},
    entry_points={"console_scripts": shlex.split(s["console_scripts"])},
)
