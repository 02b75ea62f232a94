"""The user's own knowledge over the built-in one: field by field, checked the same way, and told in the report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import advisor
from advisor.entries.base import load_knowledge
from advisor.plan.source import Unreadable

PLAN = {
    "version": 1,
    "model": {"name": "qwen2.5-7b"},
    "training": {"method": "lora", "framework": "llama-factory"},
    "hardware": {"device": "rtx4090", "count": 1, "tenure": "rent"},
    "data": [{"name": "d", "kind": "instructions", "tokens": "50M", "license": "LicenseRef-x", "source": "internal"}],
}
SOURCE = (
    "our-lab:\n  title: Measured in our lab\n  url: https://example.org/lab\n  read_on: 2026-11-01\n"
    "  review_by: 2027-11-01\n"
)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_one_field_of_a_known_device(tmp_path: Path, day: date) -> None:
    own = write(tmp_path, sources__lab=SOURCE, devices__cards="rtx4090:\n  usable_gib: 22.5\n  evidence:\n"
                "    - {source: our-lab, grade: measured, fields: [usable_gib]}\n")  # fmt: skip
    plain, changed = advisor.check(PLAN, today=day), advisor.check(PLAN, today=day, knowledge=[own])
    assert plain.estimates.memory is not None
    assert changed.estimates.memory is not None
    assert (plain.estimates.memory.usable_gib, changed.estimates.memory.usable_gib) == (23.65, 22.5)
    assert changed.estimates.memory.probability_fits < plain.estimates.memory.probability_fits
    assert changed.judgement.overlaid == (("devices/rtx4090", "usable_gib", str(own)),)
    assert changed.to_dict()["own_knowledge"] == [{"entry": "devices/rtx4090", "field": "usable_gib", "from": str(own)}]
    assert "Values of your own knowledge" in changed.to_markdown(options=False)
    assert "own knowledge" not in plain.to_markdown(options=False)


def test_later_folders_win(tmp_path: Path) -> None:
    first = write(tmp_path / "a", devices__cards="rtx4090: {usable_gib: 22.5, power_w: 400}\n")
    second = write(tmp_path / "b", devices__cards="rtx4090: {usable_gib: 21.5}\n")
    device = load_knowledge((first, second)).device("rtx4090")
    assert (device.usable_gib, device.power_w, device.memory_gib) == (21.5, 400, 24)


def test_a_device_of_ones_own(tmp_path: Path, day: date) -> None:
    own = write(tmp_path, sources__lab=SOURCE, devices__lab=(
        "labcard-48g:\n  name: Lab card 48G\n  aliases: [our card]\n  vendor: Lab\n  country: CN\n  memory_gib: 48\n"
        "  usable_gib: 47\n  bandwidth_gb_s: 1000\n  rates: {fp16: 150, bf16: 150}\n  bf16: true\n"
        "  interconnect: {kind: pcie}\n  software: {platform: cuda, flash_attention: true}\n"
        "  evidence: [{source: our-lab, grade: measured}]\n"))  # fmt: skip
    hardware = {"device": "Our Card", "count": 1, "tenure": "rent", "price": "3 CNY/hour"}
    report = advisor.check({**PLAN, "hardware": hardware}, today=day, knowledge=[own])
    assert report.judgement.case.device_id == "labcard-48g"
    assert report.estimates.time is not None


def test_every_mistake_with_its_line(tmp_path: Path) -> None:
    own = write(
        tmp_path,
        devices__cards=(
            "rtx4090:\n  usable_gib: plenty\n  memori_gib: 24\nmy-card:\n  name: Mine\n  lifecycle: soon\n"
            "  evidence: [{source: nowhere, grade: measured}]\n"
        ),
        gadgets__x="{}\n",
    )
    with pytest.raises(Unreadable) as caught:
        load_knowledge((own,))
    cards = own / "devices" / "cards.yaml"
    said = [problem.text("en") for problem in caught.value.problems]
    assert f"{cards}:2:15: rtx4090.usable_gib: 'plenty' is no number of this kind" in said
    assert f"{cards}:3:3: rtx4090.memori_gib: there is no field 'memori_gib'; did you mean 'memory_gib'?" in said
    assert any(text.startswith(f"{cards}:4:1: my-card.vendor: the field 'vendor' is missing") for text in said)
    assert any(text.startswith(f"{cards}:6:14: my-card.lifecycle: 'soon' is none of ") for text in said)
    assert any(text.startswith(f"{cards}:7:23: my-card.evidence[0].source: no source 'nowhere'") for text in said)
    assert any(text.startswith(f"{own / 'gadgets' / 'x.yaml'}:1:1: 'gadgets' is no family of entries") for text in said)


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(Unreadable) as caught:
        load_knowledge((Path("no/such/folder"),))
    assert [problem.text("zh") for problem in caught.value.problems] == ["no/such/folder:1:1: 没有这个目录"]
