"""The OpenAPI document, with the examples of `examples.json`, which a test holds to the service."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from cart.checkout.api.shapes import ProblemShape
from cart.events import CameraEvent, CartEvent

_EXAMPLES = Path(__file__).with_name("examples.json")


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application; made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = ProblemShape.model_json_schema()
        schemas |= _event_schemas()
        _add_examples(schema["paths"])
        app.openapi_schema = schema
    return app.openapi_schema


def _event_schemas() -> dict[str, Any]:
    kinds: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (CartEvent, "validation"),
        (CameraEvent, "validation"),
    ]
    _, defined = models_json_schema(kinds, ref_template="#/components/schemas/{model}")
    return dict(defined["$defs"])


def _add_examples(paths: dict[str, Any]) -> None:
    for name, examples in json.loads(_EXAMPLES.read_text(encoding="utf-8")).items():
        method, path = name.split()
        operation = paths[path][method.lower()]
        _put(operation.get("requestBody", {}), examples.get("request", {}))
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                _put(response, examples["answer"])


def _put(part: dict[str, Any], examples: dict[str, Any]) -> None:
    for media, content in part.get("content", {}).items():
        if media in examples:
            content["example"] = examples[media]
