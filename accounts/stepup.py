from typing import Any


def fresh(view: Any) -> Any:
    return view
