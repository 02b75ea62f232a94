"""Words of the command line."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "advisor": Words(
        "Tell, before the money is spent, whether a plan to train or fine-tune a language model will work.",
        "在花钱之前判断：训练或微调大模型的计划行不行得通。",
    ),
    "commands": Words("Commands", "命令"),
    "ask": Words("Ask for a plan, question by question, and check it.", "逐题提问，写出计划并检查。"),
    "check": Words("Check plans: verdict, findings, figures.", "检查计划：结论、问题与数据。"),
    "options": Words("Find the plans that would work instead.", "找出行得通的替代方案。"),
    "optimise": Words(
        "What comes first among equals: a sensible mix, cost, time or risk.",
        "同等条件下优先考虑：综合、成本、时间或风险。",
    ),
    "keep": Words(
        "Keep the hardware (best use of what there is), or the model and method (cheapest hardware that does it).",
        "保留硬件（现有设备的最佳用法），或保留模型与方法（能完成的最便宜硬件）。",
    ),
    "write-options": Words("Write one plan file an option to this folder.", "把每个方案写成一个计划文件，放到该目录。"),
    "options-one-plan": Words("options takes one plan", "options 一次只接受一个计划"),
    "with-options": Words("Also look for plans that would work instead.", "同时寻找行得通的替代方案。"),
    "why": Words(
        "Explain why a rule fires for a plan, or why it does not.", "解释某条规则为何对计划触发，或为何没有触发。"
    ),
    "what-if": Words(
        "Tell what changes when values of a plan change.", "改动计划中的若干取值，看结论、问题与数据如何变化。"
    ),
    "diff": Words("Compare two plans: verdict, findings, figures.", "比较两个计划的结论、问题与数据。"),
    "completion": Words("Print the completion script of a shell.", "输出 Shell 的命令补全脚本。"),
    "report": Words("Write a recommendation report of a plan.", "为计划生成建议报告。"),
    "explain": Words("Show the page of a rule.", "显示某条规则的说明。"),
    "rules": Words("List the rules.", "列出规则。"),
    "facts": Words(
        "List the facts that rules use, or their values for a plan.", "列出规则所用的事实，或某个计划的取值。"
    ),
    "knowledge": Words("Browse and check the knowledge base.", "浏览与校验知识库。"),
    "schema": Words(
        "Print the JSON Schema of plan, rule, knowledge or configuration files.",
        "输出计划、规则、知识或配置文件的 JSON Schema。",
    ),
    "schema-family": Words("Of knowledge: the files of one family only.", "知识文件：只看某一类。"),
    "schema-family-unknown": Words(
        "--family belongs to `schema knowledge` and takes one of {families}",
        "--family 只用于 `schema knowledge`，可选 {families}",
    ),
    "backtest": Words("Score the estimates against measured runs.", "用实测数据检验估算精度。"),
    "benchmark": Words("Measure how fast the advisor itself is.", "测量本工具自身的速度。"),
    "lang": Words("Language of all output; default: the locale's.", "输出语言；默认取系统语言环境。"),
    "date": Words("The day to judge by (YYYY-MM-DD); default: today.", "以哪一天为准（YYYY-MM-DD）；默认今天。"),
    "knowledge-option": Words(
        "A folder of your own knowledge over the built-in one; repeatable.",
        "覆盖内置知识库的自有知识目录，可重复给出。",
    ),
    "rules-option": Words(
        "A folder of your own rules beside the built-in ones; repeatable.",
        "在内置规则之外追加的自有规则目录，可重复给出。",
    ),
    "format": Words("Form of the output.", "输出格式。"),
    "fail-on": Words(
        "Exit with 1 when a finding is at least this severe; default: blocker.",
        "出现达到该级别的问题时以 1 退出；默认 blocker。",
    ),
    "quiet": Words("Only the verdict line of each plan.", "每个计划只输出结论一行。"),
    "verbose": Words("Also facts, confidence and sources.", "同时输出依据、置信度与出处。"),
    "plans": Words("PLAN...", "计划…"),
    "output-file": Words("Where to write the report; - for standard output.", "报告写入的文件；- 表示标准输出。"),
    "words": Words("[WORD]...", "[词]…"),
    "topic": Words("Only this topic.", "只看该主题。"),
    "severity": Words("Only this severity.", "只看该级别。"),
    "interrupted": Words("Interrupted.", "已中断。"),
    "no-such-file": Words("no such file or folder", "没有这个文件或目录"),
    "no-plans": Words("no plan file (*.yaml, *.yml) in this folder", "该目录下没有计划文件（*.yaml、*.yml）"),
    "not-a-file": Words("this is neither a regular file nor a folder", "既不是普通文件，也不是目录"),
    "cannot-read": Words("cannot be read: {reason}", "无法读取：{reason}"),
    "cannot-write": Words("{file}: cannot be written: {reason}", "{file}：无法写入：{reason}"),
    "outputs": Words("Also write a form to a file; repeatable.", "同时把某种格式写入文件，可重复给出。"),
    "bad-output": Words(
        "--output {value!r}: write FORMAT=FILE with one of {formats}",
        "--output {value!r}：请写成 格式=文件，格式可选 {formats}",
    ),
    "json-one-plan": Words(
        "--format json takes one plan; for several use --format jsonl",
        "--format json 只接受一个计划；多个计划请用 --format jsonl",
    ),
    "bad-date": Words("{value!r} is no date; write YYYY-MM-DD", "{value!r} 不是日期，请写成 YYYY-MM-DD"),
    "unknown-rule": Words("there is no rule {id!r}; nearest: {nearest}", "没有规则 {id!r}；最接近的是：{nearest}"),
    "report-for": Words(
        "Whom it is for: leadership gets one page to decide from, then the details; engineering gets breakdowns, every "
        "finding in full, commands and formulas.",
        "写给谁看：leadership 先给一页可供决策的结论，再给细节；engineering 给出各项拆解、全部问题、命令与公式。",
    ),
    "report-format": Words(
        "{file}: the ending names no format; use one of {endings}, or - for Markdown on standard output",
        "{file}：无法从扩展名判断格式；可用的扩展名有 {endings}，或用 - 把 Markdown 输出到标准输出",
    ),
    "report-one-plan": Words(
        "the JSON report is about one plan, and {count} were found; `advisor check --format jsonl` takes several",
        "JSON 报告只对应一个计划，这里找到 {count} 个；多个计划请用 `advisor check --format jsonl`",
    ),
    "report-written": Words("Report written to {file}.", "报告已写入 {file}。"),
    "knowledge-ok": Words("{count} entries, no problems.", "共 {count} 个条目，没有问题。"),
    "knowledge-unknown": Words(
        "no entry {id!r} in the knowledge base; nearest: {nearest}", "知识库中没有条目 {id!r}；最接近的是：{nearest}"
    ),
    "knowledge-past": Words("past its review date", "已过复核日期"),
    "knowledge-list": Words("List entries, all or of one family.", "列出全部条目或某一类条目。"),
    "knowledge-show": Words("Show one entry with its sources.", "显示一个条目及其出处。"),
    "knowledge-check": Words("Check the built-in knowledge and folders of your own.", "校验内置知识库与自有目录。"),
    "knowledge-stale": Words("List sources that are past their review date.", "列出已过复核日期的资料。"),
    "knowledge-diff": Words("Compare two knowledge folders field by field.", "逐字段比较两个知识目录。"),
    "knowledge-parameters": Words(
        "Compare counted with published parameters, model by model.", "逐个模型比较计算参数量与公布参数量。"
    ),
    "knowledge-parameters-sum": Words(
        "{count} models, largest difference {worst}.", "共 {count} 个模型，最大偏差 {worst}。"
    ),
    "rows": Words(
        "A folder of measured runs; default: those that come with the product.", "实测数据目录；默认使用自带数据。"
    ),
    "cannot-read-rows": Words(
        "{folder}: measured runs cannot be read: {reason}", "{folder}：无法读取实测数据：{reason}"
    ),
    "rounds": Words("How often each pair of processes is run.", "每组进程运行的次数。"),
    "benchmark-plans": Words("How many plans are checked in one process.", "单进程检查的计划数。"),
    "benchmark-help": Words(
        "advisor --help takes {ratio}× of importing click (limit {limit}).",
        "advisor --help 用时为仅导入 click 的 {ratio} 倍（上限 {limit}）。",
    ),
    "benchmark-check": Words(
        "advisor check of one plan takes {ratio}× of importing click, yaml, pydantic and durable.engine (limit {limit}).",
        "检查一个计划用时为仅导入 click、yaml、pydantic 与 durable.engine 的 {ratio} 倍（上限 {limit}）。",
    ),
    "benchmark-many": Words(
        "Checking plans in one process takes {ratio}× of parsing them with yaml.CSafeLoader (limit {limit}).",
        "单进程批量检查用时为用 yaml.CSafeLoader 解析同样文件的 {ratio} 倍（上限 {limit}）。",
    ),
    "benchmark-layouts": Words(
        "The search weighs {rate} layouts a second on one core, {ratio}× of the {limit} asked of it.",
        "布局搜索单核每秒评估 {rate} 个候选，为要求（{limit}）的 {ratio} 倍。",
    ),
    "stale-none": Words("No source is past its review date on {date}.", "截至 {date}，没有资料超过复核日期。"),
    "overlay": Words("set by {folder}", "取自 {folder}"),
}
