"""The AWS SDK for labs: `aws.client("elasticache")` with the methods and parameter names of boto3.

    elasticache = aws.client("elasticache")
    elasticache.modify_replication_group(ReplicationGroupId="shop", …, ApplyImmediately=True)

Refusals come as in boto3: `ParamValidationError` before a call is sent, `ClientError` from the service. The calls
themselves are in `MODULES`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from labs.cloud import latency

if TYPE_CHECKING:
    from labs.cloud.cloud import Cloud
    from labs.cloud.control import Answer, Operation, Service, Shape
    from labs.cloud.trace import Outcome

MODULES = ("labs.cloud.control", "labs.cloud.running_nodes")
"""The modules that register operations."""


class BotoCoreError(Exception):
    """What the SDK raises before a call leaves."""


class UnknownServiceError(BotoCoreError):
    """No such service here."""


class ParamValidationError(BotoCoreError):
    """The parameters do not fit the operation."""

    def __init__(self, report: str) -> None:
        super().__init__(f"Parameter validation failed:\n{report}")


class ClientError(Exception):
    """The service refused a call: `error.response["Error"]["Code"]` says why."""

    def __init__(self, code: str, message: str, operation_name: str) -> None:
        super().__init__(f"An error occurred ({code}) when calling the {operation_name} operation: {message}")
        self.response = {"Error": {"Code": code, "Message": message}}
        self.operation_name = operation_name


class Client:
    """A client of one service. Every operation is a method that takes keyword arguments only."""

    def __init__(self, cloud: Cloud, service: Service) -> None:
        self._cloud = cloud
        self._service = service

    # boto3 makes its methods at run time as well, and gives plain dictionaries.
    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        operation = operations().get((self._service, name))
        if operation is None:
            raise AttributeError(f"'{self._service}' client has no method '{name}'", name=name, obj=self)
        return partial(self._call, operation)

    def __dir__(self) -> list[str]:
        return [name for service, name in operations() if service == self._service]

    def _call(self, operation: Operation, *positional: object, **parameters: object) -> Answer:
        if positional:
            raise TypeError(f"{operation.call.__name__}() only accepts keyword arguments.")
        problems = list(_problems(operation, parameters))
        if problems:
            raise ParamValidationError("\n".join(problems))
        return _send(self._cloud, operation, parameters)


def client(service_name: str) -> Client:
    """A client of `ec2` or `elasticache` for the account of this lab."""
    from labs.cloud.cloud import current

    match service_name:
        case "ec2" | "elasticache":
            return Client(current(), service_name)
    raise UnknownServiceError(f"Unknown service: '{service_name}'. Valid service names are: ec2, elasticache")


def operations() -> dict[tuple[Service, str], Operation]:
    """Every call there is, by its service and its method. Imports the modules that have them."""
    from labs.cloud.control import OPERATIONS

    for module in MODULES:
        importlib.import_module(module)
    return OPERATIONS


def _send(cloud: Cloud, operation: Operation, parameters: dict[str, object]) -> Answer:
    from labs.cloud.control import ApiError, Asked

    started = cloud.clock.now_us
    cloud.clock.advance_us(latency.API_CALL_US)
    cloud.control.maintain()
    outcome: Outcome = "error"
    try:
        answer = operation.call(cloud.control, Asked(parameters))
        outcome = "ok"
    except ApiError as error:
        raise ClientError(error.code, error.message, operation.name) from None
    finally:
        named = next((value for name, value in parameters.items() if name in operation.required), None)
        cloud.trace.add(
            at_us=started,
            kind="network",
            actor=cloud.actor,
            target=operation.service,
            op=operation.name,
            key=named if isinstance(named, str) else None,
            outcome=outcome,
            took_us=latency.API_CALL_US,
        )
    return answer


def _problems(operation: Operation, parameters: dict[str, object]) -> Iterator[str]:
    for name in sorted(operation.required - set(parameters)):
        yield f'Missing required parameter in input: "{name}"'
    yield from _structure_problems(parameters, operation.parameters, "")


def _structure_problems(values: dict[str, object], shapes: dict[str, Shape], path: str) -> Iterator[str]:
    for name, value in values.items():
        if name not in shapes:
            known = ", ".join(shapes)
            yield f'Unknown parameter in {path or "input"}: "{name}", must be one of: {known}'
        else:
            yield from _value_problems(value, shapes[name], f"{path}.{name}" if path else name)


def _value_problems(value: object, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, list):
        if isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                yield from _value_problems(item, shape[0], f"{path}[{index}]")
        else:
            yield _wrong_type(value, path, list, tuple)
    elif isinstance(shape, dict):
        if isinstance(value, dict):
            yield from _structure_problems(value, shape, path)
        else:
            yield _wrong_type(value, path, dict)
    elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        yield _wrong_type(value, path, shape)


def _wrong_type(value: object, path: str, *types: type) -> str:
    valid = ", ".join(map(str, types))
    return f"Invalid type for parameter {path}, value: {value}, type: {type(value)}, valid types: {valid}"
