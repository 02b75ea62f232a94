"""The devices, systems and their sources: complete, in form, and consistent with physics and with each other."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.entries.schema import Device, Entry, Interconnect, Source, System

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"

NAMED = [
    "p100-16g-sxm2", "p100-16g-pcie", "p40", "v100-16g-sxm2", "v100-32g-sxm2", "v100-32g-sxm3", "v100-16g-pcie",
    "v100-32g-pcie", "v100s-32g-pcie", "t4", "rtx2080ti", "rtx2080ti-22g", "titanrtx", "rtx3060", "rtx3090",
    "rtxa4000", "rtxa5000", "rtxa6000", "a10", "a10g", "a30", "a40", "a100-40g-sxm", "a100-40g-pcie", "a100-80g-sxm",
    "a100-80g-pcie", "a800-80g-sxm", "a800-80g-pcie", "rtx4060", "rtx4070", "rtx4080", "rtx4090", "rtx4090d",
    "rtx4090-48g", "rtx6000ada", "l4", "l20", "l40", "l40s", "h100-sxm", "h100-pcie", "h100-nvl", "h100-96g",
    "h800-sxm", "h800-pcie", "h20-96g", "h200-sxm", "h200-nvl", "gh200-96g", "b100", "b200", "b300", "gb200", "gb300",
    "rtx5080", "rtx5090", "rtxpro6000-ws", "rtxpro6000-server", "gb10-dgx-spark", "jetson-orin-64", "mi100", "mi210",
    "mi250", "mi250x", "mi300a", "mi300x", "mi325x", "mi350x", "mi355x", "rx7900xtx", "r9700", "gaudi2", "gaudi3",
    "max1550", "arc-b60", "tpu-v4", "tpu-v5e", "tpu-v5p", "tpu-v6e", "tpu-v7x", "trainium1", "trainium2",
    "ascend910a", "ascend910b1", "ascend910b2", "ascend910b3", "ascend910b4-32g", "ascend910c", "atlas300i-duo",
    "atlas350-950pr", "ascend950dt", "mtt-s4000", "mtt-s5000", "mlu370-x8", "mlu590-m9", "hygon-z100", "hygon-k100ai",
    "hygon-bw1000", "kunlun-p800", "biren-br100", "biren-br106", "iluvatar-bi-v100", "iluvatar-bi-v150",
    "metax-c500-pcie", "metax-c500-oam", "metax-c550", "apple-m2ultra", "apple-m3ultra",
]  # fmt: skip

NAMED_SYSTEMS = ["sys-dgx1-v100", "sys-dgx2", "sys-dgx-a100-640", "sys-dgx-h100", "sys-dgx-spark-x2"]

# Dense fp16 (else bf16) matrix rate over plain fp32, by architecture. A rate with sparsity is twice as high and falls
# outside. GeForce halves the rate with fp32 accumulation, and some parts are cut down: they have ranges of their own.
MATRIX_OVER_FP32 = {
    "Pascal": (0.015, 2.1),
    "Volta": (7.6, 8.4),
    "Turing": (7.6, 8.4),
    "Ampere 8.0": (15.5, 16.5),
    "Ampere 8.6": (3.9, 4.1),
    "Ada Lovelace": (3.9, 4.1),
    "Hopper": (13.5, 15.0),
    "Blackwell 10.0": (27.0, 32.0),
    "Blackwell 10.3": (29.0, 32.0),
    "Blackwell 12.0": (3.8, 4.1),
    "Blackwell 12.1": (4.0, 4.3),
    "CDNA": (7.8, 8.2),
    "CDNA2": (7.8, 8.2),
    "CDNA3": (7.8, 8.2),
    "CDNA4": (15.5, 16.5),
    "Da Vinci": (3.6, 3.9),
}
GEFORCE = {"Turing": (3.9, 4.1), "Ampere 8.6": (1.9, 2.1), "Ada Lovelace": (1.9, 2.1), "Blackwell 12.0": (1.9, 2.1)}
CUT_DOWN = {"titanrtx": (7.6, 8.4), "a10g": (2.1, 2.3), "l20": (1.9, 2.1), "l40": (1.9, 2.1), "h20-96g": (3.3, 3.5)}

BANDWIDTH_GB_S = {
    "GDDR5": (100, 500),
    "GDDR6": (200, 1000),
    "GDDR6X": (500, 1050),
    "GDDR7": (400, 1800),
    "LPDDR4X": (50, 450),
    "LPDDR5": (100, 830),
    "LPDDR5X": (200, 600),
    "HBM": (800, 1700),
    "HBM2": (700, 1700),
    "HBM2e": (800, 3800),
    "HBM3": (2500, 5400),
    "HBM3e": (4500, 8100),
}

# One NVLink, both directions together [GB/s], by generation; GA102 cards drive narrower third-generation links.
NVLINK_GB_S = {"1": (40,), "2": (50,), "3": (50, 28.125), "4": (50,), "5": (100,)}

VENDOR_WORDS = {"nvidia", "tesla", "geforce", "amd", "huawei", "apple", "intel", "google", "aws", "quadro"}


@cache
def entries(family: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((KNOWLEDGE / family).glob("*.yaml")):
        for key, value in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
            assert key not in found, f"{key} twice in {family}"
            found[key] = value
    return found


@cache
def devices() -> dict[str, Device]:
    return {key: Device.model_validate(value) for key, value in entries("devices").items()}


@cache
def systems() -> dict[str, System]:
    return {key: System.model_validate(value) for key, value in entries("systems").items()}


@cache
def sources() -> dict[str, Source]:
    path = KNOWLEDGE / "sources" / "devices.yaml"
    read = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {key: Source.model_validate(value) for key, value in read.items()}


def normal(name: str) -> str:
    """The name as plans are matched: no case, no separators, no vendor words in front."""
    words = re.split(r"[\s\-_/]+", name.strip().lower())
    while len(words) > 1 and words[0] in VENDOR_WORDS:
        words.pop(0)
    return re.sub(r"[.()+,]+", "", "".join(words))


def names_of(key: str, name: object, aliases: list[str]) -> list[str]:
    assert isinstance(name, str), key
    return [key, name, *aliases]


def subclass(device: Device) -> str:
    """The architecture, with the compute capability where one name covers several matrix units."""
    if device.architecture in {"Ampere", "Blackwell"}:
        return f"{device.architecture} {device.compute_capability}"
    return device.architecture or ""


def matrix_rate(device: Device) -> float | None:
    return device.rates.fp16 if device.rates.fp16 is not None else device.rates.bf16


def sparse_or_wrong(key: str, device: Device) -> str | None:
    """Say why the 16-bit matrix rate cannot be the dense one with fp32 accumulation, or None."""
    limits = GEFORCE if device.vendor == "NVIDIA" and device.form_factor == "consumer" else MATRIX_OVER_FP32
    expected = CUT_DOWN.get(key) or limits.get(subclass(device))
    rate, plain = matrix_rate(device), device.rates.fp32
    if expected is None or rate is None or plain is None:
        return None
    ratio = rate / plain
    return None if expected[0] <= ratio <= expected[1] else f"{rate} is {ratio:.2f} times fp32, not within {expected}"


DEVICE_IDS = sorted(entries("devices"))
SYSTEM_IDS = sorted(entries("systems"))


def test_named_devices_are_there() -> None:
    assert sorted(set(NAMED) - set(devices())) == []
    assert len(devices()) >= 105
    assert sorted(set(NAMED_SYSTEMS) - set(systems())) == []


@pytest.mark.parametrize("key", DEVICE_IDS)
def test_device_is_in_form(key: str) -> None:
    device = devices()[key]
    assert device.memory_gib <= 600
    if device.usable_gib is not None:
        assert 0.85 * device.memory_gib <= device.usable_gib <= 1.02 * device.memory_gib
    if device.memory_type in BANDWIDTH_GB_S and device.bandwidth_gb_s is not None:
        low, high = BANDWIDTH_GB_S[device.memory_type]
        assert low <= device.bandwidth_gb_s <= high
    if device.country == "CN":
        assert device.export is not None
        assert device.export.to_china == "domestic"
    if device.lifecycle == "modified":
        assert device.note is not None


@pytest.mark.parametrize("key", DEVICE_IDS)
def test_rates_agree_with_each_other(key: str) -> None:
    device = devices()[key]
    rates = device.rates
    assert sparse_or_wrong(key, device) is None
    halves_bf16 = device.architecture == "CDNA"  # the first generation runs bf16 at half rate
    gaudi = device.architecture == "Gaudi"  # fp16 shares the path of TF32
    if rates.fp16 and rates.bf16 and not halves_bf16 and not gaudi:
        assert rates.fp16 == rates.bf16
    if device.bf16 is False:
        assert rates.bf16 is None
    if device.fp8 is False:
        assert rates.fp8 is None
    data_centre = subclass(device) in {"Ampere 8.0", "Hopper", "Blackwell 10.0", "Blackwell 10.3", "CDNA3"}
    if data_centre and rates.tf32 and rates.fp16:
        assert rates.tf32 == pytest.approx(rates.fp16 / 2, rel=0.01)
    if rates.fp8 and rates.fp16 and not gaudi:
        assert 1.85 <= rates.fp8 / rates.fp16 <= 2.05
    for kind, measured in device.matmul_tflops.items():
        peak = getattr(rates, kind)
        assert peak is not None
        assert 0.4 * peak <= measured <= peak


def test_a_sparse_rate_is_caught() -> None:
    tried, missed = 0, []
    for key, device in devices().items():
        rate = matrix_rate(device)
        if rate is None or device.rates.fp32 is None or device.vendor not in {"NVIDIA", "Huawei"}:
            continue
        twice = device.rates.model_copy(update={"fp16": 2 * rate, "bf16": 2 * rate})
        tried += 1
        if sparse_or_wrong(key, device.model_copy(update={"rates": twice})) is None:
            missed.append(key)
    # The P40 has no half-precision units worth the name; its architecture's range spans both kinds of card.
    # The Ascend 950 is a new architecture with one entry, so no range stands for it.
    assert missed == ["atlas350-950pr", "p40"]
    assert tried > 60


@pytest.mark.parametrize("key", [*DEVICE_IDS, *SYSTEM_IDS])
def test_link_counts_and_rates_agree(key: str) -> None:
    link: Interconnect | None = devices()[key].interconnect if key in devices() else systems()[key].interconnect
    if link is None:
        return
    if link.per_pair_gb_s is not None and link.gb_s is not None:
        assert link.per_pair_gb_s <= link.gb_s
    if link.topology == "all-to-all" and link.per_pair_gb_s is not None:
        assert link.per_pair_gb_s == link.gb_s
    if link.kind == "nvlink":
        assert link.generation in NVLINK_GB_S
        assert link.links
        assert link.gb_s is not None
        assert link.gb_s / link.links in NVLINK_GB_S[link.generation]
    if link.topology == "mesh" and link.links and link.gb_s and link.per_pair_gb_s and link.links == 7:
        assert link.gb_s == pytest.approx(link.links * link.per_pair_gb_s)
    if link.kind in {"pcie", "none"}:
        assert link.links is None


@pytest.mark.parametrize("key", DEVICE_IDS)
def test_nvidia_software_follows_the_compute_capability(key: str) -> None:
    device = devices()[key]
    if device.software.platform != "cuda":
        assert device.compute_capability is None
        return
    assert device.compute_capability is not None
    capability = float(device.compute_capability)
    assert device.bf16 is (capability >= 8.0)
    assert device.fp8 is (capability >= 8.9)
    assert device.software.flash_attention is (capability >= 8.0)
    dropped = capability < 7.5
    assert (device.software.cuda_last == "12.9") is dropped
    assert (device.software.sunset_on is not None) is dropped
    assert (device.software.bitsandbytes == "4bit-only") is dropped
    if device.form_factor == "consumer":
        assert device.data_centre_licence is False
        assert device.p2p is False


def test_interconnect_of_the_parts_people_mix_up() -> None:
    def link(key: str) -> tuple[str, float | None, float | None]:
        found = devices()[key].interconnect
        return found.kind, found.gb_s, found.per_pair_gb_s

    assert {key: link(key) for key in ("v100-32g-sxm2", "v100-32g-pcie", "a100-80g-sxm", "a800-80g-sxm")} == {
        "v100-32g-sxm2": ("nvlink", 300, 50),
        "v100-32g-pcie": ("pcie", 32, None),
        "a100-80g-sxm": ("nvlink", 600, 600),
        "a800-80g-sxm": ("nvlink", 400, 400),
    }
    assert {key: link(key) for key in ("h100-sxm", "h800-sxm", "b200", "rtx3090", "rtx4090", "rtx5090", "l40s")} == {
        "h100-sxm": ("nvlink", 900, 900),
        "h800-sxm": ("nvlink", 400, 400),
        "b200": ("nvlink", 1800, 1800),
        "rtx3090": ("nvlink", 112.5, 112.5),
        "rtx4090": ("pcie", 64, None),
        "rtx5090": ("pcie", 128, None),
        "l40s": ("pcie", 64, None),
    }
    assert link("ascend910b3") == ("hccs", 392, 56)
    assert link("mi300x") == ("infinity-fabric", 896, 128)
    assert link("gb10-dgx-spark") == ("other", 50, 50)


def test_rates_of_the_parts_people_mix_up() -> None:
    rates = {key: devices()[key].rates.fp16 for key in ("v100-32g-sxm2", "v100-32g-pcie", "l40", "l40s", "rtx4090")}
    assert rates == {
        "v100-32g-sxm2": 125,
        "v100-32g-pcie": 112,
        "l40": 181,
        "l40s": 362,
        "rtx4090": 165.2,
    }
    assert {key: devices()[key].usable_gib for key in ("v100-32g-sxm2", "h100-sxm", "rtx3090", "ascend910b3")} == {
        "v100-32g-sxm2": 31.74,
        "h100-sxm": 79.11,
        "rtx3090": 23.7,
        "ascend910b3": 60.97,
    }


@pytest.mark.parametrize("key", SYSTEM_IDS)
def test_system_matches_its_device(key: str) -> None:
    system = systems()[key]
    device = devices()[system.device]
    assert system.devices > 1
    assert system.interconnect is not None
    assert system.interconnect.kind == device.interconnect.kind
    assert system.interconnect.gb_s == device.interconnect.gb_s
    assert (system.interconnect.domain_size or 0) == system.devices
    if system.power_kw is not None and device.power_w is not None:
        assert system.power_kw * 1000 >= system.devices * device.power_w


def test_no_name_points_at_two_entries() -> None:
    owner: dict[str, str] = {}
    clashes = []
    for key, entry in {**devices(), **systems()}.items():
        own = names_of(key, entry.name, entry.aliases)
        spelled = [normal(name) for name in entry.aliases]
        assert len(set(spelled)) == len(spelled), f"{key}: an alias is listed twice"
        assert not set(spelled) & {normal(name) for name in own[:2]}, f"{key}: an alias repeats the id or the name"
        for name in own:
            if owner.setdefault(normal(name), key) != key:
                clashes.append((name, owner[normal(name)], key))
    assert clashes == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Tesla V100-SXM2-32GB", "v100-32g-sxm2"),
        ("NVIDIA A100-SXM4-80GB", "a100-80g-sxm"),
        ("NVIDIA A100-SXM4-40GB", "a100-40g-sxm"),
        ("NVIDIA A100 80GB PCIe", "a100-80g-pcie"),
        ("NVIDIA H100 80GB HBM3", "h100-sxm"),
        ("NVIDIA GeForce RTX 4090", "rtx4090"),
        ("RTX 4090", "rtx4090"),
        ("4090", "rtx4090"),
        ("NVIDIA L40S", "l40s"),
        ("Tesla T4", "t4"),
        ("Tesla V100 32GB", "v100-32g-sxm2"),
        ("GeForce RTX 3090", "rtx3090"),
        ("NVIDIA A10G", "a10g"),
        ("H100", "h100-sxm"),
        ("v100 32g", "v100-32g-sxm2"),
        ("A100 80G", "a100-80g-sxm"),
        ("910B3", "ascend910b3"),
        ("Ascend910B", "ascend910b3"),
        ("昇腾910B", "ascend910b3"),
        ("DGX Spark", "gb10-dgx-spark"),
        ("AMD Instinct MI300X", "mi300x"),
        ("h100_sxm", "h100-sxm"),
        ("DGX-1", "sys-dgx1-v100"),
    ],
)
def test_common_names_find_their_entry(name: str, key: str) -> None:
    found = [
        other
        for other, entry in {**devices(), **systems()}.items()
        if normal(name) in {normal(own) for own in names_of(other, entry.name, entry.aliases)}
    ]
    assert found == [key]


@pytest.mark.parametrize("name", ["V100", "A100"])
def test_names_that_hide_the_memory_size_stay_unknown(name: str) -> None:
    known = {
        normal(own)
        for key, entry in {**devices(), **systems()}.items()
        for own in names_of(key, entry.name, entry.aliases)
    }
    assert normal(name) not in known


def fields_with_values(entry: Entry) -> set[str]:
    skipped = {"evidence", "name", "aliases", "note"}
    dumped = entry.model_dump(exclude_unset=True)
    return {key for key, value in dumped.items() if value not in (None, [], {}) and key not in skipped}


@pytest.mark.parametrize("key", [*DEVICE_IDS, *SYSTEM_IDS])
def test_every_field_has_evidence(key: str) -> None:
    entry: Device | System = devices()[key] if key in devices() else systems()[key]
    present = fields_with_values(entry)
    named = {field for line in entry.evidence for field in line.fields or []}
    for field in named:
        head, _, tail = field.partition(".")
        assert head in present, f"evidence names {field}, which has no value"
        if tail:
            assert getattr(getattr(entry, head), tail) is not None, f"evidence names {field}, which has no value"
    if not any(line.fields is None for line in entry.evidence):
        assert present - named == set()
    assert {line.source for line in entry.evidence} <= set(sources())
    if isinstance(entry, Device) and entry.usable_gib is not None:
        assert "usable_gib" in named


def test_sources_are_dated_and_used() -> None:
    used = {line.source for entry in [*devices().values(), *systems().values()] for line in entry.evidence}
    assert used == set(sources())
    for key, source in sources().items():
        days = (source.review_by - source.read_on).days
        assert 180 <= days <= 740, key
