"""Writes the settings of a tenant as JSON, after checking them against the template submitted to Meta.

usage: tenant.py NAME FOLDER [--any-hour]

FOLDER gets tenant.json. --any-hour is for rehearsals, which cannot wait for the morning or for Monday: notices may then leave
at any time, and of a comune that takes segnalazioni FOLDER gets segnalazioni.json too: its settings and its boundary.
"""

import json
import sys
from pathlib import Path

import yaml

INFRA = Path(__file__).resolve().parent.parent


# What the settings of a rehearsal say of the hours at which notices may leave.
ANY_HOUR = {"hours": "00:00-24:00", "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "no_send_holidays": False}


def main(tenant: str, folder: Path, any_hour: bool) -> None:
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
    if any_hour:
        settings["sending"] = {**settings.get("sending", {}), **ANY_HOUR}
    write(settings, folder / "tenant.json")
    service = INFRA / "tenants" / f"{tenant}.segnalazioni.yaml"
    # Rehearsals only: a citizen must not get a receipt for what no office can see yet (docs/ARCHITECTURE.md, known limits).
    if any_hour and service.exists():
        boundary = INFRA / "tenants" / "boundaries" / f"{tenant}.geojson"
        write(
            {
                "settings": yaml.safe_load(service.read_text(encoding="utf-8")),
                "territory": json.loads(boundary.read_text(encoding="utf-8")),
            },
            folder / "segnalazioni.json",
        )


def write(settings: dict, path: Path) -> None:
    path.write_text(json.dumps(settings, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), "--any-hour" in sys.argv[3:])
