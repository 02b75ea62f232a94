"""The conversation in plain lines: nothing moves, nothing is coloured, so that it reads the same over ssh, in a pipe
and aloud."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from advisor.questionnaire.interview import Accepted, Interview
from advisor.questionnaire.phrases import command_of, shown_answer
from advisor.questionnaire.question import Question
from advisor.questionnaire.reading import Refusal, folded
from advisor.report.wrapping import WIDTH, columns, wrapped
from advisor.words import Language, say
from advisor.words.figures import money, significant

if TYPE_CHECKING:
    from advisor.pipeline import Judgement

Ending = Literal["check", "stop", "end"]
"""How a conversation ends: the plan is to be checked, the person stopped, or the input ended."""


def consequences(judgement: Judgement, lang: Language) -> str:
    """Memory, days and cost in one line as far as a plan tells them, held against its limits; empty without any."""
    memory, serving = judgement.estimates.memory, judgement.estimates.serving
    time, cost = judgement.estimates.time, judgement.estimates.cost
    parts = []
    if memory is not None:
        parts.append(say(lang, "ask.memory-part", likely=significant(memory.per_device.likely),
                         usable=significant(memory.usable_gib), fits=say(lang, f"ask.fits-{memory.fits}")))  # fmt: skip
    elif serving is not None:
        fits = say(lang, f"ask.fits-{serving.fits}")
        parts.append(say(lang, "ask.serving-part", likely=significant(serving.per_device.likely), fits=fits))
    if time is not None and time.calendar_days is not None:
        days = time.calendar_days.likely
        if days < 2:
            part = say(lang, "ask.hours-part", hours=significant(days * 24, 2))
        else:
            part = say(lang, "ask.days-part", days=significant(days, 2))
        parts.append(part + _against("deadline", judgement.facts.get("time.calendar_over_deadline"), lang))
    if cost is not None and cost.project is not None:
        amount = money(float(f"{cost.project.likely:.2g}"), cost.currency, lang)
        part = say(lang, "ask.cost-part", cost=amount)
        parts.append(part + _against("budget", judgement.facts.get("cost.project_over_budget"), lang))
    return say(lang, "ask.parts-joint").join(parts)


def _against(limit: str, ratio: object, lang: Language) -> str:
    """How a figure stands against a limit of the plan, by their ratio; empty where there is no limit."""
    if not isinstance(ratio, (int, float)):
        return ""
    if ratio <= 1:
        return say(lang, f"ask.within-{limit}")
    return say(lang, f"ask.over-{limit}", times=significant(ratio, 2) if ratio >= 1.05 else significant(ratio, 3))


class Conversation:
    """Asks until nothing is open. `tell` shows one line; `hear` gives an answer, None at the end of the input.

    `save` gets the values after each change; `foretell` judges the values of a plan, None where they cannot be. Lines
    have at most `width` columns.
    """

    def __init__(
        self,
        interview: Interview,
        lang: Language,
        tell: Callable[[str], None],
        hear: Callable[[], str | None],
        save: Callable[[Mapping[str, Any]], None],
        foretell: Callable[[Mapping[str, Any]], Judgement | None],
        width: int = WIDTH,
    ) -> None:
        self.interview, self.lang, self.width = interview, lang, width
        self.tell, self.hear, self.save, self.foretell = tell, hear, save, foretell
        self._foretold = self._consequences()
        self._over = False

    def run(self) -> Ending:
        """Ask, summarise, and let answers be changed until the person is content."""
        while True:
            while (question := self.interview.next_question()) is not None:
                if self._over:
                    if isinstance(self.interview.keep(), Refusal):
                        return "end"
                elif not self._ask(question):
                    return "stop"
            if self._over:
                self._save()
                return "check"
            ending = self._confirm()
            if ending is not None:
                return ending

    def _ask(self, question: Question) -> bool:
        """Ask one question until it is answered or left; false when the person stops."""
        for line in self._lines(question):
            self.tell(line)
        while True:
            text = self.hear()
            if text is None:
                self._over = True
                return True
            command = self._command(question, text)
            if command == "quit":
                return False
            if command == "explain":
                self._explain(question)
                continue
            if command == "back":
                if self.interview.back():
                    return True
                self.tell(say(self.lang, "ask.at-the-start"))
                continue
            if not text.strip():
                result = self.interview.keep()
            else:
                result = self.interview.skip() if command == "skip" else self.interview.answer(text)
            if isinstance(result, Accepted):
                self._accepted(result)
                return True
            self._refused(result)

    def _command(self, question: Question, text: str) -> str | None:
        # What a choice is called comes before what the word means elsewhere.
        word = folded(text)
        if len(word) > 1 and any(word in (str(choice.value), *choice.words) for choice in question.choices):
            return None
        return command_of(text)

    def _lines(self, question: Question) -> Iterator[str]:
        number, total = self.interview.progress()
        yield ""
        text = say(self.lang, "ask.progress", number=number, total=total, text=question.ask.text(self.lang))
        yield from self._wrap(text, "", "")
        for place, choice in enumerate(question.choices, start=1):
            yield from self._wrap(f"{place}. {choice.says.text(self.lang)}", "  ", "     ")
        if question.kind == "yes-no":
            yield say(self.lang, "ask.yes-no-hint")
        present = self.interview.value_of(question)
        if present is not None:
            hint = say(self.lang, "ask.enter-keep", value=self._shown(question, present))
        elif self.interview.is_required(question) or question.default is None:
            hint = say(self.lang, "ask.enter-nothing")
        else:
            hint = say(self.lang, "ask.enter-default", because=question.default.because.text(self.lang))
        yield from self._wrap(hint)

    def _wrap(self, text: str, indent: str = "  ", hanging: str = "    ") -> Iterator[str]:
        return wrapped(text, indent, self.lang, hanging, self.width)

    def _explain(self, question: Question) -> None:
        self._tell_wrapped(question.why.text(self.lang).strip(), "  ")
        self._tell_wrapped(say(self.lang, "ask.fills", path=question.path))
        if question.default and not self.interview.is_required(question):
            self._tell_wrapped(say(self.lang, "ask.without", because=question.default.because.text(self.lang)))

    def _shown(self, question: Question, value: Any) -> str:
        return shown_answer(question, value, self.lang, self.interview.knowledge)

    def _accepted(self, result: Accepted) -> None:
        if result.filled:
            self._save()  # before it is said, so that nothing that was said can be lost
        else:
            self._tell_wrapped(say(self.lang, "ask.unchanged", name=result.question.name.text(self.lang)))
        for path, value in result.filled.items():
            question = self.interview.question_of(path) or result.question
            shown = self._shown(question, value)
            if value is None and question.default is not None:
                shown = say(self.lang, "ask.not-known", because=question.default.because.text(self.lang))
            if result.note is not None:
                shown = say(self.lang, "ask.noted", value=shown, note=result.note.text(self.lang))
            self._tell_wrapped(say(self.lang, "ask.taken", name=question.name.text(self.lang), value=shown))
        if result.dropped:
            names = [question.name.text(self.lang) for question in result.dropped]
            self._tell_wrapped(say(self.lang, "ask.dropped", names=say(self.lang, "ask.names-joint").join(names)))
        foretold = self._consequences()
        if foretold and foretold != self._foretold:
            self._tell_wrapped(foretold)
        self._foretold = foretold

    def _tell_wrapped(self, text: str, hanging: str = "    ") -> None:
        for line in self._wrap(text, "  ", hanging):
            self.tell(line)

    def _save(self) -> None:
        self.save(self.interview.draft_values())

    def _consequences(self) -> str:
        judgement = None if self.interview.missing() else self.foretell(self.interview.plan_values())
        told = consequences(judgement, self.lang) if judgement is not None else ""
        return say(self.lang, "ask.so-far", parts=told) if told else ""

    def _refused(self, refusal: Refusal) -> None:
        self._tell_wrapped(refusal.text(self.lang))
        for place, offer in enumerate(refusal.offers, start=1):
            for line in self._wrap(f"{place}. {offer.label.text(self.lang)}", "    ", "       "):
                self.tell(line)
        if refusal.offers:
            self.tell("  " + say(self.lang, "ask.choose"))

    def _confirm(self) -> Ending | None:
        """Show all answers; None when one of them is to be changed."""
        rows = self.interview.rows()
        if not rows:
            return "check"
        self.tell("")
        self.tell(say(self.lang, "ask.summary"))
        names = [row.question.name.text(self.lang) for row in rows]
        wide = max(map(columns, names), default=0)
        indent = min(wide + 8, self.width // 2)
        for place, (row, name) in enumerate(zip(rows, names, strict=True), start=1):
            default = row.question.default
            if row.value is None and default is not None:
                value = say(self.lang, "ask.assumed", because=default.because.text(self.lang))
            else:
                value = self._shown(row.question, row.value)
            for line in self._wrap(f"{place:>2}. {name}{' ' * (wide - columns(name))}  {value}", "  ", " " * indent):
                self.tell(line)
        self.tell("")
        for line in self._wrap(say(self.lang, "ask.confirm"), "", ""):
            self.tell(line)
        while True:
            text = self.hear()
            if text is None or not text.strip():
                return "check"
            word = text.strip().lower()
            if command_of(text) == "quit" or word in {"n", "no", "否", "不"}:
                return "stop"
            if word in {"y", "yes", "是", "好"}:
                return "check"
            if command_of(text) == "back" and self.interview.back():
                return None
            if re.fullmatch(r"[0-9]{1,3}", word) and 1 <= int(word) <= len(rows):
                self.interview.edit(rows[int(word) - 1].question.id)
                return None
            self.tell("  " + say(self.lang, "ask.no-such-row", last=len(rows)))
