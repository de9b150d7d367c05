"""A learned shape as Jinja2 text, as it may stand in the configuration."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.learning import Shape
from medvl_watch.lists.shapes.parts import Part

_BRACE = re.compile(r"\{(?=[{%#])")


def jinja_of(shape: Shape, shapes: Sequence[Shape]) -> str:
    """A shape as Jinja2 text. Where another one of the place is the same but for code, what
    differs stands under a condition."""
    found = without_code(shape, shapes)
    if found is None:
        return _text(shape.parts).rstrip()
    head, with_code, without, tail = found
    other = f"{{% else %}}{_text(without)}" if without else ""
    middle = f"{{% if code %}}{_text(with_code)}{other}{{% endif %}}"
    return (_text(head) + middle + _text(tail)).rstrip()


_Parts = Sequence[Part]


def without_code(
    shape: Shape, shapes: Sequence[Shape]
) -> tuple[_Parts, _Parts, _Parts, _Parts] | None:
    """What a shape has before its place for code, in it, what the commonest shape without code
    has there instead, and what follows; None where no other one is the same beside that."""
    if Slot.CODE not in shape.slots:
        return None
    for other in shapes:
        if Slot.CODE in other.slots or not other.is_known:
            continue
        one, two = _without_end(shape.parts), _without_end(other.parts)
        head = _common(one, two)
        tail = min(_common(one[::-1], two[::-1]), len(one) - head, len(two) - head)
        inside, instead = one[head : len(one) - tail], two[head : len(two) - tail]
        slots = {part.slot for part in inside if part.slot}
        if Slot.CODE in slots <= {Slot.CODE, Slot.REPOSITORY, Slot.REPOSITORY_NAME} and not any(
            part.slot for part in instead
        ):
            return one[:head], inside, instead, one[len(one) - tail :]
    return None


def _without_end(parts: _Parts) -> _Parts:
    end = len(parts)
    while end and parts[end - 1].slot is None and not parts[end - 1].text.strip():
        end -= 1
    return parts[:end]


def _common(one: _Parts, two: _Parts) -> int:
    """How many parts two sequences have in common at their beginning."""
    count = 0
    for a, b in zip(one, two, strict=False):
        if a.slot is not b.slot or (a.slot is None and a.text != b.text):
            break
        count += 1
    return count


def _text(parts: _Parts) -> str:
    return "".join(
        f"{{{{ {part.slot.variable} }}}}" if part.slot else _BRACE.sub("{{ '{' }}", part.text)
        for part in parts
    )
