"""Lists the dead letters of a queue, or sends them back to it, one at a time.

One at a time, because a letter that kills its reader would take the others along again. Bodies are never printed: they hold
what citizens wrote. AWS credentials and region as for every AWS tool; AWS_ENDPOINT_URL for the local engine.
"""

import argparse
import sys
import time

import boto3

QUEUES = ["inbound", "replies", "statuses", "notices", "urgent", "held", "dispatches", "reports", "inbox", "mails", "ticks", "pauses"]
# Long enough to look at one letter; whoever stops in between finds it again after this.
HOLD_SECONDS = 30


def main() -> None:
    parser = argparse.ArgumentParser(prog="redrive", description=__doc__.splitlines()[0])
    parser.add_argument("--tenant", default="rubano")
    parser.add_argument("--queue", required=True, choices=QUEUES)
    parser.add_argument("--send", action="store_true", help="send them back instead of listing them")
    parser.add_argument("--limit", type=int, default=100, help="at most so many letters (100)")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two (1)")
    options = parser.parse_args()

    outputs = boto3.client("cloudformation").describe_stacks(StackName=f"portavoce-{options.tenant}")["Stacks"][0]["Outputs"]
    address = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    queue = address[f"{options.queue.capitalize()}QueueUrl"]
    dead_letters = address[f"{options.queue.capitalize()}DeadLettersUrl"]

    sqs = boto3.client("sqs")
    seen: set[str] = set()
    # What comes back dead again while we send is for the next time.
    started = time.time() * 1000
    while len(seen) < options.limit:
        letters = sqs.receive_message(
            QueueUrl=dead_letters,
            MaxNumberOfMessages=1 if options.send else 10,
            VisibilityTimeout=HOLD_SECONDS,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        letters = [
            letter
            for letter in letters
            if letter["MessageId"] not in seen and int(letter["Attributes"]["SentTimestamp"]) < started
        ]
        if not letters:
            break
        for letter in letters:
            seen.add(letter["MessageId"])
            print(line(letter))
            if options.send:
                send_back(sqs, queue, dead_letters, letter)
                time.sleep(options.pause)
    print(f"{len(seen)} {'sent back' if options.send else 'found'}", file=sys.stderr)


def line(letter: dict) -> str:
    system = letter["Attributes"]
    reason = letter.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "tried too often")
    sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(system["SentTimestamp"]) / 1000))
    return f"{letter['MessageId']}  {sent}  {reason}"


def send_back(sqs, queue: str, dead_letters: str, letter: dict) -> None:
    attributes = {name: value for name, value in letter.get("MessageAttributes", {}).items() if name != "reason"}
    order = {}
    if queue.endswith(".fifo"):
        # The old deduplication id may still be remembered, and then SQS would swallow the message.
        order = {"MessageGroupId": letter["Attributes"]["MessageGroupId"], "MessageDeduplicationId": letter["MessageId"]}
    sqs.send_message(QueueUrl=queue, MessageBody=letter["Body"], MessageAttributes=attributes, **order)
    # Only now: a crash in between makes a repeat, which every reader bears, and not a loss.
    sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=letter["ReceiptHandle"])


if __name__ == "__main__":
    main()
