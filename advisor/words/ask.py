"""Words of the questionnaire."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "intro": Words(
        "Questions about the plan; each answer is saved in {file} at once.\n"
        "Answer in your own words or with a number. Enter or -: I don't know; ?: why this is asked; "
        "<: back; q: stop.",
        "下面逐题填写计划，每答一题就保存到 {file}。\n"
        "直接写答案或选项编号。回车或 -：不知道；?：为什么问；<：上一题；q：退出。",
    ),
    "resumed": Words("Going on where {file} left off.", "接着 {file} 上次的进度继续。"),
    "comments": Words(
        "{file} holds comments; they are not kept when it is written again.",
        "{file} 里有注释，重新写入后不会保留。",
    ),
    "progress": Words("[{number} of {total}] {text}", "[第 {number} 题，共 {total} 题] {text}"),
    "enter-default": Words("Enter: I don't know ({because})", "回车：不知道（{because}）"),
    "enter-keep": Words("Enter: keep {value}", "回车：保持 {value}"),
    "enter-nothing": Words("(needs an answer)", "（必答）"),
    "yes-no-hint": Words("  1. yes\n  2. no", "  1. 是\n  2. 否"),
    "fills": Words("The answer goes to `{path}` in the plan.", "答案写入计划的 `{path}`。"),
    "without": Words("Without an answer: {because}.", "不回答则{because}。"),
    "taken": Words("-> {name}: {value}", "→ {name}：{value}"),
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
        "`{value}` is none of these, or says more than one. Write the number of one, 1 to {last}.",
        "没看懂 `{value}` 指哪一项，请写编号（1～{last}）。",
    ),
    "several": Words("`{value}` may mean several things:", "`{value}` 可能指以下几种："),
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
