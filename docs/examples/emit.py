"""Emit an event from Python, standard library alone: EC_TOKEN=eck_... python3 emit.py "Shop is live" "Version 42"."""
import json
import os
import sys
import urllib.error
import urllib.request

url = os.environ.get("EC_URL", "http://127.0.0.1:8787") + "/api/events"
title, body = sys.argv[1], sys.argv[2]
event = {"user_id": os.environ.get("EC_USER", "me"), "type": "deploy.done", "title": title, "body": body}
request = urllib.request.Request(
    url,
    data=json.dumps(event).encode(),
    headers={"authorization": "Bearer " + os.environ["EC_TOKEN"], "content-type": "application/json"},
)
try:
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(json.load(answer)["id"])
except urllib.error.HTTPError as error:
    problem = json.load(error)
    sys.exit(f"{problem['detail']} ({problem['code']}); next: {problem['hint']}")
