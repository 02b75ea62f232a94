"""Every model and tokenizer entry: its form, its count of weights, its names, its evidence."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from advisor.entries.base import Knowledge, UnknownNameError, built_in_folder
from advisor.entries.check import knowledge_documents
from advisor.entries.schema import Evidence, Known, ModelEntry, Source, Tokenizer
from advisor.estimates.architecture import counted_active_parameters, counted_parameters, from_entry
from advisor.plan.source import Document

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)


def _raw(*families: str) -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = {
        family: {} for family in ("models", "tokenizers", "sources", "licences", "devices", "systems")
    }
    for family, document in knowledge_documents(built_in_folder()):
        if family in families:
            assert isinstance(document, Document), document
            twice = found[family].keys() & document.data.keys() if family in {"models", "tokenizers"} else None
            assert not twice, f"{document.name} repeats {sorted(twice)}"
            found[family].update(document.data)
    return found


RAW = _raw("models", "tokenizers", "sources", "licences")
KNOWLEDGE = Knowledge(RAW)
MODELS = {name: ModelEntry.model_validate(raw) for name, raw in RAW["models"].items()}
TOKENIZERS = {name: Tokenizer.model_validate(raw) for name, raw in RAW["tokenizers"].items()}
SHAPED = {name: model for name, model in MODELS.items() if model.architecture is not None}


def _lines(file: str) -> list[str]:
    return (HERE / file).read_text(encoding="utf-8").splitlines()


def test_there_are_enough_models_to_be_of_use() -> None:
    assert len(SHAPED) >= 250
    assert len(MODELS) - len(SHAPED) <= 25


@pytest.mark.parametrize("name", SHAPED)
def test_sizes_reproduce_the_published_count(name: str) -> None:
    model = SHAPED[name]
    assert model.architecture is not None
    counted = counted_parameters(from_entry(model.architecture))
    assert counted == pytest.approx(model.parameters, rel=0.01)


def test_most_counts_are_exact() -> None:
    def error(model: ModelEntry) -> float:
        assert model.architecture is not None
        return abs(counted_parameters(from_entry(model.architecture)) / model.parameters - 1)

    errors = [error(model) for model in SHAPED.values()]
    assert sum(e < 1e-3 for e in errors) >= 0.95 * len(errors)
    assert sum(e == 0 for e in errors) >= 0.85 * len(errors)


@pytest.mark.parametrize("name", [n for n, m in SHAPED.items() if m.active_parameters is not None])
def test_published_active_weights_are_near_the_count(name: str) -> None:
    model = SHAPED[name]
    assert model.architecture is not None
    a = from_entry(model.architecture)
    counted = counted_active_parameters(a)
    # Makers round, and some leave out the token table or the head.
    tables = 2 * a.vocab_size * a.hidden_size
    assert counted - tables - 0.06 * counted <= model.active_parameters <= 1.06 * counted


@pytest.mark.parametrize("name", SHAPED)
def test_a_mixture_says_how_it_is_mixed(name: str) -> None:
    a = SHAPED[name].architecture
    assert a is not None
    assert (a.experts > 0) == (a.experts_per_token > 0) == (a.expert_ffn_hidden_size is not None)
    assert (SHAPED[name].active_parameters is not None) == (a.experts > 0)
    assert a.attention_heads % a.kv_heads == 0
    assert a.dense_layers < a.layers


def _spelled(text: str) -> str:
    """A name as people tell it apart: 1.3b and 13b differ, 1.3b and 1p3b do not."""
    return re.sub(r"[\s\-_/]+", "", re.sub(r"(?<=\d)p(?=\d)", ".", text.lower()))


def test_names_and_aliases_mean_one_model_each() -> None:
    owner: dict[str, str] = {}
    for name, model in MODELS.items():
        shown = model.name if isinstance(model.name, str) else model.name.en
        hub = [model.hub.rsplit("/", 1)[-1]] if model.hub else []
        for form in {_spelled(text) for text in (name, shown, *hub, *model.aliases)}:
            assert owner.setdefault(form, name) == name, form


@pytest.mark.parametrize("name", MODELS)
def test_an_entry_is_found_by_all_its_names(name: str) -> None:
    model = MODELS[name]
    shown = model.name if isinstance(model.name, str) else model.name.en
    hub = [model.hub, model.hub.upper(), model.hub.rsplit("/", 1)[-1]] if model.hub else []
    for text in (name, name.replace("-", "_"), name.replace("-", " "), shown, *hub, *model.aliases):
        assert KNOWLEDGE.model_id(text) == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3-coder-30b-a3b-instruct"),
        ("qwen3-coder-30b-a3b", "qwen3-coder-30b-a3b-instruct"),
        ("Qwen2.5-Coder-7B-Instruct", "qwen2.5-coder-7b"),
        ("qwen2.5-coder-32b", "qwen2.5-coder-32b"),
        ("Qwen2.5-72B-Instruct", "qwen2.5-72b"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("meta-llama/Llama-2-7b-chat-hf", "llama-2-7b"),
        ("LLaMA2-70B", "llama-2-70b"),
        ("llama-3.3-70b-instruct", "llama-3.3-70b"),
        ("mistralai/Mistral-7B-Instruct-v0.3", "mistral-7b-v0.3"),
        ("mistral-7b", "mistral-7b-v0.1"),
        ("Mixtral-8x7B", "mixtral-8x7b-v0.1"),
        ("deepseek-ai/deepseek-coder-6.7b-instruct", "deepseek-coder-6.7b"),
        ("deepseek-ai/DeepSeek-V3-Base", "deepseek-v3"),
        ("google/gemma-2-9b-it", "gemma-2-9b"),
        ("microsoft/Phi-3-mini-4k-instruct", "phi-3-mini-4k"),
        ("Qwen/Qwen3-30B-A3B-Instruct-2507", "qwen3-30b-a3b-instruct-2507"),
        ("Qwen/Qwen3-30B-A3B", "qwen3-30b-a3b"),
        ("openai/gpt-oss-120b", "gpt-oss-120b"),
        ("bloom", "bloom-176b"),
        ("GPT-3", "gpt-3-175b"),
        ("openPangu-Embedded-7B", "openpangu-embedded-7b"),
        ("codellama/CodeLlama-7b-Instruct-hf", "codellama-7b"),
        ("internlm/internlm2_5-7b-chat", "internlm2.5-7b"),
        ("Qwen/Qwen3-8B-Base", "qwen3-8b"),
        ("allenai/OLMo-2-1124-7B-Instruct", "olmo-2-7b"),
        ("TinyLlama/TinyLlama-1.1B-Chat-v1.0", "tinyllama-1.1b"),
        ("bigcode/starcoder2-15b-instruct-v0.1", "starcoder2-15b"),
        ("facebook/opt-1.3b", "opt-1.3b"),
        ("facebook/opt-13b", "opt-13b"),
    ],
)
def test_usual_spellings(written: str, meant: str) -> None:
    assert KNOWLEDGE.model_id(written) == meant


@pytest.mark.parametrize("name", _lines("measured_models.txt"))
def test_models_of_measured_runs_are_known(name: str) -> None:
    assert KNOWLEDGE.model_id(name) in MODELS


def test_unnamed_shapes_stay_unknown_with_a_reason() -> None:
    known = {_spelled(text) for name, model in MODELS.items() for text in (name, *model.aliases)}
    lines = [line.partition("\t") for line in _lines("unnamed_models.txt")]
    assert lines
    for name, _, reason in lines:
        assert len(reason) > 20, name
        assert _spelled(name) not in known


@pytest.mark.parametrize("name", ["GPT 181B (BLOOM tune-up)", "openbuddy-zephyr-7b-chat", "GPT3-15B", "InternLM-65B"])
def test_a_shape_of_ones_own_is_no_model(name: str) -> None:
    with pytest.raises(UnknownNameError):
        KNOWLEDGE.model_id(name)


def _uncovered(entry: Known) -> set[str]:
    """Fields with a value that no line of evidence speaks for."""
    stated = {
        field
        for field, value in entry.model_dump(exclude_defaults=True).items()
        if field not in {"name", "aliases", "evidence", "note"} and value is not None
    }
    for line in entry.evidence:
        stated -= set(line.fields if line.fields is not None else stated)
    return stated


@pytest.mark.parametrize("name", [*MODELS, *TOKENIZERS])
def test_every_field_has_evidence_from_a_known_source(name: str) -> None:
    for entry in [e for e in (MODELS.get(name), TOKENIZERS.get(name)) if e is not None]:
        assert not _uncovered(entry)
        for line in entry.evidence:
            assert line.source in RAW["sources"]
            assert set(line.fields or ()) <= set(type(entry).model_fields)


@pytest.mark.parametrize("name", MODELS)
def test_crossed_fields_have_two_sources(name: str) -> None:
    crossed: dict[str, set[str]] = {}
    for line in MODELS[name].evidence:
        for field in line.fields or () if line.grade == "cross" else ():
            crossed.setdefault(field, set()).add(line.source)
    assert all(len(sources) >= 2 for sources in crossed.values())


def test_evidence_lines_cover_no_field_twice_as_the_rest() -> None:
    def rests(evidence: list[Evidence]) -> int:
        return sum(line.fields is None for line in evidence)

    assert {rests(entry.evidence) for entry in (*MODELS.values(), *TOKENIZERS.values())} == {1}


def test_sources_are_dated_and_used() -> None:
    used = {line.source for entry in (*MODELS.values(), *TOKENIZERS.values()) for line in entry.evidence}
    for name in used:
        source = Source.model_validate(RAW["sources"][name])
        assert source.read_on <= TODAY < source.review_by


@pytest.mark.parametrize("name", MODELS)
def test_licence_and_tokenizer_are_entries(name: str) -> None:
    model = MODELS[name]
    assert model.tokenizer is None or model.tokenizer in TOKENIZERS
    for licence in (model.licence, *(row.licence for row in model.revisions)):
        assert licence is None or licence in RAW["licences"]


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("qwen2.5-7b", "apache-2.0"),
        ("qwen2.5-3b", "qwen-research"),
        ("qwen2.5-72b", "qwen"),
        ("qwen2.5-coder-3b", "qwen-research"),
        ("qwen2-72b", "tongyi-qianwen"),
        ("qwen3-coder-480b-a35b-instruct", "apache-2.0"),
        ("llama-2-70b", "llama2"),
        ("codellama-34b", "llama2"),
        ("llama-3-8b", "llama3"),
        ("llama-3.1-405b", "llama3.1"),
        ("llama-3.3-70b", "llama3.3"),
        ("deepseek-v3", "deepseek"),
        ("deepseek-v3-0324", "mit"),
        ("deepseek-r1", "mit"),
        ("codestral-22b-v0.1", "mnpl"),
        ("mistral-large-2407", "mrl"),
        ("gemma-2-9b", "gemma"),
        ("phi-4", "mit"),
        ("gpt-oss-20b", "apache-2.0"),
        ("kimi-k2", "modified-mit"),
        ("starcoder2-15b", "bigcode-openrail-m"),
        ("falcon-180b", "falcon-180b"),
        ("llama-2-34b", None),
    ],
)
def test_licences_differ_within_families(name: str, licence: str | None) -> None:
    assert MODELS[name].licence == licence


def test_tokenizers_count_what_was_measured() -> None:
    rates = {name: (t.tokens_per_byte["chinese"], t.tokens_per_byte["code"]) for name, t in TOKENIZERS.items()}
    # 11947 tokens of 45519 bytes; 728340 + 751792 + 483203 tokens of 8061062 bytes.
    assert rates["qwen"] == pytest.approx((11947 / 45519, 1963335 / 8061062), abs=1e-4)
    assert min(rates, key=lambda name: rates[name][0]) == "deepseek-v3"
    assert max(rates, key=lambda name: rates[name][1]) == "llama-2"
    assert all(set(t.tokens_per_byte) == {"code", "english", "chinese", "json"} for t in TOKENIZERS.values())
