"""Make the calibration of the time estimate from its priors and the measured runs; with `--check` only say what moved.

Reads `knowledge/calibration/time-priors.yaml` and `knowledge/measured`; writes `knowledge/calibration/time.yaml`, what
the product uses, and `time-left-out.yaml`: the constants fitted without each source, by which `advisor backtest`
judges that source. Some minutes of one core.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from advisor.estimates import backtest_time
from advisor.estimates.machine import machine_of
from advisor.estimates.run import Machine
from advisor.estimates.time_calibration import time_calibration_from_dict, with_constants
from advisor.estimates.time_fit import Fit, fit

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"
HEAD = """\
# Made by docs/refit_time.py from time-priors.yaml and measured/; do not edit. What each constant is, where its prior
# comes from and how far it may move stands there; which rows moved it stands in time-left-out.yaml.
"""
LEFT_OUT_HEAD = """\
# Made by docs/refit_time.py; do not edit. `sources` holds, for each source of measured runs, the constants as they come
# out when that source is left out. `constants` says of each constant what the prior was, what the fit made of it, the
# width (standard deviation of ln) that is left, how many rows of each source spoke to it, and the lowest and the
# highest value that leaving one source out gives.
"""


class _Wide(yaml.SafeDumper):
    """Numbers as a person writes them."""


def _number(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    text = f"{value:.4g}"
    if "e" not in text and "." not in text:
        text += ".0"
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


_Wide.add_representer(float, _number)


def _dump(document: Mapping[str, Any]) -> str:
    text: str = yaml.dump(
        document, Dumper=_Wide, sort_keys=False, default_flow_style=None, width=140, allow_unicode=True
    )
    return text


def calibrate(
    document: Mapping[str, Any],
    rows: list[dict[str, str]],
    whole: list[dict[str, str]],
    machines: Mapping[str, Machine],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The trees of `time.yaml` and `time-left-out.yaml`."""
    everything = fit(rows, machines.__getitem__, document)
    without: dict[str, Fit] = {}
    for source in sorted({row["source"] for row in rows}):
        without[source] = fit(rows, machines.__getitem__, document, without=source, start=everything)
        sys.stderr.write(f"without {source}\n")
    tree = with_constants(document["constants"], everything.values)
    count_sources(tree, {path: one.rows for path, one in everything.constants.items()})
    calibration = time_calibration_from_dict(tree)
    values = {source: found.values for source, found in without.items()}
    left_out = backtest_time.left_out_calibrations(tree, values)
    errors = backtest_time.raw_errors(rows, machines.__getitem__, calibration, left_out)
    tree["spread"] = {
        kind: {"low": round(s.low, 3), "high": round(s.high, 3), "shift": round(s.shift, 3), "rows": s.rows,
               "sources": s.sources}
        for kind, s in backtest_time.spreads_of(errors).items()
    }  # fmt: skip
    calibration = time_calibration_from_dict(tree)
    hours = backtest_time.whole_run_errors(whole, machines.__getitem__, calibration)
    tree["whole_run"] = round(backtest_time.whole_run_of(hours, tree["whole_run_prior"]), 3)
    constants = {
        path: {
            "prior": one.prior, "value": one.value, "width": one.width, "rows": one.rows,
            "low": min(found[path] for found in values.values()),
            "high": max(found[path] for found in values.values()),
        }
        for path, one in everything.constants.items()
    }  # fmt: skip
    return {"time": tree}, {"time-left-out": {"sources": values, "factors": everything.sources, "constants": constants}}


def count_sources(tree: Mapping[str, Any], rows: Mapping[str, Mapping[str, int]]) -> None:
    """Say of each framework class and device family how many sources spoke to its constants."""
    for name, framework in tree["frameworks"].items():
        framework["sources"] = len(rows[f"frameworks.{name}.efficiency"])
    for device in tree["devices"]:
        device["sources"] = len(rows[f"devices.{device['name']}.sustained"])


def main() -> int:
    """Write both files, or with `--check` name those that would change."""
    from advisor.library import load_advisor
    from advisor.report.accuracy import measured_folder, read_rows

    knowledge = load_advisor().knowledge
    document = yaml.safe_load((KNOWLEDGE / "calibration/time-priors.yaml").read_text(encoding="utf-8"))
    folder = measured_folder()
    rows = [row for row in read_rows(folder, "throughput.csv") if not row["excluded"]]
    whole = [row for row in read_rows(folder, "device_hours.csv") if not row["excluded"]]
    names = {row["device"] for row in rows + whole}
    machines = {name: machine_of(name, knowledge.device(name)) for name in names}
    made = calibrate(document, rows, whole, machines)
    texts = {"time.yaml": HEAD + _dump(made[0]), "time-left-out.yaml": LEFT_OUT_HEAD + _dump(made[1])}
    stale = []
    for name, text in texts.items():
        file = KNOWLEDGE / "calibration" / name
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv[1:]:
            file.write_text(text, encoding="utf-8")
    sys.stderr.write("".join(f"calibration/{name} changed\n" for name in stale))
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
