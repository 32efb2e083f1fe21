"""What Airbyte's source for PostHog reads of a sandbox: HOST. Prints what is wrong, and JSON at the end.

To be run with the Python that has `airbyte-source-posthog`. Sends people and events first, more than go on one page.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter, defaultdict

import jsonschema

MANY = 250
host = sys.argv[1]
folder = pathlib.Path(tempfile.mkdtemp())


def written(name, value):
    path = folder / name
    path.write_text(json.dumps(value))
    return str(path)


def source(*arguments):
    """The messages of one run of the source."""
    program = [sys.executable, "-c", "from source_posthog.run import run; run()", *arguments]
    ran = subprocess.run(program, capture_output=True, text=True, timeout=300)
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


batch = [
    {
        "event": "feature_used",
        "distinct_id": f"person-{n}",
        "timestamp": f"2026-{1 + n % 9:02}-{1 + n % 28:02}T12:00:{n % 60:02}Z",
        "properties": {"feature": "export", "$set": {"n": n}},
    }
    for n in range(MANY)
]
body = json.dumps({"api_key": "phc_sandbox", "historical_migration": True, "batch": batch}).encode()
urllib.request.urlopen(urllib.request.Request(f"{host}/batch/", body, {"content-type": "application/json"}))

config = written("config.json", {"base_url": host, "api_key": "any", "start_date": "2026-01-01T00:00:00Z"})
for message in source("check", "--config", config):
    if message["type"] == "CONNECTION_STATUS" and message["connectionStatus"]["status"] != "SUCCEEDED":
        print("check:", message["connectionStatus"])

found = source("discover", "--config", config)
streams = next(message["catalog"]["streams"] for message in found if message["type"] == "CATALOG")
schemas = {stream["name"]: stream["json_schema"] for stream in streams}


def mode(stream):
    return "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh"


chosen = [{"stream": one, "sync_mode": mode(one), "destination_sync_mode": "append"} for one in streams]
catalog = written("catalog.json", {"streams": chosen})

records, ids, wrong, ended, states = Counter(), defaultdict(set), Counter(), {}, {}
for message in source("read", "--config", config, "--catalog", catalog):
    if message["type"] == "RECORD":
        name, data = message["record"]["stream"], message["record"]["data"]
        records[name] += 1
        ids[name].add(str(data.get("id")))
        for error in jsonschema.Draft7Validator(schemas[name]).iter_errors(data):
            wrong[f"{name}: {'/'.join(map(str, error.path))} {error.validator} {error.validator_value}"] += 1
    elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
        status = message["trace"]["stream_status"]
        ended[status["stream_descriptor"]["name"]] = status["status"]
    elif message["type"] == "STATE":
        states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
    elif message["type"] == "LOG" and message["log"]["level"] in ("ERROR", "FATAL"):
        print("log:", message["log"]["message"][:500])

# Once more from where it ended.
state = written("state.json", list(states.values()))
again = source("read", "--config", config, "--catalog", catalog, "--state", state)
later = sum(one["type"] == "RECORD" and one["record"]["stream"] == "events" for one in again)

for what, times in wrong.items():
    print(f"{times} times {what}")
whole = [name for name in schemas if ended.get(name) == "COMPLETE" and len(ids[name]) == records[name] > 0]
print(json.dumps({"held": len(whole), "streams": len(schemas), "records": records, "events read again": later}))
