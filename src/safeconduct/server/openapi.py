"""What a verb looks like in OpenAPI, told by its own types."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from fastapi import FastAPI

from safeconduct.actions.people import every_scope
from safeconduct.actions.verb import Parameter, Verb

PLAIN = {str: {"type": "string"}, int: {"type": "integer"}, bool: {"type": "boolean"}}
PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "A problem as RFC 9457 has it, with FlowKit's msg beside.",
    "required": ["type", "title", "status", "detail", "msg"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "msg": {"type": "string"},
        "field": {"type": "string"},
    },
}
PROBLEMS = {
    400: "Malformed", 401: "No valid token", 403: "Not allowed", 404: "Absent, or not yours", 409: "Wrong state",
    413: "Too large", 422: "A bad value", 429: "Too often",
}  # fmt: skip


def complete(app: FastAPI, *, audience: str) -> None:
    """Say in the description how problems look and which tokens are taken; FlowAuth reads scopes and audience there."""
    plain = app.openapi

    def described_whole() -> dict[str, Any]:
        tree = plain()
        parts = tree.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        parts["securitySchemes"] = {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "x-audience": audience,
                "x-security-scopes": list(every_scope()),
            }
        }
        return tree

    app.openapi = described_whole  # type: ignore[method-assign]  # how FastAPI has it extended


def described(verb: Verb, *, body: bool) -> dict[str, Any]:
    """The `openapi_extra` and `responses` of a verb's route."""
    extra: dict[str, Any] = {"security": [{"token": []}], "x-permission": verb.needs}
    if body:
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": arguments(verb)}}}
    else:
        extra["parameters"] = [
            {
                "in": "query",
                "name": one.name,
                "required": one.needed,
                "description": one.says,
                "schema": schema(one.hint),
            }
            for one in verb.parameters
        ]
    responses: dict[int | str, Any] = {code: {"description": says, **PROBLEM} for code, says in PROBLEMS.items()}
    responses[200] = {"description": "Done"}
    return {"openapi_extra": extra, "responses": responses, "name": f"{verb.name}_{'post' if body else 'get'}"}


def arguments(verb: Verb) -> dict[str, Any]:
    """The JSON schema of a verb's arguments."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [one.name for one in verb.parameters if one.needed],
        "properties": {one.name: _argument(one) for one in verb.parameters},
    }


def _argument(one: Parameter) -> dict[str, Any]:
    return {**schema(one.hint), "description": one.says}


def schema(hint: Any) -> dict[str, Any]:
    """The JSON schema of a type from `model` or `query`, or a plain one."""
    origin = get_origin(hint)
    if origin in {UnionType, Union}:
        return {"anyOf": [schema(one) for one in get_args(hint) if one is not NoneType] + [{"type": "null"}]}
    if origin in {tuple, frozenset, list}:
        return {"type": "array", "items": schema(get_args(hint)[0])}
    if hint in PLAIN:
        return dict(PLAIN[hint])
    if hint is date:
        return {"type": "string", "format": "date"}
    return _object(hint, origin)


def _object(hint: Any, origin: Any) -> dict[str, Any]:
    if (origin or hint) is Mapping:
        return {"type": "object"}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [str(one.value) for one in hint]}
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        needed = [one.name for one in fields(hint) if one.default is MISSING and one.default_factory is MISSING]
        return {"type": "object", "required": needed, "properties": {name: schema(one) for name, one in hints.items()}}
    return {}
