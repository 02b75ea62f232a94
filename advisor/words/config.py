"""Words of the configuration file, profiles and baselines."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "syntax": Words("This is not TOML: {detail}", "不是合法的 TOML：{detail}"),
    "unreadable": Words("cannot be read: {reason}", "无法读取：{reason}"),
    "no-file": Words("there is no such file", "没有这个文件"),
    "no-table": Words("there is no table [tool.advisor] in this file", "该文件中没有 [tool.advisor] 表"),
    "unknown-key": Words("Unknown key `{name}`.{nearest}", "未知的键 `{name}`。{nearest}"),
    "unknown-key-in": Words(
        "Unknown key `{name}` in `{where}`.{nearest}", "`{where}` 中有未知的键 `{name}`。{nearest}"
    ),
    "not-one-of": Words("{value} is not one of {choices}.{nearest}", "{value} 不在可选值之内：{choices}。{nearest}"),
    "not-text": Words("{value} is not text; put it in quotes.", "{value} 不是文本，请加引号。"),
    "not-list": Words('{value} is not a list; write ["…"].', '{value} 不是列表，请写成 ["…"]。'),
    "not-table": Words("{value} is not a table.", "{value} 不是表。"),
    "wrong": Words("{value} cannot be used: {reason}", "{value} 不可用：{reason}"),
    "no-rule": Words(
        "No rule, name or topic is called {value}.{nearest}", "没有叫 {value} 的规则、名称或主题。{nearest}"
    ),
    "no-folder": Words("There is no folder {value} here.", "此处没有目录 {value}。"),
    "outside": Words(
        "{value} lies outside the folder of this file; name it on the command line if it is meant.",
        "{value} 不在该文件所在目录之内；确有需要请在命令行中给出。",
    ),
    "hidden": Words(
        "{value} names a hidden file or folder; a configuration file may not write there.",
        "{value} 指向隐藏文件或目录，配置文件不得写入。",
    ),
    "output-form": Words(
        "{value}: write FORMAT=FILE with one of {choices}.", "{value}：请写成 格式=文件，格式可选 {choices}。"
    ),
    "baseline-form": Words(
        "this is no baseline that `advisor check --write-baseline` wrote",
        "不是由 `advisor check --write-baseline` 写出的基线文件",
    ),
    "both-options": Words("--config and --no-config exclude each other", "--config 与 --no-config 不能同时使用"),
    "config-option": Words(
        "The configuration file; default: advisor.toml or pyproject.toml at or above the plan.",
        "配置文件；默认取计划所在目录及其上级目录中的 advisor.toml 或 pyproject.toml。",
    ),
    "no-config-option": Words("Use no configuration file.", "不使用配置文件。"),
    "profile-option": Words(
        "How far the project is; says which findings are shown. Default: production.",
        "项目所处阶段，决定显示哪些问题；默认 production。",
    ),
    "select-option": Words(
        "Only these rules (id, name or topic); repeatable.", "只看这些规则（编号、名称或主题），可重复给出。"
    ),
    "ignore-option": Words(
        "Not these rules (id, name or topic); repeatable.", "不看这些规则（编号、名称或主题），可重复给出。"
    ),
    "baseline-option": Words(
        "A file of known findings, which then count for nothing.", "已知问题的基线文件，其中的问题不计入结论。"
    ),
    "write-baseline-option": Words(
        "Write the present findings to a baseline file and end with 0.", "把当前问题写入基线文件，并以 0 退出。"
    ),
    "baseline-written": Words("{count} finding(s) written to {file}.", "已把 {count} 项问题写入 {file}。"),
    "accept-idle": Words("{file}:{line}: accept {id}: {state}", "{file}:{line}：接受 {id}：{state}"),
    "baseline-idle": Words(
        "{file}: {count} entries match no finding any more; write the baseline anew to drop them: {entries}",
        "{file}：有 {count} 条已不再对应任何问题，重写基线即可移除：{entries}",
    ),
    "idea": Words(
        "An idea: blockers, and what is grave and sure about feasibility, money, licence and law.",
        "设想阶段：只看阻断问题，以及可行性、费用、许可证与合规方面把握较大的高风险问题。",
    ),
    "pilot": Words(
        "A pilot: all that is grave, and what is medium and sure.", "试点阶段：全部高风险问题，以及把握较大的中等问题。"
    ),
    "production": Words("Production: everything.", "正式项目：全部问题。"),
    "for-review": Words(
        "For a review board: everything, and a grave finding that nobody accepted fails the check.",
        "提交评审：全部问题；只要有未被接受的高风险问题，检查即不通过。",
    ),
}
