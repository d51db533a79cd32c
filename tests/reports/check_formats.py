#!/usr/bin/env python3
"""What readers of the formats need: check_formats.py sarif|gitlab|github|summary|tap FILE…

sarif: the parts of OASIS' schema for SARIF 2.1.0 that csan writes, and GitHub's limits on uploads.
gitlab: the fields that GitLab's documentation names. github: workflow commands, ten errors at most.
summary: one mebibyte at most. tap: a plan, points in order, YAML blocks that close."""
import json
import re
import sys

import jsonschema

message = {"type": "object", "required": ["text"], "additionalProperties": False,
           "properties": {"text": {"type": "string", "minLength": 1}}}
location = {"type": "object", "additionalProperties": False, "properties": {
    "physicalLocation": {"type": "object", "required": ["artifactLocation"], "additionalProperties": False,
        "properties": {
            "artifactLocation": {"type": "object", "required": ["uri"], "additionalProperties": False, "properties": {
                "uri": {"type": "string", "pattern": r"^(file:///)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"},
                "uriBaseId": {"const": "SRCROOT"}}},
            "region": {"type": "object", "required": ["startLine"], "additionalProperties": False, "properties": {
                "startLine": {"type": "integer", "minimum": 1},
                "startColumn": {"type": "integer", "minimum": 1}}}}},
    "logicalLocations": {"type": "array", "items": {"type": "object", "additionalProperties": False,
        "properties": {"fullyQualifiedName": {"type": "string"}}}}}}
stack = {"type": "object", "required": ["frames"], "additionalProperties": False, "properties": {
    "message": message,
    "frames": {"type": "array", "items": {"type": "object", "additionalProperties": False, "properties": {
        "location": location, "module": {"type": "string"}}}}}}
result = {"type": "object", "required": ["message", "ruleId", "locations"], "additionalProperties": False, "properties": {
    "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0},
    "level": {"enum": ["none", "note", "warning", "error"]},
    "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
    "message": message, "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
    "locations": {"type": "array", "items": location}, "stacks": {"type": "array", "items": stack},
    "properties": {"type": "object"}}}
sarif = {"type": "object", "required": ["version", "runs"], "additionalProperties": False, "properties": {
    "$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"},
    "runs": {"type": "array", "items": {"type": "object", "required": ["tool"], "additionalProperties": False, "properties": {
        "tool": {"type": "object", "required": ["driver"], "additionalProperties": False, "properties": {
            "driver": {"type": "object", "required": ["name"], "additionalProperties": False, "properties": {
                "name": {"const": "csan"}, "version": {"type": "string"},
                "rules": {"type": "array", "uniqueItems": True, "items": {"type": "object", "required": ["id"],
                    "additionalProperties": False, "properties": {"id": {"type": "string"}, "help": message}}}}}}},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": result},
        "invocations": {"type": "array", "items": {"type": "object", "required": ["executionSuccessful"],
            "properties": {"executionSuccessful": {"type": "boolean"}}}}}}}}}
gitlab = {"type": "array", "items": {"type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"], "properties": {
        "description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1},
        "fingerprint": {"type": "string", "minLength": 1},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {"type": "object", "required": ["path", "lines"], "properties": {
            "path": {"type": "string", "minLength": 1},
            "lines": {"type": "object", "required": ["begin"],
                      "properties": {"begin": {"type": "integer", "minimum": 1}}}}}}}}


def check_sarif(text):
    value = json.loads(text)
    jsonschema.Draft7Validator(sarif).validate(value)
    for run in value["runs"]:
        rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
        assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in run["results"]), "a rule's index"


def check_gitlab(text):
    value = json.loads(text)
    jsonschema.Draft7Validator(gitlab).validate(value)
    prints = [issue["fingerprint"] for issue in value]
    assert len(prints) == len(set(prints)), "fingerprints are unique"


def check_github(text):
    errors = 0
    for line in text.splitlines():
        assert re.match(r"::(error|warning) ([a-zA-Z]+=([^:,\r\n%]|%[0-9A-F]{2})*,?)+::[^\r\n]*$", line), line[:200]
        assert len(line) < 64 * 1024
        errors += line.startswith("::error")
    assert errors <= 10, f"{errors} errors"


def check_summary(text):
    assert len(text.encode()) <= 1 << 20
    assert text.count("<details>") == text.count("</details>")
    assert not re.search(r"<(?!/?(details|summary|pre|b)>)", text), "foreign HTML"


def check_tap(text):
    lines = text.splitlines()
    assert lines[0] == "TAP version 13"
    points, inside = 0, False
    for line in lines[1:-1]:
        if line == "  ---":
            assert not inside
            inside = True
        elif line == "  ...":
            assert inside
            inside = False
        elif inside:
            assert line.startswith("  ") and not re.search(r"[\x00-\x1f\x7f]", line), line
            quoted = re.search(r'"(.*)"$', line)
            if quoted:
                json.loads(f'"{quoted[1]}"')
        elif not line.startswith("# "):
            points += 1
            assert re.match(rf"(not )?ok {points} - [^#]*$", line), line
    assert not inside and lines[-1] == f"1..{points}"


bad = False
for path in sys.argv[2:]:
    try:
        globals()["check_" + sys.argv[1]](open(path, "rb").read().decode("utf-8"))
    except (AssertionError, ValueError, jsonschema.ValidationError) as error:
        print(f"{path}: {str(error)[:600]}")
        bad = True
sys.exit(bad or len(sys.argv) < 3)
