"""How Folsom's services word their refusals."""

import json

from reaper.simulator.exchange import ApiAnswer, Request

NOT_FOUND, CONFLICT, BAD_REQUEST = 404, 409, 400


def reword(ask: Request, answer: ApiAnswer) -> ApiAnswer:
    """Turn a refusal of today into Folsom's: Quantum's own wrapper, no ids in Nova's and Cinder's 404, 400 for 409."""
    if answer.status < BAD_REQUEST or not isinstance(answer.document, dict):
        return answer
    if ask.service == "network" and "NeutronError" in answer.document:
        return ApiAnswer(answer.status, {"QuantumError": answer.document["NeutronError"]["message"]})
    if ask.service in {"compute", "volume"} and answer.status == NOT_FOUND:
        return ApiAnswer(404, {"itemNotFound": {"message": "The resource could not be found.", "code": 404}})
    if ask.service == "compute" and answer.status == CONFLICT:
        words = json.dumps(answer.document)
        return ApiAnswer(400, {"badRequest": {"message": words, "code": 400}})
    return answer
