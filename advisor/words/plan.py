"""Words of reading plans: what is wrong with a file, at the place that has to change."""

from __future__ import annotations

from typing import Final

from advisor.words import Words

WORDS: Final[dict[str, Words]] = {
    # the file as a whole
    "too-large": Words(
        "The file is larger than {limit} bytes. A plan needs a few kilobytes.",
        "文件超过 {limit} 字节。计划文件通常只有几 KB。",
    ),
    "encoding": Words(
        "Not valid {encoding}: byte {byte} at offset {offset}. Save the file as UTF-8.",
        "不是有效的 {encoding} 文本：偏移 {offset} 处的字节为 {byte}。请将文件另存为 UTF-8 编码。",
    ),
    "encoding-utf32": Words(
        "The file is UTF-32. Save it as UTF-8.",
        "文件采用 UTF-32 编码。请另存为 UTF-8。",
    ),
    "binary": Words(
        "The file holds a NUL character: it is binary, or UTF-16 without a byte order mark. Save it as UTF-8 text.",
        "文件含有 NUL 字符：它是二进制文件，或是没有 BOM 的 UTF-16。请另存为 UTF-8 文本。",
    ),
    "control-character": Words(
        "Control character {code} is not allowed. Remove it.",
        "不允许出现控制字符 {code}。请将其删除。",
    ),
    "control-escape": Words(
        'The text "{value}" holds a control character. Write it without.',
        "文本“{value}”含有控制字符。请去掉后重写。",
    ),
    "several-documents": Words(
        "A second document starts here. One file holds one document: remove `---` or split the file.",
        "从这里开始是第二个文档。一个文件只能有一个文档：请删除 `---` 或拆分文件。",
    ),
    "too-deep": Words(
        "Nested deeper than {limit} levels.",
        "嵌套超过 {limit} 层。",
    ),
    "too-many-nodes": Words(
        "More than {limit} values, aliases counted each time they are used.",
        "值的总数超过 {limit} 个（别名每引用一次都计入）。",
    ),
    "scalar-too-long": Words(
        "A text is longer than {limit} characters.",
        "单个文本超过 {limit} 个字符。",
    ),
    "number-too-long": Words(
        "The number {value} has more than {limit} digits.",
        "数字 {value} 超过 {limit} 位。",
    ),
    # keys, tags, aliases
    "duplicate-key": Words(
        "`{name}` is written twice; the first is at line {line}, column {column}. Keep one.",
        "`{name}` 重复出现，第一次在第 {line} 行第 {column} 列。请只保留一个。",
    ),
    "key-not-text": Words(
        "The key `{value}` is not text. If it is meant, put it in quotes.",
        "键 `{value}` 不是文本。如确有需要，请加引号。",
    ),
    "key-empty": Words(
        "There is no key before the colon.",
        "冒号前缺少键。",
    ),
    "merge-key": Words(
        "Merge keys (`<<`) are not supported. Write the values out.",
        "不支持合并键（`<<`）。请把各个值完整写出。",
    ),
    "tag": Words(
        "The tag `{tag}` is not supported. Remove it.",
        "不支持标签 `{tag}`。请将其删除。",
    ),
    "tag-value": Words(
        "`{value}` does not fit the tag `{tag}`.",
        "`{value}` 与标签 `{tag}` 不符。",
    ),
    "tag-directive": Words(
        "`%TAG` directives are not supported. Remove the line.",
        "不支持 `%TAG` 指令。请删除这一行。",
    ),
    "alias-unknown": Words(
        "The alias `*{name}` refers to no anchor above it. Text that begins with `*` needs quotes.",
        "别名 `*{name}` 之前没有对应的锚点。以 `*` 开头的文本需要加引号。",
    ),
    "alias-recursive": Words(
        "The alias `*{name}` stands inside what it refers to.",
        "别名 `*{name}` 位于它所引用的内容之内，形成循环。",
    ),
    # syntax
    "syntax": Words(
        "Not valid YAML: {detail}.",
        "YAML 语法错误：{detail}。",
    ),
    "syntax-colon": Words(
        "A colon followed by a space is not allowed here. Check the indentation, or put the text in quotes.",
        "此处不允许出现“冒号加空格”。请检查缩进，或给文本加引号。",
    ),
    "syntax-fullwidth-colon": Words(
        "A full-width colon separates nothing. Write `: ` (a half-width colon and a space).",
        "全角冒号不起分隔作用。请改用半角冒号加空格 `: `。",
    ),
    "syntax-no-colon": Words(
        "Expected `name: value` on this line, with a space after the colon.",
        "这一行应写成 `名称: 值`，半角冒号后要有空格。",
    ),
    "syntax-character": Words(
        "A value cannot begin with `{character}`. Put it in quotes.",
        "值不能以 `{character}` 开头。请加引号。",
    ),
    "syntax-tab": Words(
        "A tab in the indentation. Use spaces.",
        "缩进中含有制表符（Tab）。请改用空格。",
    ),
    "syntax-key": Words(
        "Expected a key at the indentation of the keys above. Check the indentation and quotes.",
        "此处应为与上方各键缩进一致的键。请检查缩进和引号。",
    ),
    "syntax-dash": Words(
        "Expected `- ` at the indentation of the items above.",
        "此处应为与上方列表项缩进一致的 `- `。",
    ),
    "syntax-dash-here": Words(
        "A list item cannot begin here. Put it on a line of its own.",
        "列表项不能从这里开始。请另起一行。",
    ),
    "syntax-brace": Words(
        "Expected `,` or `}}` here: the `{{` of line {line}, column {column} is still open.",
        "此处应为 `,` 或 `}}`：第 {line} 行第 {column} 列的 `{{` 尚未闭合。",
    ),
    "syntax-bracket": Words(
        "Expected `,` or `]` here: the `[` of line {line}, column {column} is still open.",
        "此处应为 `,` 或 `]`：第 {line} 行第 {column} 列的 `[` 尚未闭合。",
    ),
    "syntax-value": Words(
        "Expected a value here.",
        "此处缺少值。",
    ),
    "syntax-quote": Words(
        "The quote that opens here is never closed.",
        "从这里开始的引号没有闭合。",
    ),
    "syntax-escape": Words(
        "Unknown escape after `\\`. Use single quotes, or write `\\\\`.",
        "`\\` 之后的转义无效。请改用单引号，或写成 `\\\\`。",
    ),
    "syntax-anchor": Words(
        "`&` and `*` begin an anchor or an alias, which needs a name. Put text that begins with them in quotes.",
        "`&` 和 `*` 表示锚点或别名，其后须有名称。以它们开头的文本请加引号。",
    ),
    "syntax-tag": Words(
        "`!` begins a tag, and this is none that YAML knows. Put text that begins with `!` in quotes.",
        "`!` 表示标签，而这里不是有效的标签。以 `!` 开头的文本请加引号。",
    ),
    "syntax-directive": Words(
        "This `%` line is not supported. Remove it.",
        "不支持这一行 `%` 指令。请将其删除。",
    ),
    # the plan as a whole
    "empty": Words(
        "The file is empty. A plan begins with `version: 1`.",
        "文件为空。计划文件以 `version: 1` 开头。",
    ),
    "not-a-plan": Words(
        "`{value}` is no plan. A plan is a mapping that begins with `version: 1`.",
        "`{value}` 不是计划。计划应为以 `version: 1` 开头的映射（键: 值）。",
    ),
    "no-file": Words(
        "No such file.",
        "文件不存在。",
    ),
    "not-a-file": Words(
        "Not a regular file. Use `-` to read standard input.",
        "不是普通文件。读取标准输入请用 `-`。",
    ),
    "no-access": Words(
        "Cannot be read: {reason}.",
        "无法读取：{reason}。",
    ),
    "missing": Words(
        "`{name}` is missing.",
        "缺少 `{name}`。",
    ),
    "missing-like": Words(
        "`{name}` is missing. Write for example `{example}`.",
        "缺少 `{name}`。例如可写成 `{example}`。",
    ),
    "model-unnamed": Words(
        "The model needs a `name`, `parameters`, an `hf_config`, or `layers` and `hidden_size`.",
        "模型至少要给出 `name`、`parameters`、`hf_config` 之一，或同时给出 `layers` 和 `hidden_size`。",
    ),
    "model-text": Words(
        "`model` is a mapping. Write `model: {{name: {value}}}`.",
        "`model` 应为映射。请写成 `model: {{name: {value}}}`。",
    ),
    "mapping": Words(
        "`{name}` is a mapping of names to values, not `{value}`.",
        "`{name}` 应为“键: 值”形式的映射，而不是 `{value}`。",
    ),
    "list": Words(
        "Expected a list, not `{value}`.{nearest}",
        "此处应为列表，而不是 `{value}`。{nearest}",
    ),
    "list-of-mappings": Words(
        "Expected a list: put `- ` before the first key and indent the others to match.",
        "此处应为列表：请在第一个键前加 `- `，并使其余各键与之对齐。",
    ),
    "list-too-long": Words(
        "The list has more than {limit} items.",
        "列表超过 {limit} 项。",
    ),
    "list-null": Words(
        "An item of the list is empty.",
        "列表中有空项。",
    ),
    "unknown-key": Words(
        "Unknown key `{name}`{where}.{nearest}",
        "未知的键 `{name}`{where}。{nearest}",
    ),
    # values
    "version": Words(
        "Version `{value}` is not known. This program reads version {known}.",
        "未知的版本 `{value}`。本程序支持版本 {known}。",
    ),
    "text": Words(
        "Expected text, not `{value}`. Put it in quotes if it is meant.",
        "此处应为文本，而不是 `{value}`。如确为文本，请加引号。",
    ),
    "text-empty": Words(
        "The value is empty.",
        "值为空。",
    ),
    "text-too-long": Words(
        "The text is longer than {limit} characters.",
        "文本超过 {limit} 个字符。",
    ),
    "boolean": Words(
        "Expected `true` or `false`, not `{value}`.{nearest}",
        "此处应为 `true` 或 `false`，而不是 `{value}`。{nearest}",
    ),
    "number": Words(
        "Expected a number, not `{value}`.",
        "此处应为数字，而不是 `{value}`。",
    ),
    "number-quoted": Words(
        "`{value}` is text here. Write the number without quotes and separators.",
        "`{value}` 在这里是文本。请直接写数字，不加引号和分隔符。",
    ),
    "whole-number": Words(
        "Expected a whole number, not `{value}`.",
        "此处应为整数，而不是 `{value}`。",
    ),
    "not-finite": Words(
        "`{value}` is no usable number.",
        "`{value}` 不是可用的数字。",
    ),
    "not-above": Words(
        "`{value}` must be greater than {low}.",
        "`{value}` 必须大于 {low}。",
    ),
    "out-of-range": Words(
        "`{value}` is outside the range {low} to {high}.",
        "`{value}` 超出范围，应在 {low} 到 {high} 之间。",
    ),
    "quantity-range": Words(
        "`{value}` is outside the range {low} to {high}. Check the unit.",
        "`{value}` 超出范围，应在 {low} 到 {high} 之间。请检查单位。",
    ),
    "choice": Words(
        "`{value}` is none of: {choices}.{nearest}",
        "`{value}` 不在可选值之列：{choices}。{nearest}",
    ),
    "targets": Words(
        "`{value}` is none of: all-linear, attention, qv. Module names stand in a list.{nearest}",
        "`{value}` 不在可选值之列：all-linear, attention, qv。模块名须写成列表。{nearest}",
    ),
    "region": Words(
        "`{value}` is no region. Write an ISO 3166 code of two letters, EU or GLOBAL.{nearest}",
        "`{value}` 不是地区代码。请写 ISO 3166 两位字母代码、EU 或 GLOBAL。{nearest}",
    ),
    # quantities
    "unit-parameters": Words(
        "`{value}` is no number of parameters. Write it like 30.5B or 300亿.{nearest}",
        "`{value}` 不是有效的参数量。请写成 30.5B 或 300亿 的形式。{nearest}",
    ),
    "unit-tokens": Words(
        "`{value}` is no number of tokens. Write it like 12.3B or 120亿 tokens.{nearest}",
        "`{value}` 不是有效的 token 数。请写成 12.3B 或 120亿 tokens 的形式。{nearest}",
    ),
    "unit-samples": Words(
        "`{value}` is no number of samples. Write it like 10000, 10k or 1万条.{nearest}",
        "`{value}` 不是有效的样本数。请写成 10000、10k 或 1万条 的形式。{nearest}",
    ),
    "unit-people": Words(
        "`{value}` is no number of people. Write it like 5000 or 100万.{nearest}",
        "`{value}` 不是有效的人数。请写成 5000 或 100万 的形式。{nearest}",
    ),
    "unit-interval": Words(
        "`{value}` is no interval. Write it like 500 steps or 4 hours.{nearest}",
        "`{value}` 不是有效的间隔。请写成 500步 或 4小时 的形式。{nearest}",
    ),
    "unit-size": Words(
        "`{value}` is no size. Write it with its unit, like 50GB or 500 MiB.{nearest}",
        "`{value}` 不是有效的数据量。请带上单位，如 50GB 或 500 MiB。{nearest}",
    ),
    "unit-size-bits": Words(
        "`{value}` counts bits. Write bytes, with a capital B.{nearest}",
        "`{value}` 的单位是比特。请写字节数，用大写 B。{nearest}",
    ),
    "unit-memory": Words(
        "`{value}` is no amount of memory. Write it with its unit, like 80GB or 512GiB.{nearest}",
        "`{value}` 不是有效的内存容量。请带上单位，如 80GB 或 512GiB。{nearest}",
    ),
    "unit-memory-bits": Words(
        "`{value}` counts bits. Write bytes, with a capital B.{nearest}",
        "`{value}` 的单位是比特。请写字节数，用大写 B。{nearest}",
    ),
    "unit-speed": Words(
        "`{value}` is no transfer rate. Write bits like 200Gbps or bytes like 25GB/s.{nearest}",
        "`{value}` 不是有效的传输速率。按比特请写成 200Gbps，按字节请写成 25GB/s。{nearest}",
    ),
    "unit-duration": Words(
        "`{value}` is no duration. Write it like 14 days, 3 months or 3个月.{nearest}",
        "`{value}` 不是有效的时长。请写成 14天、两周 或 3个月 的形式。{nearest}",
    ),
    "unit-duration-date": Words(
        "`{value}` is a date. Write how much time there is, like 3 months.",
        "`{value}` 是日期。请写还有多少时间，如 3个月。",
    ),
    "unit-money": Words(
        "`{value}` is no amount of money. Write it with its currency, like 100000 CNY, 10万元 or $20k.{nearest}",
        "`{value}` 不是有效的金额。请带上币种，如 10万元、100000 CNY 或 $20k。{nearest}",
    ),
    "unit-currency": Words(
        "The currency `{currency}` in `{value}` is not known. Known are {known}.{nearest}",
        "`{value}` 中的币种 `{currency}` 不支持。支持的币种有 {known}。{nearest}",
    ),
    "unit-price": Words(
        "`{value}` is no price of one device. Write it like 27.08 CNY/hour, or 40000 CNY to own it.{nearest}",
        "`{value}` 不是有效的单卡价格。租用请写成 20元/小时，购置请写成 4万元。{nearest}",
    ),
    "unit-share": Words(
        "`{value}` is no share. Write it like 30% or 0.3.{nearest}",
        "`{value}` 不是有效的比例。请写成 30% 或 0.3。{nearest}",
    ),
    # names that the knowledge base judges
    "unknown-device": Words(
        "Unknown device `{value}`. `advisor knowledge list devices` lists the known ones.",
        "未知的设备 `{value}`。可用 `advisor knowledge list devices` 查看已知设备。",
    ),
    "unknown-device-near": Words(
        "Unknown device `{value}`. The nearest known: {nearest}.",
        "未知的设备 `{value}`。最接近的已知设备：{nearest}。",
    ),
    "hosted-model": Words(
        "`{value}` is reached through its maker's API only; it can be neither trained nor served on devices of your own. "
        "Name an open model, or use it as it is: `method: none`, `environment: external-api` and no `hardware`.",
        "`{value}` 只能通过厂商 API 使用，无法在自己的设备上训练或部署。请改用开放权重的模型；"
        "若只是调用 API，请写 `method: none`、`environment: external-api`，并去掉 `hardware`。",
    ),
    "unknown-device-several": Words(
        "`{value}` may be several devices. Name the one that is meant: {nearest}.",
        "`{value}` 对应多种设备，请写明是哪一种：{nearest}。",
    ),
    "unknown-model-several": Words(
        "`{value}` may be several models. Name the one that is meant: {nearest}.",
        "`{value}` 对应多个模型，请写明是哪一个：{nearest}。",
    ),
    "unknown-model": Words(
        "Unknown model `{value}`. Add `parameters` to compute without it.",
        "未知的模型 `{value}`。补充 `parameters` 后即可估算。",
    ),
    "unknown-model-near": Words(
        "Unknown model `{value}`. The nearest known: {nearest}. Add `parameters` to compute without them.",
        "未知的模型 `{value}`。最接近的已知模型：{nearest}。补充 `parameters` 后也可直接估算。",
    ),
    "model-too-little": Words(
        "Too little is known of this model to compute with; add `parameters`, or `layers` and `hidden_size`.",
        "该模型的已知信息不足以估算；请补充 `parameters`，或 `layers` 与 `hidden_size`。",
    ),
    # model.hf_config
    "config-missing": Words(
        "There is no file `{file}`, seen from the folder of the plan.",
        "在计划文件所在目录下找不到文件 `{file}`。",
    ),
    "config-not-json": Words(
        "`{file}` is no Hugging Face config.json.",
        "`{file}` 不是有效的 Hugging Face config.json。",
    ),
    "config-incomplete": Words(
        "`{file}` does not state `{name}`.",
        "`{file}` 中缺少 `{name}`。",
    ),
    "config-outside": Words(
        "`{file}` lies outside the folder of the plan; copy it there.",
        "`{file}` 在计划文件所在目录之外；请把它复制到该目录下。",
    ),
    "config-family": Words(
        "`{file}` describes a model of the family `{name}`, which is not known; state the sizes instead.",
        "`{file}` 描述的模型系列 `{name}` 未知；请改为直接写明结构尺寸。",
    ),
    "config-value": Words(
        "`{name}` in `{file}` is no usable number.",
        "`{file}` 中的 `{name}` 不是可用的数字。",
    ),
}
