"""The form of a rule file, and what is wrong with a file that does not have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from math import prod
from typing import Annotated, Any, Final, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema

from advisor.plan.source import Document, Path, Problem, shown
from advisor.ruling.format import MAX_BRANCHES, MAX_CONDITIONS, MAX_GROUPS, Confidence, Severity, Topic
from advisor.ruling.vocabulary import UNKNOWN, FactSpec, Vocabulary, has_type, nearest
from advisor.words import Words

COMPARISONS: Final[tuple[str, ...]] = ("lt", "lte", "gt", "gte", "ne")
"""What may stand before a value in `when: {fact: {lt: 1}}`."""

_scalar: Final = {"type": ["boolean", "number", "string"]}
_test: Final[dict[str, Any]] = {
    "oneOf": [
        _scalar,
        {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 1},
        {
            "type": "object",
            "properties": {op: {"type": "number"} for op in COMPARISONS if op != "ne"}
            | {"ne": {"oneOf": [_scalar, {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 1}]}},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
# The loader checks these two against the vocabulary, with better words than a union of types could give.
Test = Annotated[Any, WithJsonSchema(_test)]
Conclusion = Annotated[Any, WithJsonSchema(_scalar)]

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}[0-9]{3}$")]
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
At = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\[[0-9]+\])?(\.[a-z_]+(\[[0-9]+\])?)*$")]
Sentence = Annotated[str, StringConstraints(pattern=r"\S")]


class Form(BaseModel):
    """Base of the parts of a rule file: frozen, nothing unknown accepted, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TextForm(Form):
    """One text in both languages."""

    en: Sentence
    zh: Sentence

    def words(self) -> Words:
        """The pair of texts."""
        return Words(self.en, self.zh)


class PageForm(Form):
    """What the rule checks and why it matters; severity and confidence are argued under `why`."""

    checks: TextForm
    why: TextForm


class ExamplesForm(Form):
    """A whole plan in which the rule fires and one in which it does not, on a day of their own if the day decides."""

    fails: dict[str, Any] = Field(min_length=1)
    passes: dict[str, Any] = Field(min_length=1)
    on: date | None = Field(default=None, strict=False)


class RuleFile(Form):
    """One rule, as `rules/<topic>/<ID>-<name>.yaml` states it."""

    id: RuleId
    name: RuleName
    topic: Topic
    severity: Severity
    confidence: Confidence
    since: Version
    at: At
    when: dict[str, Test] = Field(min_length=1)
    concludes: dict[str, Conclusion] = {}
    says: TextForm
    do: TextForm
    page: PageForm
    sources: list[str]
    examples: ExamplesForm
    related: list[RuleId] = []
    under: list[RuleId] = []
    retired: Version | None = None


BAD_PREFIXES: Final = ("no-", "avoid-", "check-")


def check_form(document: Document) -> tuple[RuleFile | None, list[Problem]]:
    """The file by its model, or what does not fit it."""
    if not isinstance(document.data, dict):
        return None, [document.problem((), "ruling.not-a-rule", value=shown(document.data))]
    problems = []
    name = document.data.get("name")
    if isinstance(name, str) and (prefix := next((it for it in BAD_PREFIXES if name.startswith(it)), None)):
        problems.append(document.problem(("name",), "ruling.name-prefix", value=shown(name), prefix=prefix))
    try:
        return RuleFile.model_validate(document.data), problems
    except ValidationError as error:
        return None, problems + [_form_problem(document, it) for it in error.errors()]


_PATTERN_WORDS: Final = {
    "id": "bad-id",
    "related": "bad-id",
    "under": "bad-id",
    "name": "bad-name",
    "since": "bad-version",
    "retired": "bad-version",
    "at": "bad-at",
}


def _form_problem(document: Document, error: Any) -> Problem:
    """What the model refused, in our words."""
    path: Path = error["loc"]
    kind: str = error["type"]
    value = shown(error["input"])
    if kind == "missing":
        return document.problem(path, "ruling.field-missing", field=path[-1])
    if kind == "extra_forbidden":
        return _with_nearest(
            lambda key, **more: document.problem(path, key, at_key=True, field=shown(path[-1]), **more),
            "ruling.field-unknown",
            str(path[-1]),
            _fields(path[:-1]),
        )
    if kind == "literal_error":
        choices = get_args(RuleFile.model_fields[str(path[0])].annotation)
        return _with_nearest(
            lambda key, **more: document.problem(path, key, value=value, choices=", ".join(choices), **more),
            "ruling.not-one-of",
            value,
            choices,
        )
    if kind in {"string_pattern_mismatch", "string_too_long"}:
        return document.problem(path, f"ruling.{_PATTERN_WORDS.get(str(path[0]), 'empty')}", value=value)
    if kind == "too_short":
        return document.problem(path, "ruling.empty")
    words = {
        "string_type": "not-text",
        "list_type": "not-list",
        "dict_type": "not-mapping",
        "model_type": "not-mapping",
    }
    if kind in words:
        return document.problem(path, f"ruling.{words[kind]}", value=value)
    return document.problem(path, "ruling.wrong", value=value, reason=error["msg"])


def _fields(path: Path) -> list[str]:
    """The fields of the model that stands at a path."""
    model: Any = RuleFile
    for part in path:
        model = model.model_fields[part].annotation
    return list(model.model_fields) if issubclass(model, BaseModel) else []


def _with_nearest(make: Callable[..., Problem], key: str, written: str, names: Iterable[str]) -> Problem:
    """A problem that names the nearest of the right names, where one is near."""
    near = nearest(written, names)
    return make(key) if near is None else make(key + "-nearest", nearest=near)


def check_meaning(document: Document, vocabulary: Vocabulary, sources: Collection[str]) -> list[Problem]:
    """What the model cannot see: facts, their types, placeholders and sources; nothing of a retired rule."""
    data = document.data
    if not isinstance(data, dict) or data.get("retired") is not None:
        return []
    problems: list[Problem] = []
    when = data.get("when")
    if isinstance(when, dict):
        for fact, test in when.items():
            problems += _check_test(document, fact, test, vocabulary)
        problems += _check_size(document, when)
    concludes = data.get("concludes")
    if isinstance(concludes, dict):
        for fact, value in concludes.items():
            problems += _check_conclusion(document, fact, value, vocabulary)
    for field in ("says", "do"):
        texts = data.get(field)
        if isinstance(texts, dict):
            for lang, text in texts.items():
                if isinstance(text, str):
                    problems += _check_placeholders(document, (field, lang), text, vocabulary)
    cited = data.get("sources")
    if isinstance(cited, list):
        for i, source in enumerate(cited):
            if isinstance(source, str) and source not in sources:
                problems.append(_unknown(document, ("sources", i), "source", source, sources))
    return problems


def _unknown(document: Document, path: Path, what: str, name: str, names: Iterable[str]) -> Problem:
    values: dict[str, Any] = {what: shown(name)}
    return _with_nearest(
        lambda key, **more: document.problem(path, key, at_key=True, **values, **more),
        f"ruling.{what}-unknown",
        name,
        names,
    )


def _check_test(document: Document, fact: str, test: Any, vocabulary: Vocabulary) -> Iterator[Problem]:
    path: Path = ("when", fact)
    spec = vocabulary.get(fact)
    if spec is None:
        yield _unknown(document, path, "fact", fact, vocabulary)
    elif isinstance(test, list):
        if spec.type == "bool":
            yield document.problem(path, "ruling.list-of-bool", fact=fact)
        elif not test:
            yield document.problem(path, "ruling.empty")
        else:
            for i, value in enumerate(test):
                yield from _check_value(document, (*path, i), value, spec)
    elif isinstance(test, dict):
        yield from _check_comparisons(document, path, test, spec)
    elif test != UNKNOWN:
        yield from _check_value(document, path, test, spec)


def _check_comparisons(document: Document, path: Path, test: Any, spec: FactSpec) -> Iterator[Problem]:
    if not test:
        yield document.problem(path, "ruling.empty")
    for op, value in test.items():
        if op not in COMPARISONS:
            choices = ", ".join(COMPARISONS)
            yield document.problem((*path, op), "ruling.comparison-unknown", at_key=True, op=shown(op), choices=choices)
        elif spec.type == "bool" or (spec.type == "text" and op != "ne"):
            key = f"ruling.comparison-of-{spec.type}"
            yield document.problem((*path, op), key, at_key=True, fact=spec.name, op=op)
        elif op == "ne" and isinstance(value, list):  # none of them
            if not value:
                yield document.problem((*path, op), "ruling.empty")
            for i, one in enumerate(value):
                yield from _check_value(document, (*path, op, i), one, spec)
        else:
            yield from _check_value(document, (*path, op), value, spec)


def _check_value(document: Document, path: Path, value: Any, spec: FactSpec) -> Iterator[Problem]:
    fact = spec.name
    if value is None:
        yield document.problem(path, "ruling.no-value", fact=fact)
    elif value == UNKNOWN:
        yield document.problem(path, "ruling.unknown-alone", fact=fact)
    elif not has_type(value, spec.type):
        yield document.problem(path, f"ruling.value-{spec.type}", fact=fact, value=shown(value))
    elif not spec.accepts(value):
        near = nearest(value, spec.choices)
        more: dict[str, Any] = {"choices": ", ".join(spec.choices)} if near is None else {"nearest": near}
        key = "ruling.choice-unknown" if near is None else "ruling.choice-unknown-nearest"
        yield document.problem(path, key, fact=fact, value=shown(value), **more)


def _check_size(document: Document, when: Mapping[str, Any]) -> Iterator[Problem]:
    groups: dict[str, int] = {}
    for fact, test in when.items():
        group = fact.partition(".")[0]
        tests = test.values() if isinstance(test, dict) else [test]
        count = sum(len(it) if isinstance(test, dict) and isinstance(it, list) else 1 for it in tests)
        groups[group] = groups.get(group, 0) + count
    if len(groups) > MAX_GROUPS:
        key = "ruling.too-many-groups"
        yield document.problem(("when",), key, at_key=True, count=len(groups), limit=MAX_GROUPS)
    for group, count in groups.items():
        if count > MAX_CONDITIONS:
            values: dict[str, Any] = {"group": shown(group), "count": count, "limit": MAX_CONDITIONS}
            yield document.problem(("when",), "ruling.too-many-conditions", at_key=True, **values)
    branches = prod(len(test) for test in when.values() if isinstance(test, list) and test)
    if branches > MAX_BRANCHES:
        key = "ruling.too-many-branches"
        yield document.problem(("when",), key, at_key=True, count=branches, limit=MAX_BRANCHES)


def _check_conclusion(document: Document, fact: str, value: Any, vocabulary: Vocabulary) -> Iterator[Problem]:
    path: Path = ("concludes", fact)
    spec = vocabulary.get(fact)
    if spec is None:
        yield _unknown(document, path, "fact", fact, [name for name in vocabulary if vocabulary[name].conclusion])
    elif not spec.conclusion:
        yield document.problem(path, "ruling.no-conclusion", at_key=True, fact=fact)
    else:
        wrong = list(_check_value(document, path, value, spec))
        yield from wrong
        if not wrong and value == spec.default:
            yield document.problem(path, "ruling.concludes-default", fact=fact, value=shown(value))


_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def _check_placeholders(document: Document, path: Path, text: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
        if name not in vocabulary:
            near = vocabulary.nearest(name)
            more: dict[str, Any] = {} if near is None else {"nearest": "{" + near + "}"}
            key = "ruling.placeholder-unknown" if near is None else "ruling.placeholder-unknown-nearest"
            yield document.problem(path, key, placeholder=shown("{" + name + "}"), **more)
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        yield document.problem(path, "ruling.brace-unbalanced")
