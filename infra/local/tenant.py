"""Prints the settings of a tenant as JSON, after checking them against the template submitted to Meta.

usage: tenant.py NAME
"""

import json
import sys
from pathlib import Path

import yaml

INFRA = Path(__file__).resolve().parent.parent


def main(tenant: str) -> None:
    settings = yaml.safe_load((INFRA / "tenants" / f"{tenant}.yaml").read_text(encoding="utf-8"))
    if settings["id"] != tenant:
        sys.exit(f"tenants/{tenant}.yaml: id is {settings['id']}")
    chosen = settings["notice_template"]
    submitted = json.loads((INFRA / "whatsapp" / tenant / f"{chosen['name']}.json").read_text(encoding="utf-8"))
    body = next(part["text"] for part in submitted["components"] if part["type"] == "body")
    # The preview that an approver reads is made of ours; what citizens read is made of Meta's.
    for what, ours, theirs in [
        ("name", chosen["name"], submitted["name"]),
        ("language", chosen["language"], submitted["language"]),
        ("category", chosen["category"].upper(), submitted["category"].upper()),
        ("body", chosen["body"], body),
    ]:
        if ours != theirs:
            sys.exit(f"tenants/{tenant}.yaml and whatsapp/{tenant}/{chosen['name']}.json disagree on the {what}")
    json.dump(settings, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
