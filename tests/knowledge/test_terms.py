"""Licences, data licences and regulations: every entry says all four stages, in both languages, with a real source."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args

import pytest
import yaml
from license_expression import get_spdx_licensing

from advisor.entries.schema import DataLicence, Entry, Licence, Regulation, Source, Stage

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
STAGES = set(get_args(Stage))
READ_FROM, READ_UNTIL = date(2026, 1, 1), date(2027, 12, 31)
E = TypeVar("E", bound=Entry)
SPDX = get_spdx_licensing()
WEAKER = ("allowed", "conditions", "ask-legal", "forbidden")


def read(family: str) -> list[tuple[str, str, dict[str, Any]]]:
    """All entries of a family as (file name, id, fields)."""
    return [
        (file.name, name, fields)
        for file in sorted((KNOWLEDGE / family).glob("*.yaml"))
        for name, fields in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).items()
    ]


def entries(family: str, form: type[E]) -> dict[str, E]:
    return {name: form.model_validate(fields) for _, name, fields in read(family)}


LICENCES = entries("licences", Licence)
DATA_LICENCES = entries("data_licences", DataLicence)
REGULATIONS = entries("regulations", Regulation)
SOURCES = entries("sources", Source)
TERMS: dict[str, Licence | DataLicence] = {**LICENCES, **{f"data:{k}": v for k, v in DATA_LICENCES.items()}}
ALL = {**TERMS, **REGULATIONS}


@pytest.mark.parametrize("family", ["licences", "data_licences", "regulations", "sources"])
def test_ids_are_unique(family: str) -> None:
    names = [name for _, name, _ in read(family)]
    assert sorted(names) == sorted(set(names))


def test_every_source_is_known_and_every_named_field_exists() -> None:
    for name, entry in ALL.items():
        assert [line.source for line in entry.evidence if line.source not in SOURCES] == [], name
        assert {field for line in entry.evidence for field in line.fields or ()} <= set(type(entry).model_fields), name


def test_every_field_of_every_licence_is_covered_by_evidence() -> None:
    for name, entry in LICENCES.items():
        if any(line.fields is None for line in entry.evidence):
            continue
        named = {field for line in entry.evidence for field in line.fields or ()}
        stated = {field for field in entry.model_fields_set if getattr(entry, field) not in (None, [])}
        assert stated - named <= {"name", "aliases", "evidence", "field_of_use_limited"}, name


def test_all_four_stages_are_stated() -> None:
    assert [name for name, entry in TERMS.items() if set(entry.stages) != STAGES] == []


def test_a_duty_is_named_wherever_one_exists() -> None:
    bare = [
        (name, stage)
        for name, entry in TERMS.items()
        for stage, terms in entry.stages.items()
        if terms.status == "conditions" and terms.duties is None
    ]
    assert bare == []


def test_delivering_weights_is_never_freer_than_using_them_inside() -> None:
    pairs = {
        name: (entry.stages["internal"].status, entry.stages["weights-to-customers"].status)
        for name, entry in TERMS.items()
    }
    known = {name: pair for name, pair in pairs.items() if "unknown" not in pair}
    assert [name for name, (inside, out) in known.items() if WEAKER.index(out) < WEAKER.index(inside)] == []


@pytest.mark.parametrize("name", [name for name, entry in LICENCES.items() if entry.spdx])
def test_licence_expressions_parse(name: str) -> None:
    spdx = LICENCES[name].spdx
    assert spdx is not None
    parsed = SPDX.parse(spdx)
    assert parsed is not None
    if not spdx.startswith("LicenseRef-"):
        assert SPDX.unknown_license_keys(parsed) == []


def test_data_licences_speak_for_known_spdx_ids_and_each_id_once() -> None:
    spoken = [(spdx, name) for name, entry in DATA_LICENCES.items() for spdx in entry.spdx]
    ids = [spdx for spdx, _ in spoken]
    assert sorted(ids) == sorted(set(ids))
    own = {"NONE", "NOASSERTION"}
    for spdx in ids:
        if not spdx.startswith("LicenseRef-") and spdx not in own:
            assert SPDX.unknown_license_keys(SPDX.parse(spdx)) == [], spdx


def test_names_of_licences_mean_one_entry_each() -> None:
    meant: dict[str, set[str]] = {}
    for name, entry in LICENCES.items():
        for alias in (name, *entry.aliases):
            meant.setdefault(alias.lower(), set()).add(name)
    assert {alias: names for alias, names in meant.items() if len(names) > 1} == {}


def test_every_licence_that_a_model_names_has_an_entry() -> None:
    named = {
        licence
        for _, _, fields in read("models")
        for licence in (fields.get("licence"), *(row["licence"] for row in fields.get("revisions") or ()))
        if licence
    }
    assert named - set(LICENCES) == set()


@pytest.mark.parametrize(
    ("name", "threshold", "kind"),
    [
        ("llama2", 700_000_000, "at-release"),
        ("llama3", 700_000_000, "at-release"),
        ("llama3.1", 700_000_000, "at-release"),
        ("llama4", 700_000_000, "at-release"),
        ("qwen", 100_000_000, "continuing"),
        ("tongyi-qianwen", 100_000_000, "continuing"),
        ("modified-mit", 100_000_000, "continuing"),
        ("apache-2.0", None, None),
        ("mit", None, None),
    ],
)
def test_user_thresholds(name: str, threshold: int | None, kind: str | None) -> None:
    assert (LICENCES[name].monthly_users_threshold, LICENCES[name].threshold_kind) == (threshold, kind)


def test_a_threshold_says_when_it_counts() -> None:
    assert [n for n, e in LICENCES.items() if (e.monthly_users_threshold is None) < (e.threshold_kind is None)] == []


@pytest.mark.parametrize(
    ("name", "training"),
    [
        ("llama2", "forbidden"),
        ("llama3", "forbidden"),
        ("llama3.1", "conditions"),
        ("tongyi-qianwen", "forbidden"),
        ("qwen", "conditions"),
        ("tencent-hunyuan-community", "forbidden"),
        ("minicpm", "forbidden"),
        ("deepseek", "conditions"),
        ("mit", "allowed"),
        ("glm-4", "unknown"),
    ],
)
def test_training_with_outputs(name: str, training: str) -> None:
    assert LICENCES[name].output_training == training


def test_a_limit_on_outputs_is_explained() -> None:
    bare = [n for n, e in LICENCES.items() if e.output_training == "forbidden" and e.output_terms is None]
    assert set(bare) <= {"llama1-research", "grok-2"}  # not yet checked against their texts


@pytest.mark.parametrize(
    ("name", "territories"),
    [
        ("llama4", ["EU"]),
        ("llama3.2", []),
        ("openpangu-1.0", ["EU"]),
        ("openpangu-2.0", ["EU"]),
        ("tencent-hunyuan-community", ["EU", "GB", "KR"]),
        ("qwen", []),
    ],
)
def test_excluded_territories(name: str, territories: list[str]) -> None:
    assert LICENCES[name].excluded_territories == territories


@pytest.mark.parametrize("name", ["qwen-research", "mrl", "mnpl", "exaone"])
def test_research_licences_forbid_productive_use_at_every_stage(name: str) -> None:
    assert {terms.status for terms in LICENCES[name].stages.values()} == {"forbidden"}


@pytest.mark.parametrize(
    ("name", "stage", "status"),
    [
        ("cc-by-nc", "internal-transfer", "forbidden"),
        ("cc-by-nc", "internal", "ask-legal"),
        ("gpl", "internal", "allowed"),
        ("gpl", "weights-to-customers", "ask-legal"),
        ("customer", "hosted-service", "forbidden"),
        ("internal", "internal", "allowed"),
        ("no-licence", "internal-transfer", "forbidden"),
        ("openai-output", "weights-to-customers", "forbidden"),
        ("openharmony", "internal", "conditions"),
        ("unknown", "internal", "unknown"),
    ],
)
def test_terms_of_data(name: str, stage: Stage, status: str) -> None:
    assert DATA_LICENCES[name].stages[stage].status == status


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("eu-downstream-modifier", "compute_share", 1 / 3),
        ("eu-systemic-risk", "training_flop", 1e25),
        ("eu-gpai-provider", "training_flop_indicative", 1e23),
        ("cn-data-export", "persons_contract", 1e5),
        ("us-advanced-chips-china", "memory_bandwidth_gb_s", 6500),
    ],
)
def test_thresholds_of_law(name: str, key: str, value: float) -> None:
    assert REGULATIONS[name].threshold[key] == pytest.approx(value)


@pytest.mark.parametrize("jurisdiction", ["CN", "EU", "US"])
def test_each_jurisdiction_has_rules_of_law(jurisdiction: str) -> None:
    assert any(entry.jurisdiction == jurisdiction and entry.binding == "law" for entry in REGULATIONS.values())


def test_domestic_hardware_targets_are_policy() -> None:
    assert REGULATIONS["cn-domestic-it"].binding == "policy"


def test_dates_of_regulations() -> None:
    for name, entry in REGULATIONS.items():
        assert READ_FROM <= entry.as_of <= READ_UNTIL, name
        assert entry.in_force is None or date(2015, 1, 1) <= entry.in_force <= entry.as_of, name


def test_dates_of_sources() -> None:
    assert [name for name, s in SOURCES.items() if not READ_FROM <= s.read_on <= READ_UNTIL] == []
    assert [name for name, s in SOURCES.items() if s.read_on >= s.review_by] == []
