"""What code of ours a function can reach: its entrypoint's, and what the names in that mean."""

import ast
from functools import cache
from pathlib import Path

from tests.packaging.test_template import FUNCTIONS, ROOT

PACKAGE = ROOT / "layers" / "connections" / "python"


@cache
def reachable(function: str) -> str:
    """Return all definitions that the function's code can come to, as `ast.unparse` writes them."""
    entrypoint = f"connections.entrypoints.{Path(FUNCTIONS[function]['CodeUri']).name}"
    found: dict[tuple[str, str], ast.stmt] = {}
    waiting = [(entrypoint, name) for name in _definitions(entrypoint)]
    while waiting:
        module, name = waiting.pop()
        if (module, name) in found:
            continue
        definitions, imported = _definitions(module), _imported(module)
        if name in imported:
            waiting.append(imported[name])
        elif name in definitions:
            found[module, name] = definitions[name]
            used = (each for each in ast.walk(definitions[name]) if isinstance(each, ast.Name))
            waiting += [(module, each.id) for each in used]
        else:
            # Not a name in a module of ours: a module itself, one of others, or a local variable.
            waiting += [(f"{module}.{name}", each) for each in _definitions(f"{module}.{name}")]
    return "\n".join(map(ast.unparse, found.values()))


@cache
def _statements(module: str) -> list[ast.stmt]:
    path = PACKAGE / (module.replace(".", "/") + ".py")
    return ast.parse(path.read_text()).body if path.exists() else []


@cache
def _definitions(module: str) -> dict[str, ast.stmt]:
    """The classes, functions and values of a module, by name."""
    found: dict[str, ast.stmt] = {}
    for each in _statements(module):
        match each:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                found[name] = each
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = each
            case _:
                continue
    return found


@cache
def _imported(module: str) -> dict[str, tuple[str, str]]:
    """What a module takes from others, each by the name that it has there."""
    return {
        name.asname or name.name: (each.module, name.name)
        for each in _statements(module)
        if isinstance(each, ast.ImportFrom) and each.module is not None
        for name in each.names
    }
