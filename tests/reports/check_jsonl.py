#!/usr/bin/env python3
"""Records against the schema: check_jsonl.py FILE… Says what is wrong; the status is 1 then.

Every line is valid UTF-8 and fits docs/schema; a record is a run, its findings and an end, whose
figures are theirs."""
import json
import os
import sys

import jsonschema

top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
schema = json.load(open(os.path.join(top, "docs/schema/csan-jsonl-1.schema.json")))
validator = jsonschema.Draft7Validator(schema)


def problems(path):
    open_run, counts, notes, locks = None, None, 0, 0
    lines = open(path, "rb").read().decode("utf-8").split("\n")
    if lines.pop() != "":
        yield "the last line has no end"
    for number, line in enumerate(lines, 1):
        value = json.loads(line)
        for error in validator.iter_errors(value):
            best = jsonschema.exceptions.best_match([error])
            yield f"{number}: {best.message[:300]}"
        kind = value.get("type")
        if (kind == "run") != (open_run is None):
            yield f"{number}: {kind} is out of place"
        if kind == "run":
            open_run, counts, notes, locks = value, [0, 0], 0, 0
        elif kind == "finding":
            counts[bool(value.get("known"))] += 1
            if value["program"] != open_run["program"] and open_run["program"] != "(several)":
                yield f"{number}: a finding of another program"
        elif kind == "note":
            notes += 1
        elif kind == "lock":
            locks += 1
            if value["times"]["count"] != sum(b["count"] for b in value["times"]["buckets"]):
                yield f"{number}: a histogram that is not whole"
        else:
            if notes != value.get("notes", 0):
                yield f"{number}: {notes} notes, and the end says otherwise"
            if locks != value.get("locks", 0):
                yield f"{number}: {locks} locks, and the end says otherwise"
            if counts != [value["findings"], value["known"]]:
                yield f"{number}: {counts} findings, and the end says otherwise"
            open_run = None
    if open_run is not None:
        yield "there is no end"


bad = False
for path in sys.argv[1:]:
    for problem in problems(path):
        print(f"{path}:{problem}")
        bad = True
sys.exit(bad or len(sys.argv) < 2)
