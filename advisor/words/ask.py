"""Words of the questionnaire."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "intro": Words(
        "Questions about the plan; each answer is saved in {file} at once.\n"
        "Answer in your own words or with a number, in English or Chinese. Enter or -: I don't know; ?: why this is "
        "asked; <: back; q: stop.",
        "下面逐题填写计划，每答一题就保存到 {file}。\n"
        "直接写答案或选项编号，中英文都行。回车或 -：不知道；?：为什么问；<：上一题；q：退出。",
    ),
    "resumed": Words("Going on where {file} left off.", "接着 {file} 上次的进度继续。"),
    "asked-again": Words("{path}: {message} It is asked again.", "{path}：{message}这一项重新问一次。"),
    "comments": Words(
        "{file} holds comments, which are not kept when it is written again; the file as it is goes to {copy} first.",
        "{file} 里有注释，重新写入后不会保留；写入前先把原文件存为 {copy}。",
    ),
    "progress": Words("[{number} of {total}] {text}", "[第 {number} 题，共 {total} 题] {text}"),
    "enter-default": Words("Enter: I don't know ({because})", "回车：不知道（{because}）"),
    "enter-keep": Words("Enter: keep {value}", "回车：保持 {value}"),
    "enter-nothing": Words("(needs an answer)", "（必答）"),
    "yes-no-hint": Words("  1. yes\n  2. no", "  1. 是\n  2. 否"),
    "fills": Words("The answer goes to `{path}` in the plan.", "答案写入计划的 `{path}`。"),
    "without": Words("Without an answer: {because}.", "不回答则{because}。"),
    "taken": Words("-> {name}: {value}", "→ {name}：{value}"),
    "noted": Words("{value} ({note})", "{value}（{note}）"),
    "not-known": Words("not known ({because})", "不知道（{because}）"),
    "unchanged": Words("-> {name}: unchanged", "→ {name}：不变"),
    "dropped": Words("No longer needed and removed: {names}", "已不适用，一并删去：{names}"),
    "nothing": Words("none", "没有"),
    "required": Words(
        "Nothing can be computed without this one; an approximate answer will do.",
        "这一题不答就没法算，给个大概的也行。",
    ),
    "control": Words(
        "`{value}` holds a control character; write it without.", "`{value}` 含有控制字符，请去掉后重写。"
    ),
    "yes-or-no": Words("`{value}` is neither yes nor no.", "没看懂 `{value}`，请回答是或否。"),
    "no-such-number": Words("There is no choice {value}; they end at {last}.", "没有第 {value} 项，编号只到 {last}。"),
    "none-of-these": Words(
        "`{value}` is none of these. Write the number of the nearest, 1 to {last}; ? explains.",
        "没看懂 `{value}` 指哪一项，请写最接近的编号（1～{last}）；？看说明。",
    ),
    "none-of-these-items": Words(
        '`{value}` is none of these. Write numbers, 1 to {last}, several by comma, or "none".',
        "没看懂 `{value}` 指哪一项，请写编号（1～{last}，多个用逗号隔开），没有就写“没有”。",
    ),
    "only-one": Words(
        "Only one can be taken here. Write the number of the one that matters most.",
        "这里只能选一项，请写最主要的那一项的编号。",
    ),
    "several": Words("`{value}` may mean several things:", "`{value}` 可能指以下几种："),
    "which-unit": Words("`{value}` lacks its unit. Which is meant?", "`{value}` 没写单位，指哪一种？"),
    "which-date": Words("`{value}` is a whole month. Until when?", "`{value}` 是一整个月，到哪一天为止？"),
    "until": Words("until {date}", "到 {date}"),
    "until-days": Words("until {date}, {days} days from today", "到 {date}，距今 {days} 天"),
    "date-past": Words("{date} is past or today; today is {today}.", "{date} 不在今天之后（今天是 {today}）。"),
    "range": Words("`{value}` is a range. Which end shall count?", "`{value}` 是个范围，按哪一头算？"),
    "vague": Words(
        "`{value}` is nothing to compute with. Write one number, however rough.",
        "`{value}` 没法算，请写一个大概的数。",
    ),
    "count": Words(
        "`{value}` is no number of cards; whole numbers from 1 on.", "`{value}` 不是卡数，请写 1 以上的整数。"
    ),
    "count-of-system": Words(
        "{system} holds {inside} cards, and so many make no whole machines. Write how many machines.",
        "{system} 一台有 {inside} 张卡，这个卡数凑不成整台，请写几台。",
    ),
    "one-device": Words(
        "A plan is computed for one kind of card. Write the one that shall be used, and how many.",
        "一个计划只按一种卡计算，请只写打算用的那一种和数量。",
    ),
    "unknown-licence": Words(
        "`{value}` is no licence that is known. Write its SPDX name, such as BSD-3-Clause, a number from above, or "
        "Enter where it is not known.",
        "不认识许可证 `{value}`。请写 SPDX 名称（如 BSD-3-Clause）或上面的编号；不清楚就按回车。",
    ),
    "several-items": Words(
        "`{value}` may be one of: {choices}. Write the numbers of those you mean.",
        "`{value}` 可能指：{choices}。请写出要选的编号。",
    ),
    "unknown-device": Words(
        "`{value}` is not in the knowledge base. `advisor knowledge list devices` lists what is.",
        "知识库里没有 `{value}`。可用 `advisor knowledge list devices` 查看全部型号。",
    ),
    "unknown-device-near": Words(
        "`{value}` is not one device. Nearest are:", "`{value}` 不能确定是哪个型号，最接近的有："
    ),
    "unknown-model": Words(
        "`{value}` is not in the knowledge base. Write its size instead, such as 13B, or look it up with "
        "`advisor knowledge list models`.",
        "知识库里没有 `{value}`。可以只写参数量，如 13B，或用 `advisor knowledge list models` 查看全部型号。",
    ),
    "unknown-model-near": Words(
        "`{value}` is not one model. Nearest are (a size such as 13B will do too):",
        "`{value}` 不能确定是哪个型号，最接近的有（也可以只写参数量，如 13B）：",
    ),
    "choose": Words("Write one of these numbers, or say it differently.", "请写编号，或换个说法。"),
    "at-the-start": Words("This is the first question.", "已经是第一题了。"),
    "so-far": Words("So far: {parts}", "目前估算：{parts}"),
    "estimate": Words("Estimate: {parts}", "估算：{parts}"),
    "within-deadline": Words(" (in time)", "（期限内）"),
    "over-deadline": Words(" ({times} times the time there is)", "（期限的 {times} 倍）"),
    "within-budget": Words(" (within the budget)", "（预算内）"),
    "over-budget": Words(" ({times} times the budget)", "（预算的 {times} 倍）"),
    "memory-part": Words(
        "{likely} GiB a card of {usable} GiB usable, {fits}", "单卡需 {likely} GiB，可用 {usable} GiB，{fits}"
    ),
    "serving-part": Words("serving takes {likely} GiB a card, {fits}", "推理单卡需 {likely} GiB，{fits}"),
    "fits-yes": Words("fits", "放得下"),
    "fits-likely": Words("probably fits", "大概率放得下"),
    "fits-unlikely": Words("probably does not fit", "大概率放不下"),
    "fits-no": Words("does not fit", "放不下"),
    "hours-part": Words("about {hours} hours with retries", "含返工约 {hours} 小时"),
    "days-part": Words("about {days} days with retries", "含返工约 {days} 天"),
    "cost-part": Words("about {cost} in all", "总成本约 {cost}"),
    "parts-joint": Words("; ", "；"),
    "names-joint": Words(", ", "、"),
    "day": Words("{number} day{s}", "{number} 天"),
    "week": Words("{number} week{s}", "{number} 周"),
    "month": Words("{number} month{s}", "{number} 个月"),
    "year": Words("{number} year{s}", "{number} 年"),
    "summary": Words("All answers:", "全部回答："),
    "assumed": Words("not answered: {because}", "未回答：{because}"),
    "confirm": Words(
        "Enter: check the plan now; a number: change that answer; q: stop here.",
        "回车：现在检查计划；写编号：修改那一题；q：先到这里。",
    ),
    "gravest": Words("What matters most:", "最要紧的问题："),
    "finding": Words("{severity} {id}: {says}", "{severity} {id}：{says}"),
    "best": Words("Best option: {option}.", "最佳方案：{option}。"),
    "best-beside": Words("The plan works. Worth comparing: {option}.", "计划可行。可以比较的做法：{option}。"),
    "stands": Words(
        "The plan stands: no other does the same cheaper, sooner or better judged.",
        "计划本身可行，没有更便宜、更快或结论更好的做法。",
    ),
    "no-option": Words("No changed plan was found that would work.", "没有找到可行的替代方案。"),
    "option-days": Words("about {days} days", "约 {days} 天"),
    "next": Words("Next:", "接下来："),
    "next-check": Words("all findings, {count} more", "看全部结论（另有 {count} 条）"),
    "next-all": Words("all findings, {count} in number", "看全部 {count} 条结论"),
    "next-options": Words("every way that would work, compared", "比较所有可行方案"),
    "next-report": Words(
        "the report for leadership; `--for engineering` for those who build it",
        "给领导看的报告；加 `--for engineering` 是给工程师看的",
    ),
    "looking": Words("Looking for the best option (Ctrl-C skips it)…", "正在找最佳方案（Ctrl-C 跳过）……"),
    "no-such-row": Words("Write a number from 1 to {last}, Enter or q.", "请写 1 到 {last} 的编号，或按回车、q。"),
    "saved": Words(
        "Saved in {file}. `advisor ask {file}` goes on.", "已保存到 {file}，用 `advisor ask {file}` 可继续。"
    ),
    "nothing-saved": Words("Nothing was answered, nothing is written.", "还没有回答，未写入文件。"),
    "written": Words("Plan written to {file}.", "计划已写入 {file}。"),
    "nothing-to-ask": Words(
        "Nothing is open in {file}; `--edit` asks everything again.",
        "{file} 没有未答的问题；用 `--edit` 可以全部重答一遍。",
    ),
    "still-missing": Words("{file}: still missing: {paths}", "{file}：还缺少：{paths}"),
    "set-form": Words(
        "--set {value}: write path=value, such as hardware.count=8",
        "--set {value}：请写成 路径=值，如 hardware.count=8",
    ),
    "set-line": Words("--set {path}: {message}", "--set {path}：{message}"),
    "set-place": Words(
        "--set {path}: no such place: an item before it is missing, or another value stands on the way",
        "--set {path}：没有这个位置：前面的列表项不存在，或路径上已有别的值",
    ),
    "unknown-section": Words("--only {name}: unknown; known are {known}", "--only {name}：没有这一部分；可选 {known}"),
    "not-a-file": Words("{file} is no file that a plan can be written to", "{file} 不是可以写入计划的文件"),
    "cannot-read": Words("{file}: cannot be read: {reason}", "{file}：无法读取：{reason}"),
    "set-option": Words(
        "Fill in one value in the plan's own form; repeatable.", "直接填一个值，写法与计划文件相同，可重复给出。"
    ),
    "no-input-option": Words(
        "Ask nothing: write the plan from --set and what it holds already.", "不提问：只用 --set 和已有的值写出计划。"
    ),
    "only-option": Words("Ask only this section: {sections}; repeatable.", "只问这一部分：{sections}，可重复给出。"),
    "edit-option": Words(
        "Ask everything again, with the present answers kept by Enter.", "全部重问一遍，按回车保留原来的回答。"
    ),
    "expert-option": Words("Ask for details of the training too.", "同时询问训练细节。"),
}
