"""The control surface: what tests and the tour tell the demo provider, and ask it."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter, ValidationError

from local.demo_provider.clients import Client
from local.demo_provider.faults import Fault, Faults
from local.demo_provider.ledger import Ledger
from local.demo_provider.state import ProviderState

_CLIENT = TypeAdapter(Client)
_FAULT = TypeAdapter(Fault)


def control_surface(state: ProviderState, faults: Faults, ledger: Ledger) -> Blueprint:
    """The routes under `/_`, described in the package."""
    routes = Blueprint("control", __name__)
    control = _Control(state, faults, ledger)
    routes.add_url_rule("/_clients", view_func=control.register, methods=["POST"])
    routes.add_url_rule("/_faults", view_func=control.add_fault, methods=["POST"])
    routes.add_url_rule("/_faults", view_func=control.clear_faults, methods=["DELETE"])
    routes.add_url_rule("/_ledger", view_func=control.read_ledger)
    routes.add_url_rule("/_ledger", view_func=control.clear_ledger, methods=["DELETE"])
    routes.add_url_rule("/_tokens/<fingerprint>", view_func=control.token)
    routes.register_error_handler(ValidationError, _not_understood)
    return routes


class _Control:
    def __init__(self, state: ProviderState, faults: Faults, ledger: Ledger) -> None:
        self._state = state
        self._faults = faults
        self._ledger = ledger

    def register(self) -> ResponseReturnValue:
        client = _CLIENT.validate_json(request.get_data())
        self._state.register(client)
        return jsonify(client_id=client.client_id), 201

    def add_fault(self) -> ResponseReturnValue:
        fault = _FAULT.validate_json(request.get_data())
        self._faults.add(fault)
        return jsonify(endpoint=fault.endpoint, fault=fault.fault, times=fault.times), 201

    def clear_faults(self) -> ResponseReturnValue:
        self._faults.clear()
        return "", 204

    def read_ledger(self) -> ResponseReturnValue:
        since = request.args.get("since", "0")
        if not since.isdecimal():
            return _errors({"since": "must be the number of an entry"})
        with self._state.lock:
            entries = self._ledger.since(int(since))
            return jsonify(
                entries=[entry.as_json() for entry in entries],
                double_spends=self._state.double_spends,
            )

    def clear_ledger(self) -> ResponseReturnValue:
        with self._state.lock:
            self._ledger.clear()
            self._state.double_spends = 0
        return "", 204

    def token(self, fingerprint: str) -> ResponseReturnValue:
        token = self._state.token_by_fingerprint(fingerprint)
        if token is None:
            return jsonify(error="not_found"), 404
        active = token.active(self._state.clock())
        return jsonify(active=active, kind=token.kind, grant=token.grant)


def _not_understood(error: ValidationError) -> ResponseReturnValue:
    # The input is left out: it may hold a client secret.
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return _errors({".".join(map(str, each["loc"])) or "body": each["msg"] for each in found})


def _errors(messages: dict[str, str]) -> tuple[Response, int]:
    named = [{"field": name, "message": message} for name, message in messages.items()]
    return jsonify(error="invalid_request", errors=named), 400
