"""The webhook's job as its user would write it in Python, with the libraries made for it.

Everything that can be done once is done at import: the clients, the secret, the handlers. pywa checks the signature over
the raw body and turns the update into its types. Its callbacks only collect, because pywa logs what they raise and goes
on: a failed SendMessage would be answered with 200, and Meta would never send the update again. For the same reason
pywa's memory of updates already seen is off: a second attempt of Meta's must not be taken for one that succeeded.
"""

import base64
import json
import os

import boto3
from pywa import WhatsApp, types, utils

_secrets = boto3.client("secretsmanager")
_sqs = boto3.client("sqs")

_INBOUND = os.environ["INBOUND_QUEUE_URL"]
_STATUSES = os.environ["STATUSES_QUEUE_URL"]

_secret = json.loads(
    _secrets.get_secret_value(SecretId=os.environ["WHATSAPP_SECRET_ARN"])["SecretString"]
)

wa = WhatsApp(
    app_secret=_secret["app_secrets"][0],
    verify_token=_secret["verify_token"],
    skip_duplicate_updates=False,
)

_outbox: list[dict] = []


@wa.on_message
def on_message(_: WhatsApp, message: types.Message) -> None:
    value = message.raw.value
    person = message.from_user.bsuid or message.from_user.wa_id
    _outbox.append(
        {
            "QueueUrl": _INBOUND,
            "MessageGroupId": person,
            "MessageDeduplicationId": message.id[-128:],
            "MessageBody": json.dumps(
                {
                    "phone_number_id": message.metadata.phone_number_id,
                    "contact": value["contacts"][0],
                    "message": value["messages"][0],
                }
            ),
        }
    )


@wa.on_message_status
def on_status(_: WhatsApp, status: types.MessageStatus) -> None:
    value = status.raw.value
    _outbox.append(
        {
            "QueueUrl": _STATUSES,
            "MessageBody": json.dumps(
                {
                    "phone_number_id": status.metadata.phone_number_id,
                    "status": value["statuses"][0],
                }
            ),
        }
    )


def handler(event: dict, _context: object) -> dict:
    if event["requestContext"]["http"]["method"] == "GET":
        query = event.get("queryStringParameters") or {}
        return _answer(*wa.webhook_challenge_handler(query.get(utils.HUB_VT), query.get(utils.HUB_CH)))

    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    refusal = wa.webhook_update_validator(raw, event["headers"].get(utils.HUB_SIG.lower()))
    if refusal:
        return _answer(*refusal)

    _outbox.clear()
    answer = wa.webhook_update_handler(raw)
    for message in _outbox:
        _sqs.send_message(**message)
    return _answer(*answer)


def _answer(body: str | None, status: int) -> dict:
    return {"statusCode": status, "body": body or "", "headers": {"content-type": "text/plain"}}
