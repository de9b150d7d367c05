"""Reads YAML files that people edit, with line numbers for exact error messages."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from medvl_watch.errors import ConfigError
from medvl_watch.validation import Key, dotted, first_fault

Model = TypeVar("Model", bound=BaseModel)


class SeedFile:
    """The data of a YAML text and the line of each key.

    `where` is the file's name for messages. Raises ConfigError if the text is not valid YAML,
    has a key twice, or is not a mapping.
    """

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        try:
            self.data: Any = YAML(typ="rt").load(text)
        except DuplicateKeyError as error:
            mark = error.problem_mark
            key = str(error.problem).split('"')[1] if '"' in str(error.problem) else "a key"
            raise ConfigError(
                f"the key {key!r} occurs twice",
                where=f"{where}, line {mark.line + 1}",
                remedy="keep one of them",
            ) from error
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f", line {mark.line + 1}" if mark else ""
            raise ConfigError(
                f"this is not valid YAML: {error.problem or error.context}",
                where=f"{where}{line}",
                remedy="check the indentation and the quotes there",
            ) from error
        except (YAMLError, ValueError) as error:
            raise ConfigError(f"this is not valid YAML: {error}", where=where) from error
        if not isinstance(self.data, dict):
            raise ConfigError("the file is empty or not a mapping of keys", where=where)

    def line(self, key: Key) -> int | None:
        """The 1-based line of the longest part of `key` that exists in the file; None if no part
        does."""
        node, line = self.data, None
        for part in key:
            position = getattr(node, "lc", None)
            try:
                if isinstance(node, dict):
                    found = position.key(part) if position else None
                else:
                    found = position.item(part) if position else None
                node = node[part]
            except (KeyError, IndexError, TypeError):
                break
            line = found[0] + 1 if found else line
        return line

    def refuse(self, key: Key, reason: str, remedy: str = "") -> NoReturn:
        """Raise a ConfigError with the file, the line, the key and the reason."""
        raise ConfigError(f"{dotted(key)}: {reason}", where=self._place(key), remedy=remedy)

    def check(self, model: type[Model]) -> Model:
        """The data of the file as a `model`. Raises ConfigError for the first fault."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            fault = first_fault(error, model)
            raise ConfigError(
                fault.clause, where=self._place(fault.key), remedy=fault.remedy
            ) from error

    def _place(self, key: Key) -> str:
        line = self.line(key)
        return f"{self.where}, line {line}" if line else self.where
