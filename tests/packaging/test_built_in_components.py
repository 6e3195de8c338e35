"""The built-in components are part of the layer, and no start waits for them."""

import subprocess
import sys

from connections.adapters.packaged_components import FOLDER
from tests.packaging.test_template import RESOURCES, ROOT

READING = f"""
import sys
read = []
def note(event, arguments):
    looks = event in ("open", "os.listdir", "os.scandir")
    if looks and "/connections/components" in str(arguments):
        read.append(str(arguments[0]))
sys.addaudithook(note)
sys.path[:0] = {[str(ROOT / "layers" / each / "python") for each in ("connections", "sdk")]!r}
import connections.entrypoints.management
from connections.adapters.packaged_components import PackagedComponents
built_in = PackagedComponents()
assert not read, read
built_in["slack"]
assert [each.rpartition("/")[2] for each in read if each.endswith(".json")] == ["slack.json"]
"""


def test_their_documents_lie_in_the_layer_as_it_is_uploaded() -> None:
    layer = RESOURCES["ConnectionsLayer"]

    assert "Metadata" not in layer, "what is built may leave files out"
    uploaded = ROOT / layer["Properties"]["ContentUri"] / "python"
    assert FOLDER.relative_to(uploaded).as_posix() == "connections/components"


def test_starting_the_management_function_reads_none_of_them() -> None:
    subprocess.run([sys.executable, "-c", READING], check=True, timeout=60)
